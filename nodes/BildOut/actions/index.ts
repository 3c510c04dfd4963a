import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { InputItem } from '../input/inputItem';
import type { Operation } from './operation';
import { apiRequest } from './apiRequest';
import { searchMethods } from '../records/resourceLocator';
import { customer } from './customer';
import { invoice } from './invoice';
import { payment } from './payment';
import { project } from './project';
import type { Resource } from './types';
import { vendor } from './vendor';

/** The registry: every resource of the node, and through it every operation. */
export const RESOURCES: Record<string, Resource> = {
	apiRequest,
	customer,
	invoice,
	payment,
	project,
	vendor,
};

/** The lists of the choosers, by the `searchListMethod` that a chooser names. */
export const listSearch = searchMethods(
	Object.values(RESOURCES).flatMap(({ record }) => record ?? []),
);

export const resourceOptions: INodePropertyOptions[] = Object.entries(RESOURCES)
	.map(([value, { label }]) => ({ name: label, value }))
	.sort((a, b) => a.name.localeCompare(b.name));

/** The parameters of all operations, each shown only for its own. */
export const resourceProperties: INodeProperties[] = Object.values(RESOURCES).flatMap(
	({ operation, operations }) => [
		operation,
		...Object.values(operations).flatMap(({ properties }) => properties),
	],
);

/**
 * The operation that the node is set to, the same for all items: n8n takes no expression where a parameter
 * has `noDataExpression`. One that does not exist fails for each item, like any other fault: n8n would put out
 * the input as if all were well where the node as a whole fails and is set to continue.
 */
export function operationOf(item: InputItem): Operation {
	const resource = String(item.param('resource', ''));
	const operation = String(item.param('operation', ''));
	const operations = Object.entries(RESOURCES).find(([name]) => name === resource)?.[1].operations;
	const chosen = Object.entries(operations ?? {}).find(([name]) => name === operation)?.[1];
	return (
		chosen?.variant?.(item) ??
		chosen ?? {
			properties: [],
			execute: async (each) =>
				each.fail(
					`There is no operation '${operation}' for the resource '${resource}'`,
					`The resources are ${Object.keys(RESOURCES).join(', ')}${operations ? `; the operations of '${resource}' are ${Object.keys(operations).join(', ')}` : ''}.`,
				),
		}
	);
}
