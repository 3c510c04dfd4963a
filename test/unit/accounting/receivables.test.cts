import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { invoiceName } from '../../../nodes/BildOut/accounting/invoiceAmounts';
import {
	openInvoices,
	receivableCustomers,
	receivableInvoices,
} from '../../../nodes/BildOut/accounting/receivables';

/** Cents as different servers write them. */
const money = (cents: number, form: number): unknown => {
	const sign = cents < 0 ? '-' : '';
	const digits = String(Math.abs(cents)).padStart(3, '0');
	const text = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
	return form === 0 ? Number(text) : text;
};

const day = (offset: number) =>
	new Date(Date.UTC(2025, 5, 15) + offset * 86_400_000).toISOString().slice(0, 10);

interface Made {
	customer: number;
	currency: string | undefined;
	cents: number;
	paid: number;
	due?: number;
	status: string;
	form: number;
	hasAmountDue: boolean;
	time: string;
}

const made: fc.Arbitrary<Made> = fc.record({
	customer: fc.integer({ min: 1, max: 4 }),
	currency: fc.constantFrom('usd', 'USD', 'eur', 'jpy', undefined),
	cents: fc.integer({ min: -500_000, max: 1_000_000_000 }),
	paid: fc.integer({ min: 0, max: 100_000 }),
	due: fc.option(fc.integer({ min: -120, max: 30 }), { nil: undefined }),
	status: fc.constantFrom(
		...['sent', 'viewed', 'partial', 'overdue', 'Partially Paid', 'in collection'],
		...['draft', 'paid', 'void', 'VOIDED', 'Paid'],
	),
	form: fc.constantFrom(0, 1),
	hasAmountDue: fc.boolean(),
	time: fc.constantFrom('', 'T00:00:00.000Z', 'T23:59:59-07:00'),
});

const recordOf = (one: Made, index: number): IDataObject => ({
	id: `inv-${index}`,
	invoice_number: `INV-${index}`,
	client_id: `c${one.customer}`,
	status: one.status,
	...(one.currency === undefined ? {} : { currency: one.currency }),
	due_date: one.due === undefined ? null : `${day(one.due)}${one.time}`,
	total: money(one.cents, one.form) as number,
	amount_paid: money(one.paid, one.form) as number,
	...(one.hasAmountDue ? { amount_due: money(one.cents - one.paid, one.form) as number } : {}),
});

const CLOSED = ['draft', 'paid', 'void', 'voided'];
const isOpen = (one: Made) =>
	!CLOSED.includes(one.status.toLowerCase()) && one.cents - one.paid > 0;
const lateBy = (one: Made) => Math.max(0, -(one.due ?? 0));
const COLUMNS = ['current', 'days_1_30', 'days_31_60', 'days_61_90', 'days_over_90'];
const columnOf = (late: number) =>
	COLUMNS[[0, 30, 60, 90, Infinity].findIndex((most) => late <= most)];

const nameOf = (id: unknown) => `Customer ${String(id)}`;
const clock = (timezone: string) => ({ asOf: day(0), timezone });
const zones = fc.constantFrom('UTC', 'America/Denver', 'Pacific/Auckland', 'Asia/Kolkata');

