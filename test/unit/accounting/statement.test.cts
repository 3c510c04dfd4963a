import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { statements } from '../../../nodes/BildOut/accounting/statement';
import { toOutput } from '../../../nodes/BildOut/accounting/money';

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 2, 1);

const day = (offset: number) => new Date(START + offset * DAY_MS).toISOString().slice(0, 10);
/** The day that a moment is in a zone, computed without the code under test. */
const dayIn = (moment: number, timeZone: string) =>
	new Intl.DateTimeFormat('sv', { timeZone }).format(moment);

const invoice = fc.record({
	customer: fc.constantFrom('a', 'b'),
	currency: fc.constantFrom('usd', 'USD', 'eur'),
	cents: fc.integer({ min: -10_000, max: 1_000_000 }),
	status: fc.constantFrom('sent', 'partial', 'paid', 'overdue', 'draft', 'void', 'canceled'),
	issued: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
	created: fc.integer({ min: 0, max: 60 * 24 }),
});
const payment = fc.record({
	of: fc.nat(),
	cents: fc.integer({ min: -5_000, max: 500_000 }),
	status: fc.constantFrom('succeeded', 'failed', 'canceled', 'processing', 'refunded'),
	direction: fc.constantFrom('incoming', 'outgoing'),
	created: fc.integer({ min: 0, max: 60 * 24 }),
});
const account = fc.record({
	invoices: fc.array(invoice, { maxLength: 15 }),
	payments: fc.array(payment, { maxLength: 25 }),
	from: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
	length: fc.integer({ min: 0, max: 40 }),
	timezone: fc.constantFrom('UTC', 'America/Denver', 'Pacific/Auckland', 'Asia/Kolkata'),
	asText: fc.boolean(),
});
type Account = typeof account extends fc.Arbitrary<infer T> ? T : never;

const hour = (hours: number) => START + hours * 3_600_000;
const amount = (cents: number, asText: boolean) =>
	asText ? (cents / 100).toFixed(2) : cents / 100;

function recordsOf({ invoices, payments, asText }: Account) {
	const billed = invoices.map(
		(one, index): IDataObject => ({
			id: `i${index}`,
			invoice_number: `INV-${index}`,
			client_id: one.customer,
			currency: one.currency,
			status: one.status,
			total: amount(one.cents, asText),
			issue_date: one.issued === undefined ? null : day(one.issued),
			created_at: new Date(hour(one.created)).toISOString(),
		}),
	);
	const paid = invoices.length === 0 ? [] : payments;
	return {
		billed,
		paid: paid.map(
			(one, index): IDataObject => ({
				id: `p${index}`,
				invoice_id: `i${one.of % invoices.length}`,
				amount: amount(one.cents, asText),
				status: one.status,
				direction: one.direction,
				created_at: new Date(hour(one.created)).toISOString(),
			}),
		),
	};
}

/** Day and cents of all that counts for customer a, by currency. */
function expected({ invoices, payments, timezone }: Account) {
	const entries = new Map<string, Array<{ day: string; cents: number }>>();
	const add = (currency: string, day: string, cents: number) =>
		entries.set(currency, [...(entries.get(currency) ?? []), { day, cents }]);
	const counts = (one: Account['invoices'][number]) =>
		one.customer === 'a' && !['draft', 'void', 'canceled'].includes(one.status);
	for (const one of invoices.filter(counts)) {
		const on = one.issued === undefined ? dayIn(hour(one.created), timezone) : day(one.issued);
		add(one.currency.toLowerCase(), on, one.cents);
	}
	for (const one of payments) {
		if (invoices.length === 0) break;
		const its = invoices[one.of % invoices.length];
		if (one.status !== 'succeeded' || one.direction !== 'incoming' || !counts(its)) continue;
		add(its.currency.toLowerCase(), dayIn(hour(one.created), timezone), -one.cents);
	}
	return entries;
}

const total = (entries: Array<{ cents: number }>) =>
	entries.reduce((cents, one) => cents + one.cents, 0);

