import { type BildOut, locator } from './bildout.cts';

/** An operation with parameters that work on the seeded records, and what its first request is. */
export interface Operation {
	/** e.g. `customer: create`. */
	name: string;
	parameters: { resource: string; operation: string; [parameter: string]: unknown };
	method: 'GET' | 'POST' | 'DELETE';
	/** The record that the first request is about; undefined for a list or a new record. */
	id?: string;
}

const METHODS: Record<string, Operation['method']> = { create: 'POST', delete: 'DELETE' };

const INVOICE = {
	dueDate: '2025-02-15',
	lineItemsInput: 'json',
	lineItemsJson: '[{"name": "Labor", "quantity": 16, "unit_price": 75}]',
};

/** Parameters that work, beyond the choice of the record. */
const PARAMETERS: Array<[resource: string, operation: string, parameters?: object]> = [
	...(['customer', 'vendor'] as const).flatMap((resource): typeof PARAMETERS => [
		[resource, 'create', { name: 'Ace Roofing' }],
		[resource, 'upsert', { matchBy: 'name', name: 'Ace Roofing' }],
		[resource, 'get'],
		[resource, 'getAll'],
		[resource, 'update', { updateFields: { phone: '1' } }],
		[resource, 'delete'],
	]),
	['customer', 'getStatement'],
	['project', 'create', { name: 'Deck' }],
	['project', 'upsert', { name: 'Deck' }],
	['project', 'get'],
	['project', 'getAll'],
	['project', 'update', { updateFields: { budget: 1 } }],
	['project', 'delete'],
	['project', 'getFinancials'],
	['invoice', 'create', INVOICE],
	['invoice', 'upsert', { externalId: 'JOB-1042-3', ...INVOICE }],
	['invoice', 'get'],
	['invoice', 'getAll'],
	['invoice', 'getReceivables'],
	['invoice', 'update', { updateFields: { notes: 'x' } }],
	['invoice', 'delete'],
	['payment', 'get'],
	['payment', 'getAll'],
];

const OF_ONE = ['get', 'update', 'delete', 'getFinancials', 'getStatement'];

/**
 * Every operation of every resource, ready to run on the records that are there now, and one after the
 * other: what deletes comes last.
 */
export async function everyOperation(bildout: BildOut): Promise<Operation[]> {
	const ids: Record<string, string> = {};
	for (const resource of new Set(PARAMETERS.map(([name]) => name))) {
		ids[resource] = (await bildout.list(`/${resource}s?limit=1`))[0].id as string;
	}
	// A customer with invoices cannot be deleted.
	const idle = (await bildout.create('/customers', { name: 'Without Invoices' })).id as string;

	const all = PARAMETERS.map(([resource, operation, parameters]): Operation => {
		const isIdle = resource === 'customer' && operation === 'delete';
		const id = OF_ONE.includes(operation) ? (isIdle ? idle : ids[resource]) : undefined;
		const isForCustomer = resource === 'invoice' && ['create', 'upsert'].includes(operation);
		return {
			name: `${resource}: ${operation}`,
			parameters: {
				resource,
				operation,
				...(id && { [`${resource}Id`]: locator(id) }),
				...(isForCustomer && { customerId: locator(ids.customer) }),
				...parameters,
			},
			method: METHODS[operation] ?? 'GET',
			id,
		};
	});
	const deletes = ({ method }: Operation) => method === 'DELETE';
	return [...all.filter((one) => !deletes(one)), ...all.filter(deletes)];
}
