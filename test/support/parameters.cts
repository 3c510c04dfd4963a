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
