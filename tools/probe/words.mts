import { recordsIn } from './client.mts';
import { valuesOf } from './contract.mts';
import {
	type Check,
	type Checks,
	type Probe,
	type Resource,
	differs,
	holds,
	notTested,
} from './probe.mts';

const INVOICE_NUMBER = /^INV-\d+$/i;
const PAGE_SIZE = 100;
const DAY_MS = 86_400_000;

/** Whether a field has none but the values of the contract. */
const hasKnownValues =
	(resource: Resource, field: string): Check =>
	async ({ lists }) => {
		const values = new Set(recordsIn(lists[resource]).map((record) => record[field]));
		if (values.size === 0) return notTested(`There are no ${resource}`);
		const known = valuesOf(resource, field);
		const others = [...values].filter((value) => !known.includes(value));
		return others.length > 0
			? differs(`Other values: ${others.map((value) => wordOf(value)).join(', ')}`)
			: holds(`Values: ${[...values].join(', ')}`);
	};

/** A value as evidence, if it is a word; anything else could be someone's data. */
const wordOf = (value: unknown): string =>
	typeof value === 'string' && /^[a-z_ -]{1,30}$/i.test(value) ? value : `a ${typeof value}`;

/** Invoices whose due date was over two days ago, so that it is over in every time zone. */
function pastDue({ lists }: Probe) {
	const day = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
	return recordsIn(lists.invoices).filter(
		({ due_date: due }) => typeof due === 'string' && due.slice(0, 10) < day,
	);
}

/** The checks of the words that BildOut uses. They only read. */
export const wordChecks: Checks = {
	'invoice-number': async ({ lists }) => {
		const numbers = recordsIn(lists.invoices).map((record) => String(record.invoice_number));
		if (numbers.length === 0) return notTested('There are no invoices');
		const others = numbers.filter((number) => !INVOICE_NUMBER.test(number)).length;
		return others > 0
			? differs(`${others} of ${numbers.length} numbers look otherwise`)
			: holds(`All of ${numbers.length} numbers look so`);
	},

	'invoice-status': hasKnownValues('invoices', 'status'),
	'payment-status': hasKnownValues('payments', 'status'),
	'payment-direction': hasKnownValues('payments', 'direction'),

	'status-filter': async ({ client, lists }) => {
		const query = { status: 'paid', limit: PAGE_SIZE };
		const found = recordsIn(await client.api('GET', ['invoices'], { query }));
		const others = found.filter(({ status }) => status !== 'paid').length;
		if (others > 0) return differs(`${others} of ${found.length} invoices are not paid`);
		const isTold = recordsIn(lists.invoices).some(({ status }) => status !== 'paid');
		return found.length > 0 && isTold
			? holds(`${found.length} invoices, all of them paid`)
			: notTested('There are not both paid and unpaid invoices');
	},

	'overdue-status': async (probe) => {
		const open = pastDue(probe).filter(({ status }) => status === 'sent' || status === 'viewed');
		const overdue = pastDue(probe).filter(({ status }) => status === 'overdue').length;
		const evidence = `Of those that are due and unpaid, ${overdue} are overdue and ${open.length} are sent`;
		if (overdue > 0) return holds(evidence);
		return open.length > 0
			? differs(evidence)
			: notTested('No unpaid invoice is past its due date');
	},
};
