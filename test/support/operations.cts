import { type BildOut, locator } from './bildout.cts';

type Resource = 'customer' | 'vendor' | 'project' | 'invoice' | 'payment';

/** An operation with parameters that work on the seeded records, and what its first request is. */
export interface Operation {
	/** e.g. `customer: create`. */
	name: string;
	parameters: { resource: Resource; operation: string; [parameter: string]: unknown };
	method: 'GET' | 'POST' | 'DELETE';
	/** The record that the first request is about; undefined for a list or a new record. */
	id?: string;
}

const METHODS: Record<string, Operation['method']> = { create: 'POST', delete: 'DELETE' };

/**
 * Every operation of every resource, ready to run on the records that are there now, and one after the
 * other: what deletes comes last.
 */
export async function everyOperation(bildout: BildOut): Promise<Operation[]> {
	const first = async (resource: Resource) =>
		(await bildout.list(`/${resource}s?limit=1`))[0].id as string;
	const [customer, vendor, project, invoice, payment] = await Promise.all(
		(['customer', 'vendor', 'project', 'invoice', 'payment'] as const).map(first),
	);
	const ids = { customer, vendor, project, invoice, payment };
	// A customer with invoices cannot be deleted.
	const idle = (await bildout.create('/customers', { name: 'Without Invoices' })).id as string;

	const operation = (resource: Resource, name: string, more: object = {}): Operation => {
		const isOfOne = ['get', 'update', 'delete', 'getFinancials'].includes(name);
		const id = resource === 'customer' && name === 'delete' ? idle : ids[resource];
		return {
			name: `${resource}: ${name}`,
			parameters: {
				resource,
				operation: name,
				...(isOfOne ? { [`${resource}Id`]: locator(id) } : {}),
				...more,
			},
			method: METHODS[name] ?? 'GET',
			id: isOfOne ? id : undefined,
		};
	};
	const people = (['customer', 'vendor'] as const).flatMap((resource) => [
		operation(resource, 'create', { name: 'Ace Roofing' }),
		operation(resource, 'upsert', { matchBy: 'name', name: 'Ace Roofing' }),
		operation(resource, 'get'),
		operation(resource, 'getAll'),
		operation(resource, 'update', { updateFields: { phone: '1' } }),
		operation(resource, 'delete'),
	]);
	const all = [
		...people,
		operation('project', 'create', { name: 'Deck' }),
		operation('project', 'upsert', { name: 'Deck' }),
		operation('project', 'get'),
		operation('project', 'getAll'),
		operation('project', 'update', { updateFields: { budget: 1 } }),
		operation('project', 'delete'),
		operation('project', 'getFinancials'),
		operation('invoice', 'create', {
			customerId: locator(customer),
			dueDate: '2025-02-15',
			lineItemsInput: 'json',
			lineItemsJson: '[{"name": "Labor", "quantity": 16, "unit_price": 75}]',
		}),
		operation('invoice', 'get'),
		operation('invoice', 'getAll'),
		operation('invoice', 'update', { updateFields: { notes: 'x' } }),
		operation('invoice', 'delete'),
		operation('payment', 'get'),
		operation('payment', 'getAll'),
	];
	const deletes = ({ method }: Operation) => method === 'DELETE';
	return [...all.filter((one) => !deletes(one)), ...all.filter(deletes)];
}
