import type { Collection, StoredRecord } from '../../records/collection.mts';
import { difference, percentage, roundedOrNull, sum } from '../../records/money.mts';
import { invalidFields } from '../errors.mts';
import type { Account, Writable } from './account.mts';
import { directory } from './directory.mts';

/** Refuses a reference to a record that is not there. */
export function checkReference(collection: Collection<never>, field: string, id: unknown): void {
	if (typeof id === 'string' && !collection.has(id)) {
		throw invalidFields({ field, message: `names no record: ${id}` });
	}
}

export function projects(account: Account): Writable {
	const { records } = account;
	const entries = directory(account, {
		noun: 'project',
		collection: records.projects as Collection<StoredRecord>,
		schema: 'ProjectInput',
		hasEvents: true,
		check: ({ client_id }) => checkReference(records.customers as never, 'client_id', client_id),
		beforeRemoval(id) {
			records.invoices.unlink('project_id', id);
			records.payments.unlink('project_id', id);
		},
	});
	const withBudget = (input: Record<string, unknown>) =>
		'budget' in input ? { ...input, budget: roundedOrNull(input.budget as number | null) } : input;
	return {
		...entries,
		create: (input) => entries.create(withBudget(input)),
		replace: (id, input) => entries.replace(id, withBudget(input)),
	};
}

/** A project's money, in the account's currency. Grade: the endpoint is documented, its fields are assumed. */
export function projectFinancials({ records }: Account, id: string) {
	const project = records.projects.existing(id);
	const invoices = records.invoices
		.list({ where: { project_id: id } })
		.filter(({ status }) => status !== 'draft' && status !== 'void');
	const payments = records.payments
		.list({ where: { project_id: id } })
		.filter(({ status }) => status === 'succeeded');
	const paid = (direction: string) =>
		sum(payments.filter((payment) => payment.direction === direction).map(({ amount }) => amount));
	const invoiced = sum(invoices.map(({ total }) => total));
	const paidToVendors = paid('outgoing');
	const profit = difference(invoiced, paidToVendors);
	return {
		project_id: id,
		currency: 'usd',
		budget: project.budget,
		invoiced_total: invoiced,
		received_total: paid('incoming'),
		outstanding_total: sum(invoices.map(({ amount_due }) => amount_due)),
		paid_to_vendors_total: paidToVendors,
		profit,
		margin_percent: percentage(profit, invoiced),
		invoice_count: invoices.length,
		payment_count: payments.length,
	};
}