describe('A statement', () => {
	it('has every invoice and payment of its days, and balances that add up to the cent', () => {
		fc.assert(
			fc.property(account, (all) => {
				const { billed, paid } = recordsOf(all);
				const from = all.from === undefined ? undefined : day(all.from);
				const to = day((all.from ?? 0) + all.length);
				const made = statements(billed, paid, {
					customerId: 'a',
					from,
					to,
					timezone: all.timezone,
				}).statements;
				const wanted = expected(all);
				expect(new Set(made.map(({ currency }) => currency))).toEqual(
					new Set(wanted.size > 0 ? wanted.keys() : [null]),
				);
				for (const { currency, opening, closing, lines } of made) {
					const entries = wanted.get(currency ?? '') ?? [];
					const before = entries.filter((one) => from !== undefined && one.day < from);
					const within = entries.filter(
						(one) => (from === undefined || one.day >= from) && one.day <= to,
					);
					expect(toOutput(opening)).toBe(total(before) / 100 || 0);
					expect(toOutput(closing)).toBe(total([...before, ...within]) / 100 || 0);
					expect(
						lines.map((line) => `${line.date as string} ${line.amount as number}`).sort(),
					).toEqual(within.map((one) => `${one.day} ${one.cents / 100 || 0}`).sort());
					let balance = total(before);
					let last = '';
					for (const line of lines) {
						balance += Math.round((line.amount as number) * 100);
						expect(line.balance).toBe(balance / 100 || 0);
						const place = `${line.date as string} ${line.type as string}`;
						expect(place >= last).toBe(true);
						last = place;
					}
				}
			}),
			{ numRuns: 300 },
		);
	});
});

describe('What a statement cannot know', () => {
	const of = { customerId: 'a', to: '2025-12-31', timezone: 'UTC' };
	const billed = (more: IDataObject): IDataObject => ({
		id: 'i1',
		invoice_number: 'INV-1',
		client_id: 'a',
		status: 'partial',
		total: 100,
		amount_paid: 40,
		currency: 'usd',
		issue_date: '2025-03-01',
		...more,
	});
	const paid = (more: IDataObject): IDataObject => ({
		id: 'p1',
		invoice_id: 'i1',
		amount: 40,
		status: 'succeeded',
		direction: 'incoming',
		created_at: '2025-03-05T12:00:00Z',
		...more,
	});

	it('is nothing where the payments of an invoice add up to what was paid', () => {
		const left = statements([billed({})], [paid({}), paid({ id: 'p2', invoice_id: null })], of);
		expect(left).toMatchObject({ unassignable: 0, gaps: { paidOtherwise: [], noInvoice: [] } });
	});

	it.each([
		['has no invoice', paid({ invoice_id: null })],
		['has no invoice but the customer', paid({ invoice_id: undefined, client_id: 'a' })],
	])('is whose a payment is that %s', (_, payment) => {
		const left = statements([billed({})], [payment], of);
		expect(left).toMatchObject({ unassignable: 1, gaps: { paidOtherwise: ['INV-1'] } });
	});

	it('is what was refunded of a payment', () => {
		const left = statements([billed({ amount_paid: 30 })], [paid({})], of);
		expect(left).toMatchObject({
			unassignable: 0,
			gaps: { paidOtherwise: [], paidLess: ['INV-1'] },
		});
	});

	it('is not the currency of an invoice that has none: its payments have one', () => {
		const { statements: all } = statements(
			[billed({ currency: null })],
			[paid({ currency: 'USD' })],
			of,
		);
		expect(all.map(({ currency, closing }) => [currency, toOutput(closing)])).toEqual([
			['usd', 60],
		]);
	});

	it('does not count payments of other customers or to vendors, or those that failed', () => {
		const others = [
			paid({ invoice_id: null, client_id: 'b' }),
			paid({ invoice_id: null, direction: 'outgoing' }),
			paid({ invoice_id: null, status: 'failed' }),
			paid({ invoice_id: 'i9' }),
		];
		const left = statements([billed({})], others, of);
		expect(left).toMatchObject({
			unassignable: 0,
			gaps: { paidOtherwise: ['INV-1'], noInvoice: [] },
		});
	});

	it('is any payment where BildOut shows neither what was paid nor what is due', () => {
		const invoice = billed({ amount_paid: undefined, status: 'paid' });
		const left = statements([invoice], [paid({ invoice_id: null })], of);
		expect(left.unassignable).toBe(1);
	});

	it('is named: what has no amount is left out, what has no day is in the opening balance', () => {
		const { statements: all, gaps } = statements(
			[
				billed({ amount_paid: 0, issue_date: null }),
				billed({ id: 'i2', total: null, amount_paid: null }),
			],
			[paid({ amount: null }), paid({ id: 'p2', amount: '-5.00', created_at: undefined })],
			of,
		);
		expect(gaps.noAmount).toEqual(['invoice INV-1', 'payment INV-1']);
		expect(gaps.noDate).toEqual(['invoice INV-1', 'payment INV-1']);
		expect(all.map(({ opening, lines }) => [toOutput(opening), lines])).toEqual([[105, []]]);
	});

	it('is not the currency: a payment without one is in that of its invoice', () => {
		const { statements: all } = statements(
			[billed({ currency: 'EUR' })],
			[paid({}), paid({ id: 'p2', currency: 'usd', amount: 1 })],
			of,
		);
		expect(all.map(({ currency, closing }) => [currency, toOutput(closing)])).toEqual([
			['eur', 60],
			['usd', -1],
		]);
	});
});
