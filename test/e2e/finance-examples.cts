import type { Execution, JsonObject } from '../../tools/lib/n8n-client.mts';
import { publishPaidInvoices } from '../../tools/lib/paidInvoices.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { exampleWorkflow } from '../support/n8n.cts';
import { useFinance } from './finance-world.cts';
import { inDays, type World } from './world.cts';

const START = 'When clicking Execute workflow';

/** The examples about billing and getting paid, run against figures computed here. */
export function financeExamples(world: World): void {
	const finance = useFinance(world);
	const { api, imported, succeeded, customer, invoice } = finance;

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
			expect(finance.mail().mails).toHaveLength(1);
			const [{ to, subject, body }] = finance.mail().mails;
			expect(to).toEqual(['office@example.com']);
			expect(subject).toMatch(/^Open invoices on \d{4}-\d\d-\d\d: €19\.99 and \$1,070\.47$/);
			expect(body).toContain('Harbor &lt;b&gt;View&lt;/b&gt; &amp; Sons');
			expect(body).toContain('$1,070.37');
			expect(body.match(/<table/g)).toHaveLength(2);
		});

		it('says so when no invoice is open', async () => {
			await report();
			expect(finance.mail().mails).toMatchObject([{ body: '<p>No invoice is open.</p>' }]);
			expect(finance.mail().mails[0].subject).toMatch(/: none$/);
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
			buyer = await customer('Harbor View', 'office@harborviewkitchens.com');
			contract = {
				contract: `C-${++contracts}`,
				customer_email: 'office@harborviewkitchens.com',
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
			const before = await world.client().tableRows(CONTRACT_LINES);
			const invoices = await api<JsonObject[]>('GET', '/invoices');
			const execution = await bill(month);
			expect(execution.status).toBe('error');
			expect(await api('GET', '/invoices')).toEqual(invoices);
			expect(await world.client().tableRows(CONTRACT_LINES)).toEqual(before);
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

		it('notices an invoice that is not in the table, as after a power cut', async () => {
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
				return !['new', 'running'].includes(status);
			});
			return executionId;
		}
		async function press(button: 'Approve' | 'Decline', executionId: string) {
			await finance.press(button);
			return succeeded(
				await waitFor('it has ended', async () => await world.client().getExecution(executionId)),
			);
		}
		const sentTo = () =>
			finance
				.mail()
				.mails.flatMap(({ to }) => to)
				.filter((to) => to !== OFFICE);
		const rowOf = async (of: JsonObject) =>
			(await world.client().tableRows(WORKLIST)).find(({ customer_id }) => customer_id === of.id)!;

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
			const [{ to, subject, body }] = finance.mail().mails;
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
			await finance.sandbox().control.pay({ invoice_id: paid.id as string });
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
			const toAda = finance.mail().mails.find((each) => each.to[0] === 'ada@example.com')!;
			expect(toAda.subject).toBe('A friendly reminder: $100.30');
			expect(toAda.body).toContain(`due on ${inDays(-3)}: $100.30`);
			expect(toAda.body).not.toContain('5,000');
			expect(await rowOf(ada)).toMatchObject({ reminded_step: 1, reminded_due_date: inDays(-3) });
			expect((await rowOf(ben)).reminded_step).toBeNull();

			// The next Monday: each tone is used once, a promise holds, and who paid owes nothing.
			finance.mail().mails.length = 0;
			await begin();
			expect(finance.mail().mails).toEqual([]);
			expect(await rowOf(ben)).toMatchObject({ total_overdue: 0, days_overdue: 0 });
			expect((await rowOf(cleo)).promised_date).toBe(`${inDays(5)}T12:00:00.000Z`);

			// A promise that was not kept.
			await promise(cleo, inDays(-1));
			await press('Decline', await begin());
			expect(sentTo()).toEqual([]);
			finance.mail().refuse('cleo@example.com');
			const refused = await press('Approve', await begin());
			expect(refused.output('Reminders Not Sent')).toEqual([
				expect.objectContaining({ to: 'cleo@example.com' }),
			]);
			expect((await rowOf(cleo)).reminded_step).toBeNull();
		});

		/** Enters a promised date into the worklist, as a person does in n8n. */
		async function promise(of: JsonObject, day: string): Promise<void> {
			const { path } = (await world.client().findTable(WORKLIST))!;
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
			await publishPaidInvoices(world.client(), finance.sandbox(), example, finance.credential());
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
}
