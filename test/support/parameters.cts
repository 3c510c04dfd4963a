import type { INode } from 'n8n-workflow';

/** How a node stands in a workflow. */
export const nodeOf = (name: string, type: string, more: Partial<INode> = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...more,
});

/** How a resource locator stands in a workflow. */
export const locator = (value: string, mode = 'id') => ({ __rl: true as const, mode, value });

/** The parameters of an operation, such as `customer create`. */
export function op(operation: string, more: object = {}) {
	const [resource, name] = operation.split(' ');
	return { resource, operation: name, ...more };
}

/** The parameters of an operation on the record with the ID, which may be an expression. */
export function onOne(operation: string, id: unknown, more: object = {}) {
	const [resource] = operation.split(' ');
	return op(operation, { [`${resource}Id`]: locator(id as string), ...more });
}

export const LABOR = { name: 'Labor', quantity: 1, unit_price: 75 };

/** The parameters that create an invoice of one line for the customer with the ID. */
export const newInvoice = (customerId: string, more: object = {}) =>
	op('invoice create', {
		customerId: locator(customerId),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: JSON.stringify([LABOR]),
		...more,
	});

/** A parameter that the model of an agent fills in, as the editor writes it. */
export const fromModel = (name: string, type = 'string') =>
	`={{ $fromAI('${name}', '', '${type}') }}`;

/** Settings of a node: On Error, and Retry On Fail. */
export const CONTINUING = { onError: 'continueRegularOutput' } as const;
export const RETRYING = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
