import { exampleWorkflow, type Execution, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { publishPaidInvoices } from '../../tools/lib/paidInvoices.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { useFinance } from './finance-world.cts';
import { inDays, type World } from './world.cts';

const START = 'When clicking Execute workflow';

/** The examples about billing and getting paid, run against figures computed here. */
export function financeExamples(world: World): void {
	const finance = useFinance(world);
	const { api, imported, succeeded, customer, invoice } = finance;

	describe('receivables-report.json', () => {
		const report = async () => {
			const { id } = await imported(exampleWorkflow('receivables-report.json'));
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
			expect(finance.mail.mails).toHaveLength(1);
			const [{ to, subject, body }] = finance.mail.mails;
			expect(to).toEqual(['office@example.com']);
			expect(subject).toMatch(/^Open invoices on \d{4}-\d\d-\d\d: €19\.99 and \$1,070\.47$/);
			expect(body).toContain('Harbor &lt;b&gt;View&lt;/b&gt; &amp; Sons');
			expect(body).toContain('$1,070.37');
			expect(body.match(/<table/g)).toHaveLength(2);
		});

		it('says so when no invoice is open', async () => {
			await report();
			expect(finance.mail.mails).toMatchObject([{ body: '<p>No invoice is open.</p>' }]);
			expect(finance.mail.mails[0].subject).toMatch(/: none$/);
		});
	});

	describe('progress-billing.json', () => {
		const CONTRACT_LINES = 'BildOut contract lines';
		const LINES = [
			{ line: '1', description: 'Site work', scheduled_value: 48000 },
			{ line: '2', description: 'Framing', scheduled_value: 62500.55 },
			{ line: '3', description: 'Electrical', scheduled_value: 27333.33 },
		];
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
				lines: LINES,
			};
		});

		async function bill(month: Month, terms: JsonObject = {}): Promise<Execution> {
			const workflow = exampleWorkflow('progress-billing.json');
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

		/** Of each line: previous, this period, to date, percent, balance to finish, retainage to date. */
		const MONTHS = [
			{
				percents: { 1: 60, 2: 25.55, 3: 12.5 },
				billed: [28800, 15968.89, 3416.67, -4818.56],
				total: 43367,
				sheet: [
					[0, 28800, 28800, 60, 19200, 2880],
					[0, 15968.89, 15968.89, 25.55, 46531.66, 1596.89],
					[0, 3416.67, 3416.67, 12.5, 23916.66, 341.67],
				],
			},
			{
				percents: { 1: 100, 2: 33.33, 3: 12.5 },
				billed: [19200, 4862.54, -2406.25],
				total: 21656.29,
				sheet: [
					[28800, 19200, 48000, 100, 0, 4800],
					[15968.89, 4862.54, 20831.43, 33.33, 41669.12, 2083.14],
					[3416.67, 0, 3416.67, 12.5, 23916.66, 341.67],
				],
			},
			{
				percents: { 1: 100, 2: 100, 3: 100 },
				billed: [41669.12, 23916.66, -6558.58],
				total: 59027.2,
				sheet: [
					[48000, 0, 48000, 100, 0, 4800],
					[20831.43, 41669.12, 62500.55, 100, 0, 6250.06],
					[3416.67, 23916.66, 27333.33, 100, 0, 2733.33],
				],
			},
		];

		it('bills the difference of each line less the retainage, month after month to the cent', async () => {
			for (const [index, { percents, billed, total, sheet }] of MONTHS.entries()) {
				const month = `2026-0${index + 4}`;
				const execution = succeeded(await bill({ month, percent_complete: percents }));
				const [{ id }] = execution.output('Create Invoice');
				const created = await api('GET', `/invoices/${String(id)}`);
				const lines = created.line_items as Array<{ name: string; unit_price: number }>;
				expect(created).toMatchObject({
					client_id: buyer.id,
					total,
					due_date: inDays(30),
					notes: `Progress billing ${String(contract.contract)}, ${month}`,
				});
				expect(lines.map(({ unit_price }) => unit_price)).toEqual(billed);
				expect(lines.at(-1)!.name).toBe('Retainage 10 %');
				const shown = execution.output('Continuation Sheet');
				const { invoice_number } = created;
				expect(shown.slice(0, -1)).toEqual(
					sheet.map(([previous, this_period, to_date, percent, balance, retainage], at) => ({
						...{ invoice_number, month, ...LINES[at] },
						...{ previous, this_period, to_date, percent, balance, retainage },
					})),
				);
				expect(shown.at(-1)).toMatchObject({ description: 'Total', scheduled_value: 137833.88 });
			}
			// With no retainage any more, an invoice releases what was held back.
			const last = succeeded(
				await bill({ month: '2026-07', percent_complete: {} }, { retainage_percent: 0 }),
			);
			expect(last.output('Create Invoice')).toMatchObject([{ total: 13783.39 }]);
		});

		it('refuses what must not be billed, and writes nothing', async () => {
			succeeded(await bill({ month: '2026-04', percent_complete: { 1: 60 } }));
			const [{ invoice_number }] = await api<JsonObject[]>('GET', '/invoices');
			for (const [month, percent_complete, reason] of [
				[
					'2026-04',
					{ 1: 70 },
					`2026-04 was billed already by invoice ${String(invoice_number)}. A month is billed once.`,
				],
				['2026-03', { 1: 70 }, '2026-03 is before 2026-04, which was billed already.'],
				['May', { 1: 70 }, "The month must be written like 2026-04, got 'May'."],
				[
					'2026-05',
					{ 1: 110, 2: '50', 9: 1 },
					`Line 9 is in the table 0 times for ${String(contract.contract)}; it must be there once. Line 1 (Site work): 110 percent is over 100. Line 2 (Framing): the percent complete must be a number with at most two digits after the point, got '50'.`,
				],
				[
					'2026-05',
					{ 1: 59.99 },
					'Line 1 (Site work): 59.99 percent is less than the 60 percent billed already.',
				],
				['2026-05', { 1: 60 }, 'Nothing was completed since 2026-04, so there is nothing to bill.'],
			] as const) {
				expect(await refusal({ month, percent_complete })).toBe(`Nothing was billed. ${reason}`);
			}
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
			const { id } = await imported(exampleWorkflow('collections-desk.json'));
			const client = world.client();
			const executionId = await client.startWorkflow(id, START);
			await waitFor('it waits or has ended', async () => {
				const { status } = await client.storedExecution(executionId);
				return !['new', 'running'].includes(status);
			});
			return executionId;
		}
		const sentTo = () => finance.mail.mails.flatMap(({ to }) => to).filter((to) => to !== OFFICE);
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
			const [{ to, subject, body }] = finance.mail.mails;
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
			await finance.sandbox.control.pay({ invoice_id: paid.id as string });
			await promise(cleo, inDays(5));

			const execution = await finance.press('Approve', executionId);
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
			const toAda = finance.mail.mails.find((each) => each.to[0] === 'ada@example.com')!;
			expect(toAda.subject).toBe('A friendly reminder: $100.30');
			expect(toAda.body).toContain(`due on ${inDays(-3)}: $100.30`);
			expect(toAda.body).not.toContain('5,000');
			expect(await rowOf(ada)).toMatchObject({ reminded_step: 1, reminded_due_date: inDays(-3) });
			expect((await rowOf(ben)).reminded_step).toBeNull();

			// The next Monday: each tone is used once, a promise holds, and who paid owes nothing.
			finance.mail.mails.length = 0;
			await begin();
			expect(finance.mail.mails).toEqual([]);
			expect(await rowOf(ben)).toMatchObject({ total_overdue: 0, days_overdue: 0 });
			expect((await rowOf(cleo)).promised_date).toBe(`${inDays(5)}T12:00:00.000Z`);

			// A promise that was not kept.
			await promise(cleo, inDays(-1));
			await finance.press('Decline', await begin());
			expect(sentTo()).toEqual([]);
			finance.mail.refuse('cleo@example.com');
			const refused = await finance.press('Approve', await begin());
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
		const example = exampleWorkflow('trigger-invoice-paid-to-table.json');
		const publish = async () =>
			await publishPaidInvoices(world.client(), finance.sandbox, example, finance.credential);
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
