import { parse as unflatten } from 'flatted';

import type {
	Credential,
	Execution,
	JsonObject,
	WorkflowFile,
} from '../../tools/lib/n8n-client.mts';
import { publishPaidInvoices } from '../../tools/lib/paidInvoices.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type MailServer, sendingBy, startMailServer } from '../support/mail.cts';
import { exampleWorkflow } from '../support/n8n.cts';
import { type Sandbox, startSandbox } from '../support/sandbox.cts';
import type { World } from './world.cts';

const FORM_LOGIN = { user: 'office', password: 'four words are enough' };
const START = 'When clicking Execute workflow';

/**
 * The examples about billing and getting paid, run against figures computed here. They have a sandbox of their
 * own, so that nothing is in it but what a test puts there.
 */
export function financeExamples(world: World): void {
	let sandbox: Sandbox;
	let mail: MailServer;
	let smtp: Credential;
	let basic: Credential;
	let credential: Credential;
	let token: string;
	const published = new Set<string>();

	beforeAll(async () => {
		mail = await startMailServer();
		sandbox = await startSandbox();
		await sandbox.control.config({ rateLimit: { limit: 100_000, burst: 20_000 } });
		const client = world.client();
		smtp = await mail.connect(client);
		basic = await client.createCredential('Form', 'httpBasicAuth', FORM_LOGIN);
	});
	beforeEach(async () => {
		await sandbox.control.reset({ seed: false });
		credential = await connectBildOut(world.client(), sandbox, 'Finance');
		({ access_token: token } = await sandbox.control.token());
		mail.mails.length = 0;
	});
	afterAll(async () => {
		for (const id of published) await world.client().deactivateWorkflow(id);
		await sandbox?.stop();
		await mail?.stop();
	});

	const api = async <T = JsonObject,>(method: string, path: string, body?: object): Promise<T> => {
		const response = await fetch(`${sandbox.url}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const json = (await response.json()) as { data: T };
		if (!response.ok) throw new Error(JSON.stringify(json));
		return json.data;
	};
	const imported = async (workflow: WorkflowFile) =>
		await world.client().importWorkflow(sendingBy(workflow, smtp), credential);
	const succeeded = (execution: Execution) => {
		expect(execution.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	};
	/** The rows of a data table that an example fills. */
	async function tableRows(table: string): Promise<JsonObject[]> {
		const found = await findTable(table);
		if (!found) return [];
		const { data } = await world.client().call<{ data: JsonObject[] }>('GET', `${found.path}/rows`);
		return data;
	}
	async function findTable(table: string): Promise<{ path: string } | undefined> {
		const { data: tables } = await world.client().call<{
			data: Array<{ id: string; name: string; projectId: string }>;
		}>('GET', '/data-tables-global');
		const found = tables.find(({ name }) => name === table);
		return found && { path: `/projects/${found.projectId}/data-tables/${found.id}` };
	}
	const customer = async (name: string, email = 'buyer@example.com') =>
		await api('POST', '/customers', { name, email });
	const invoice = async (of: JsonObject, due: string, prices: number[], more: object = {}) =>
		await api('POST', '/invoices', {
			client_id: of.id,
			due_date: due,
			status: 'sent',
			line_items: prices.map((price) => ({ name: 'Work', quantity: 1, unit_price: price })),
			...more,
		});

	describe('receivables-report.json', () => {
		const report = async () => {
			const { id } = await imported(await exampleWorkflow('receivables-report.json'));
			return succeeded(await world.client().runWorkflow(id, START));
		};

		it('sends one table a currency, with sums that are exact, and escapes names', async () => {
			const harbor = await customer('Harbor <b>View</b> & Sons');
			const mesa = await customer('Mesa Homes');
			await invoice(harbor, inDays(-40), [0.1, 0.2, 1_000]);
			await invoice(harbor, inDays(10), [70.07]);
			await invoice(mesa, inDays(-3), [0.1]);
			await invoice(mesa, inDays(-100), [19.99], { currency: 'eur' });
			await invoice(mesa, inDays(-100), [500], { status: 'draft' });
			const execution = await report();
			const [{ totals, customers }] = execution.output('Write the Table');
			expect(customers).toBe(3);
			expect(totals).toEqual({
				usd: {
					current: 70.07,
					days_1_30: 0.1,
					days_31_60: 1_000.3,
					days_61_90: 0,
					days_over_90: 0,
					total_due: 1_070.47,
				},
				eur: expect.objectContaining({ days_over_90: 19.99, total_due: 19.99 }),
			});
			expect(mail.mails).toHaveLength(1);
			const [{ to, subject, body }] = mail.mails;
			expect(to).toEqual(['office@example.com']);
			expect(subject).toMatch(/^Open invoices on \d{4}-\d\d-\d\d: €19\.99 and \$1,070\.47$/);
			expect(body).toContain('Harbor &lt;b&gt;View&lt;/b&gt; &amp; Sons');
			expect(body).toContain('$1,070.37');
			expect(body.match(/<table/g)).toHaveLength(2);
		});

		it('says so when no invoice is open', async () => {
			await report();
			expect(mail.mails).toMatchObject([{ body: '<p>No invoice is open.</p>' }]);
			expect(mail.mails[0].subject).toMatch(/: none$/);
		});
	});

	describe('progress-billing.json', () => {
		const CONTRACT_LINES = 'BildOut contract lines';
		interface Month {
			month: string;
			percent_complete: Record<string, unknown>;
		}
		let contracts = 0;
		let contract: JsonObject;
		let buyer: JsonObject;

		/** A contract that no other test has: its number, customer and lines. */
		beforeEach(async () => {
			buyer = await customer('Harbor View', 'office@harborview.example');
			contract = {
				contract: `C-${++contracts}`,
				customer_email: 'office@harborview.example',
				retainage_percent: 10,
				tax_rate: 0,
				days_until_due: 30,
				lines: [
					{ line: '1', description: 'Site work', scheduled_value: 48000 },
					{ line: '2', description: 'Framing', scheduled_value: 62500.55 },
					{ line: '3', description: 'Electrical', scheduled_value: 27333.33 },
				],
			};
		});

		async function bill(month: Month, terms: JsonObject = {}): Promise<Execution> {
			const workflow = await exampleWorkflow('progress-billing.json');
			const fill = (name: string, value: unknown) =>
				(workflow.nodes.find((node) => node.name === name)!.parameters.jsonOutput =
					JSON.stringify(value));
			fill('Contract', { ...contract, ...terms });
			fill('This Month', month);
			const { id } = await imported(workflow);
			return await world.client().runWorkflow(id, START);
		}

		/** What a run that was refused says; it must have written nothing. */
		async function refusal(month: Month): Promise<string> {
			const before = await tableRows(CONTRACT_LINES);
			const invoices = await api<JsonObject[]>('GET', '/invoices');
			const execution = await bill(month);
			expect(execution.status).toBe('error');
			expect(await api('GET', '/invoices')).toEqual(invoices);
			expect(await tableRows(CONTRACT_LINES)).toEqual(before);
			return execution.error!.message;
		}

		/** Line by line in hundredths of cents, apart from how the workflow does it. */
		function expected(before: Record<string, number>, now: Record<string, number>) {
			const half = (units: bigint, by: bigint) => (2n * units + by) / (2n * by);
			const cents = (amount: number) => BigInt(amount.toFixed(2).replace('.', ''));
			const sheet = (
				contract.lines as Array<{ line: string; description: string; scheduled_value: number }>
			).map(({ line, description, scheduled_value }) => {
				const done = (percents: Record<string, number>) =>
					half(cents(scheduled_value) * BigInt(Math.round((percents[line] ?? 0) * 100)), 10_000n);
				return {
					line,
					description,
					scheduled_value: cents(scheduled_value),
					previous: done(before),
					this_period: done(now) - done(before),
					to_date: done(now),
					percent: now[line] ?? 0,
					balance: cents(scheduled_value) - done(now),
					retainage: half(done(now) * 10n, 100n),
					held: half(done(before) * 10n, 100n),
				};
			});
			const sum = (pick: (row: (typeof sheet)[number]) => bigint) =>
				sheet.reduce((total, row) => total + pick(row), 0n);
			const withheld = sum(({ retainage }) => retainage) - sum(({ held }) => held);
			return {
				withheld: Number(withheld) / 100,
				total: Number(sum((row) => row.this_period) - withheld) / 100,
				lines: sheet
					.filter(({ this_period }) => this_period !== 0n)
					.map((row) => Number(row.this_period) / 100),
				sheet: sheet.map(({ held: _, ...row }) =>
					Object.fromEntries(
						Object.entries(row).map(([name, value]) => [
							name,
							typeof value === 'bigint' ? Number(value) / 100 : value,
						]),
					),
				),
			};
		}

		it('bills the difference of each line less the retainage, month after month to the cent', async () => {
			const months = [
				{ 1: 60, 2: 25.55, 3: 12.5 },
				{ 1: 100, 2: 33.33, 3: 12.5 },
				{ 1: 100, 2: 100, 3: 100 },
			];
			let before: Record<string, number> = {};
			for (const [index, percents] of months.entries()) {
				const month = `2026-0${index + 4}`;
				const execution = succeeded(await bill({ month, percent_complete: percents }));
				const figures = expected(before, percents);
				const [{ id }] = execution.output('Create Invoice');
				const created = await api('GET', `/invoices/${String(id)}`);
				const lines = created.line_items as Array<{ name: string; unit_price: number }>;
				expect(created).toMatchObject({
					client_id: buyer.id,
					total: figures.total,
					due_date: inDays(30),
					notes: `Progress billing ${String(contract.contract)}, ${month}`,
				});
				expect(lines.map(({ unit_price }) => unit_price)).toEqual([
					...figures.lines,
					-figures.withheld,
				]);
				expect(lines.at(-1)!.name).toBe('Retainage 10 %');
				const sheet = execution.output('Continuation Sheet');
				expect(sheet.slice(0, -1)).toEqual(
					figures.sheet.map((row) => ({
						invoice_number: created.invoice_number,
						month,
						...row,
					})),
				);
				expect(sheet.at(-1)).toMatchObject({ description: 'Total', scheduled_value: 137833.88 });
				before = percents;
			}
			const totals = await api<Array<{ total: number }>>('GET', '/invoices');
			const billed = totals.reduce((sum, { total }) => sum + Math.round(total * 100), 0);
			const retained = [4800, 6250.06, 2733.33];
			expect(billed).toBe(13783388 - retained.reduce((sum, one) => sum + Math.round(one * 100), 0));
			// With no retainage any more, an invoice releases what was held back.
			const last = succeeded(
				await bill({ month: '2026-07', percent_complete: {} }, { retainage_percent: 0 }),
			);
			expect(last.output('Create Invoice')).toMatchObject([{ total: 13783.39 }]);
		});

		it('refuses what must not be billed, and writes nothing', async () => {
			succeeded(await bill({ month: '2026-04', percent_complete: { 1: 60 } }));
			const [{ invoice_number }] = await api<JsonObject[]>('GET', '/invoices');
			expect(await refusal({ month: '2026-04', percent_complete: { 1: 70 } })).toBe(
				`Nothing was billed. 2026-04 was billed already by invoice ${String(invoice_number)}. A month is billed once.`,
			);
			expect(await refusal({ month: '2026-03', percent_complete: { 1: 70 } })).toContain(
				'2026-03 is before 2026-04, which was billed already.',
			);
			expect(await refusal({ month: 'May', percent_complete: { 1: 70 } })).toContain(
				"The month must be written like 2026-04, got 'May'.",
			);
			expect(await refusal({ month: '2026-05', percent_complete: { 1: 110, 2: '50', 9: 1 } })).toBe(
				"Nothing was billed. Line 9 is in the table 0 times for C-2; it must be there once. Line 1 (Site work): 110 percent is over 100. Line 2 (Framing): the percent complete must be a number with at most two digits after the point, got '50'.",
			);
			expect(await refusal({ month: '2026-05', percent_complete: { 1: 59.99 } })).toContain(
				'Line 1 (Site work): 59.99 percent is less than the 60 percent billed already.',
			);
			expect(await refusal({ month: '2026-05', percent_complete: { 1: 60 } })).toContain(
				'Nothing was completed since 2026-04, so there is nothing to bill.',
			);
		});

		it('notices an invoice that the table was not told of, as after a power cut', async () => {
			// A run that is refused has put the contract's lines into the table.
			await bill({ month: 'April', percent_complete: {} });
			const notes = `Progress billing ${String(contract.contract)}, 2026-04`;
			const { invoice_number } = await invoice(buyer, inDays(30), [100], { notes });
			for (const month of ['2026-04', '2026-05']) {
				expect(await refusal({ month, percent_complete: { 1: 60 } })).toContain(
					`Invoice ${String(invoice_number)} bills 2026-04, but the table 'BildOut contract lines' ends with nothing billed.`,
				);
			}
		});
	});

	describe('collections-desk.json', () => {
		const WORKLIST = 'BildOut collections';
		const OFFICE = 'office@example.com';

		/** Runs it until it waits for the approval, or to its end where there is nothing to approve. */
		async function begin(): Promise<string> {
			const { id } = await imported(await exampleWorkflow('collections-desk.json'));
			const client = world.client();
			const { executionId } = await client.call<{ executionId: string }>(
				'POST',
				`/workflows/${id}/run`,
				{ triggerToStartFrom: { name: START } },
			);
			await waitFor('it waits or has ended', async () => {
				const { status } = await client.call<{ status: string }>(
					'GET',
					`/executions/${executionId}`,
				);
				return ['new', 'running'].includes(status) ? undefined : true;
			});
			return executionId;
		}
		/** Presses a button of the mail that asks, in a browser. */
		async function press(button: 'Approve' | 'Decline', executionId: string) {
			const { body } = mail.mails.at(-1)!;
			const link = [...body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>\s*(\w+)/g)].find(
				([, , label]) => label === button,
			)![1];
			const response = await fetch(link.replaceAll('&amp;', '&'), {
				headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
			});
			expect(response.status).toBe(200);
			return succeeded(
				await waitFor('it has ended', async () => await world.client().getExecution(executionId)),
			);
		}
		const sentTo = () => mail.mails.flatMap(({ to }) => to).filter((to) => to !== OFFICE);
		const rowOf = async (of: JsonObject) =>
			(await tableRows(WORKLIST)).find(({ customer_id }) => customer_id === of.id)!;

		it('asks first, in three tones, and leaves out who paid or promised meanwhile', async () => {
			const ada = await customer('Ada <Homes>', 'ada@example.com');
			const ben = await customer('Ben', 'ben@example.com');
			const cleo = await customer('Cleo', 'cleo@example.com');
			const dan = await customer('Dan', 'dan@example.com');
			const eve = await api('POST', '/customers', { name: 'Eve' });
			await invoice(ada, inDays(-3), [100.1, 0.2]);
			await invoice(ada, inDays(20), [5_000]);
			const paid = await invoice(ben, inDays(-20), [200]);
			await invoice(cleo, inDays(-40), [300]);
			await invoice(cleo, inDays(-2), [30]);
			await invoice(dan, inDays(-40), [400]);
			await invoice(eve, inDays(-4), [55]);
			const executionId = await begin();
			expect(sentTo()).toEqual([]);
			const [{ to, subject, body }] = mail.mails;
			expect(to).toEqual([OFFICE]);
			expect(subject).toBe('Send 4 payment reminders?');
			expect(body).toContain('Ada &lt;Homes&gt;');
			expect(body).toContain('Without an email address, so call them: Eve ($55.00)');
			expect(await rowOf(ada)).toMatchObject({
				total_overdue: 100.3,
				days_overdue: 3,
				oldest_due_date: inDays(-3),
				promised_date: null,
			});
			await sandbox.control.pay({ invoice_id: paid.id as string });
			await promise(cleo, inDays(5));

			const execution = await press('Approve', executionId);
			expect(sentTo().sort()).toEqual(['ada@example.com', 'dan@example.com']);
			const written = execution.output('Write Reminder');
			expect(
				Object.fromEntries(written.map(({ to, tone, amount }) => [to, [tone, amount]])),
			).toEqual({
				'ada@example.com': ['friendly', '$100.30'],
				'ben@example.com': ['firm', '$200.00'],
				'cleo@example.com': ['final', '$330.00'],
				'dan@example.com': ['final', '$400.00'],
				'': ['friendly', '$55.00'],
			});
			const toAda = mail.mails.find((each) => each.to[0] === 'ada@example.com')!;
			expect(toAda.subject).toBe('A friendly reminder: $100.30');
			expect(toAda.body).toContain(`due on ${inDays(-3)}: $100.30`);
			expect(toAda.body).not.toContain('5,000');
			expect(await rowOf(ada)).toMatchObject({ reminded_step: 1, reminded_due_date: inDays(-3) });
			expect((await rowOf(ben)).reminded_step).toBeNull();

			// The next Monday: each tone is used once, a promise holds, and who paid owes nothing.
			mail.mails.length = 0;
			await begin();
			expect(mail.mails).toEqual([]);
			expect(await rowOf(ben)).toMatchObject({ total_overdue: 0, days_overdue: 0 });
			expect((await rowOf(cleo)).promised_date).toBe(`${inDays(5)}T12:00:00.000Z`);

			// A promise that was not kept.
			await promise(cleo, inDays(-1));
			await press('Decline', await begin());
			expect(sentTo()).toEqual([]);
			mail.refuse('cleo@example.com');
			const refused = await press('Approve', await begin());
			expect(refused.output('Reminders Not Sent')).toEqual([
				expect.objectContaining({ to: 'cleo@example.com' }),
			]);
			expect((await rowOf(cleo)).reminded_step).toBeNull();
		});

		/** Enters a promised date into the worklist, as a person does in n8n. */
		async function promise(of: JsonObject, day: string): Promise<void> {
			const { path } = (await findTable(WORKLIST))!;
			await world.client().call('PATCH', `${path}/rows`, {
				filter: {
					type: 'and',
					filters: [{ columnName: 'customer_id', condition: 'eq', value: of.id }],
				},
				data: { promised_date: `${day}T12:00:00.000Z` },
			});
		}
	});

	it('The demo sees a row within a second of Mark as paid', async () => {
		const example = await exampleWorkflow('trigger-invoice-paid-to-table.json');
		const publish = async () =>
			await publishPaidInvoices(world.client(), sandbox, example, credential);
		// A demo that was killed leaves it published.
		await publish();
		const paidInvoices = await publish();
		const buyer = await customer('Harbor View');
		const times: number[] = [];
		for (const price of [10, 20.5, 30]) {
			const { id, invoice_number } = await invoice(buyer, inDays(30), [price]);
			const { row, ms } = await paidInvoices.pay(id as string);
			expect(row).toMatchObject({ invoice_number, total: price, due_date: inDays(30) });
			times.push(ms);
		}
		// A machine that is busy otherwise may hold one of them up.
		expect(Math.min(...times)).toBeLessThan(1_000);
		expect(await paidInvoices.newRows()).toEqual([]);
		await paidInvoices.unpublish();
		const { active } = await world.client().getWorkflow(paidInvoices.workflowId);
		expect(active).toBe(false);
	});

	/** A form that an example begins with, opened and sent as a browser does. */
	async function openForm(file: string, csv: string) {
		const client = world.client();
		const workflow = await exampleWorkflow(file);
		const form = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger')!;
		form.credentials = { httpBasicAuth: { id: basic.id, name: basic.name } };
		const { id, nodes } = await imported(workflow);
		await client.activateWorkflow(id);
		published.add(id);
		const { webhookId } = nodes.find(({ name }) => name === form.name)!;
		const url = `${world.n8n().url}/form/${String(webhookId)}`;
		const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
		const signedIn = {
			...browser,
			authorization: `Basic ${Buffer.from(`${FORM_LOGIN.user}:${FORM_LOGIN.password}`).toString('base64')}`,
		};
		const send = async (to: string, fields: Record<string, string | Blob>) => {
			const body = new FormData();
			for (const [name, value] of Object.entries(fields)) {
				if (typeof value === 'string') body.append(name, value);
				else body.append(name, value, 'customers.csv');
			}
			const response = await fetch(to, { method: 'POST', headers: signedIn, body });
			expect(response.status).toBe(200);
			return await response.text();
		};
		await waitFor('the form is published', async () =>
			(await fetch(url, { headers: signedIn })).ok ? true : undefined,
		);
		expect((await fetch(url, { headers: browser })).status).toBe(401);
		const { formWaitingUrl } = JSON.parse(
			await send(url, { 'field-0': new Blob([csv], { type: 'text/csv' }) }),
		) as { formWaitingUrl: string };
		/** What the page shows that comes next, when it is there. */
		const page = async (expected: string) =>
			await waitFor(`the page shows ${expected}`, async () => {
				// n8n leaves a request open that comes while the workflow runs.
				const signal = AbortSignal.timeout(2_000);
				const response = await fetch(formWaitingUrl, { headers: signedIn, signal });
				const text = await response.text();
				return text.includes(expected) ? text : undefined;
			});
		return {
			page,
			answer: async (fields: Record<string, string>) => await send(formWaitingUrl, fields),
			output: async (node: string) => {
				const [{ id: executionId }] = await client.executions(id);
				const { data } = await client.call<{ data: string }>('GET', `/executions/${executionId}`);
				const { resultData } = unflatten(data) as {
					resultData: {
						runData: Record<string, Array<{ data: { main: Array<Array<{ json: JsonObject }>> } }>>;
					};
				};
				return resultData.runData[node].at(-1)!.data.main[0].map(({ json }) => json);
			},
		};
	}
	const customers = async () =>
		(await api<JsonObject[]>('GET', '/customers?limit=100')).map(({ name, email, phone }) => ({
			name,
			email,
			phone: phone ?? null,
		}));
	const writes = async () =>
		(await sandbox.control.requests()).filter(
			({ method, path }) => method !== 'GET' && path.startsWith('/api/v1/customers'),
		);

	describe('import-with-preview.json', () => {
		const CSV = [
			'Name,EMAIL,phone,city,state',
			'Ada Homes,ada@example.com,303 555 0100,Denver,CO',
			'Ben {{ $execution.id }},ben@example.com,,,',
			'Cleo,cleo@example.com,,,',
			',nobody@example.com,,,',
			',,,,',
			'Ada Homes,ada@example.com,303 555 0199,,',
		].join('\n');

		it('shows what would change, and writes it after a person approves', async () => {
			await api('POST', '/customers', { name: 'Cleo', email: 'cleo@example.com' });
			await api('POST', '/customers', { name: 'Ben', email: 'ben@example.com', phone: '1' });
			const before = await customers();
			await sandbox.control.clearRequests();
			const form = await openForm('import-with-preview.json', CSV);
			const page = await form.page('Nothing was written yet');
			expect(page).toContain(
				'1 would be created, 2 changed, 1 left as they are; 1 cannot be written.',
			);
			expect(page).toContain('Ben {{ $execution.id }}');
			expect(page).toContain('phone: 303 555 0100 → 303 555 0199');
			expect(await writes()).toEqual([]);
			await form.answer({ 'field-1': '["Write to BildOut"]' });
			await form.page('1 created, 2 updated, 0 not written.');
			expect(await customers()).toEqual(
				expect.arrayContaining([
					{ name: 'Ada Homes', email: 'ada@example.com', phone: '303 555 0199' },
					{ name: 'Ben {{ $execution.id }}', email: 'ben@example.com', phone: '1' },
					{ name: 'Cleo', email: 'cleo@example.com', phone: null },
				]),
			);
			expect(await customers()).toHaveLength(before.length + 1);

			// The same file again changes what the first of its two rows about Ada says, and back.
			const again = await openForm('import-with-preview.json', CSV);
			await again.page('0 would be created, 2 changed, 2 left as they are');
		});

		it('writes nothing when it is declined', async () => {
			await sandbox.control.clearRequests();
			const form = await openForm('import-with-preview.json', CSV);
			await form.page('Nothing was written yet');
			await form.answer({ 'field-1': '["Do not write"]' });
			await form.page('BildOut is as it was.');
			expect(await writes()).toEqual([]);
		});
	});

	describe('reconcile-with-accounting.json', () => {
		const CSV = [
			'name,email,phone,city',
			'Ada Homes,ADA@example.com,303 555 0100,Denver',
			'Ben,ben@example.com,2,',
			'Cleo,cleo@example.com,,',
			'New One,new@example.com,5,Mesa',
			'No Email,,5,Mesa',
		].join('\n');

		it('lists what differs, and writes only what a person ticks', async () => {
			const address = { city: 'Denver' };
			await api('POST', '/customers', {
				name: 'Ada Homes',
				email: 'ada@example.com',
				phone: '303 555 0100',
				address,
			});
			await api('POST', '/customers', { name: 'Ben', email: 'ben@example.com', phone: '1' });
			await api('POST', '/customers', { name: 'Cleo B.', email: 'cleo@example.com' });
			await api('POST', '/customers', { name: 'Only Here', email: 'only@example.com' });
			await sandbox.control.clearRequests();
			const form = await openForm('reconcile-with-accounting.json', CSV);
			const page = await form.page('Nothing was written yet');
			expect(page).toContain(
				'1 the same, 2 different, 2 missing in BildOut, 1 missing in accounting.',
			);
			expect(page).toContain('Only Here (only@example.com)');
			expect(await writes()).toEqual([]);
			const [{ changes }] = await form.output('What to Decide');
			const options = (changes as Array<{ option: string }>).map(({ option }) => option);
			expect(options.map((option) => option.replace(/^\d+\. /, '')).sort()).toEqual([
				'Ben (ben@example.com): phone 1 → 2',
				'Cleo (cleo@example.com): name Cleo B. → Cleo',
				'New One (new@example.com): create',
			]);
			const ticked = options.filter((option) => !option.includes('Cleo'));
			await form.answer({ 'field-1': JSON.stringify(ticked) });
			await form.page('1 created, 1 updated, 0 not written.');
			expect(await customers()).toEqual(
				expect.arrayContaining([
					{ name: 'Ada Homes', email: 'ada@example.com', phone: '303 555 0100' },
					{ name: 'Ben', email: 'ben@example.com', phone: '2' },
					{ name: 'Cleo B.', email: 'cleo@example.com', phone: null },
					{ name: 'New One', email: 'new@example.com', phone: '5' },
					{ name: 'Only Here', email: 'only@example.com', phone: null },
				]),
			);
		});

		it('writes nothing when nothing is ticked', async () => {
			await sandbox.control.clearRequests();
			const form = await openForm('reconcile-with-accounting.json', CSV);
			await form.page('Nothing was written yet');
			await form.answer({ 'field-1': '[]' });
			await form.page('No row was ticked.');
			expect(await writes()).toEqual([]);
		});
	});
}

/** The date in so many days in n8n's time zone, New York unless it is told otherwise. */
function inDays(days: number): string {
	const today = new Intl.DateTimeFormat('sv', { timeZone: 'America/New_York' }).format(new Date());
	const date = new Date(`${today}T00:00:00Z`);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}