describe('Receivables', () => {
	it('are to the cent the sums of what is open, by customer, currency and age', () => {
		fc.assert(
			fc.property(fc.array(made, { maxLength: 40 }), zones, (all, timezone) => {
				const { open } = openInvoices(all.map(recordOf), clock(timezone));
				const items = receivableCustomers(open, nameOf, false);
				const expected = new Map<string, Record<string, number>>();
				for (const one of all.filter(isOpen)) {
					const key = `c${one.customer} ${one.currency?.toLowerCase() ?? 'null'}`;
					const sums = expected.get(key) ?? { total: 0, count: 0 };
					const column = columnOf(lateBy(one));
					sums[column] = (sums[column] ?? 0) + one.cents - one.paid;
					sums.total += one.cents - one.paid;
					sums.count += 1;
					expected.set(key, sums);
				}
				expect(items).toHaveLength(expected.size);
				for (const item of items) {
					const sums = expected.get(`${String(item.customer_id)} ${String(item.currency)}`)!;
					expect(item.total_due).toBe(sums.total / 100);
					expect(item.invoice_count).toBe(sums.count);
					for (const column of COLUMNS) expect(item[column]).toBe((sums[column] ?? 0) / 100);
					const invoices = item.invoices as IDataObject[];
					const oldest = invoices
						.map(({ due_date }) => due_date)
						.filter(Boolean)
						.sort()[0];
					expect(item.oldest_due_date).toBe(oldest ?? null);
					expect(item.days_overdue).toBe(
						Math.max(...invoices.map(({ days_overdue }) => days_overdue as number)),
					);
				}
				const ages = items.map(({ days_overdue }) => days_overdue as number);
				expect(ages).toEqual([...ages].sort((a, b) => b - a));
			}),
		);
	});

	it('name each open invoice once, and those without a due date', () => {
		fc.assert(
			fc.property(fc.array(made, { maxLength: 40 }), zones, (all, timezone) => {
				const { open, noDueDate } = openInvoices(all.map(recordOf), clock(timezone));
				const items = receivableInvoices(open, nameOf, false);
				const wanted = all.flatMap((one, index) => (isOpen(one) ? [{ one, index }] : []));
				expect(new Set(items.map(({ id }) => id))).toEqual(
					new Set(wanted.map(({ index }) => `inv-${index}`)),
				);
				expect(items).toHaveLength(wanted.length);
				for (const { one, index } of wanted) {
					const item = items.find(({ id }) => id === `inv-${index}`)!;
					expect(item).toMatchObject({
						customer_name: `Customer c${one.customer}`,
						days_overdue: lateBy(one),
						bucket: columnOf(lateBy(one)),
						amount_due: (one.cents - one.paid) / 100,
					});
				}
				expect([...noDueDate].sort()).toEqual(
					wanted
						.filter(({ one }) => one.due === undefined)
						.map(({ index }) => `INV-${index}`)
						.sort(),
				);
			}),
		);
	});

	it('of one customer are those of all, without the others', () => {
		fc.assert(
			fc.property(fc.array(made, { maxLength: 30 }), (all) => {
				const records = all.map(recordOf);
				const whole = receivableCustomers(openInvoices(records, clock('UTC')).open, nameOf, false);
				const own = receivableCustomers(
					openInvoices(records, clock('UTC'), 'c2').open,
					nameOf,
					false,
				);
				expect(own).toEqual(whole.filter(({ customer_id }) => customer_id === 'c2'));
			}),
		);
	});

	it('leave out and name what has no amount, and ignore impossible dates', () => {
		const { open, noAmount, noDueDate } = openInvoices(
			[
				{ id: 1, status: 'sent', amount_due: null, total: null },
				{ id: 2, invoice_number: 'INV-2', status: 'sent', amount_due: 'a lot' },
				{ id: 3, status: 'sent', amount_due: '5.00', due_date: '2025-02-30' },
				{ id: 4, status: 'sent', amount_due: 5, due_date: '0000-00-00' },
				{ id: 5, status: 'sent', amount_due: 5, due_date: 1_749_000_000 },
				{ id: 6, status: 'sent', amount_due: '0.00' },
			],
			clock('America/Denver'),
		);
		expect(noAmount).toEqual(['1', 'INV-2']);
		expect(noDueDate).toEqual(['3', '4']);
		expect(open.map(({ record, dueDate }) => [record.id, dueDate])).toEqual([
			[5, '2025-06-03'],
			[3, null],
			[4, null],
		]);
	});

	it('take the name that an invoice has, and the customer however it is written', () => {
		const { open } = openInvoices(
			[
				{ id: 1, status: 'sent', amount_due: 1, client: { id: 'a', name: 'Ann' } },
				{ id: 2, status: 'sent', amount_due: 2, customer_id: 'a' },
				{ id: 3, status: 'sent', amount_due: 3 },
			],
			clock('UTC'),
		);
		const items = receivableCustomers(open, () => null, false);
		expect(
			items.map(({ customer_id, customer_name, total_due }) => [
				customer_id,
				customer_name,
				total_due,
			]),
		).toEqual([
			['a', 'Ann', 3],
			[null, null, 3],
		]);
	});

	it('add up 10,000 invoices exactly', () => {
		const records = Array.from({ length: 10_000 }, (_, index) => ({
			id: `i${index}`,
			status: 'sent',
			client_id: `c${index % 700}`,
			currency: 'usd',
			due_date: day((index % 150) - 120),
			amount_due: 0.1,
		}));
		const { open } = openInvoices(records, clock('UTC'));
		const items = receivableCustomers(open, nameOf, false);
		expect(items).toHaveLength(700);
		expect(
			items.reduce((cents, { total_due }) => cents + Math.round((total_due as number) * 100), 0),
		).toBe(100_000);
	});
});

it.each<[object, string]>([
	[{ invoice_number: 'INV-1', id: 'i1' }, 'INV-1'],
	[{ invoice_number: 42 }, '42'],
	[{ invoice_number: ' ', id: 'i1' }, 'i1'],
	[{ invoice_number: {}, id: null }, 'without a number'],
	[{}, 'without a number'],
])('an invoice %j is called %s', (invoice, name) => {
	expect(invoiceName(invoice as IDataObject)).toBe(name);
});
