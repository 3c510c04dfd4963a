import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ItemWork, RunItem } from '../execution/run';
import { customerRecord } from '../records/customer';
import { invoiceRecord } from '../records/invoice';
import { paymentRecord } from '../records/payment';
import { projectRecord } from '../records/project';
import { capitalized, type RecordType } from '../records/recordType';
import { searchMethods } from './listSearch';
import { vendorRecord } from '../records/vendor';
import { send } from './apiRequest/send';
import { createOperation } from './create';
import { deleteOperation } from './delete';
import { getOperation } from './get';
import { getFinancials } from './getFinancials';
import { getManyOperation } from './getMany';
import { getReceivables } from './getReceivables';
import { getStatement } from './getStatement';
import { changedLines } from './invoiceLines/read';
import type { Operation } from './operation';
import { updateOperation } from './update';
import { upsertOperation } from './upsert';
import { newInvoice, upsertInvoice } from './upsertInvoice';

/** One resource, and its operations by the value of the parameter 'operation'. */
interface Resource {
	/** The kind of record that the operations are about; none for those that are about anything. */
	record?: RecordType;
	/** Its entry in the menu; the record's name where it has one. */
	label?: string;
	operations: Record<string, Operation>;
}

/** The registry: every resource of the node, and through it every operation. */
export const RESOURCES: Record<string, Resource> = {
	/** What BildOut's API has and the other resources do not. It is about no one kind of record. */
	apiRequest: { label: 'API Request', operations: { send } },
	customer: {
		record: customerRecord,
		operations: { ...allOperations(customerRecord), getStatement },
	},
	/** BildOut numbers an invoice and works out its totals (section Create Invoice). */
	invoice: {
		record: invoiceRecord,
		operations: {
			create: createOperation(invoiceRecord, {
				description: 'Write an invoice for a customer',
				extension: newInvoice,
			}),
			upsert: upsertInvoice,
			get: getOperation(invoiceRecord, 'Read one invoice with its line items'),
			getAll: getManyOperation(invoiceRecord),
			getReceivables,
			update: updateOperation(invoiceRecord, changedLines),
			delete: deleteOperation(invoiceRecord),
		},
	},
	payment: {
		record: paymentRecord,
		operations: {
			get: getOperation(paymentRecord),
			getAll: getManyOperation(
				paymentRecord,
				'Read a list of payments, from customers or to vendors',
			),
		},
	},
	project: {
		record: projectRecord,
		operations: { ...allOperations(projectRecord), getFinancials },
	},
	vendor: { record: vendorRecord, operations: allOperations(vendorRecord) },
};

/** The operations of records that people know by their name. */
function allOperations(type: RecordType): Record<string, Operation> {
	return {
		create: createOperation(type),
		upsert: upsertOperation(type),
		get: getOperation(type),
		getAll: getManyOperation(type),
		update: updateOperation(type),
		delete: deleteOperation(type),
	};
}

/** The lists of the resource locators, by the `searchListMethod` that a resource locator names. */
export const listSearch = searchMethods(
	Object.values(RESOURCES).flatMap(({ record }) => record ?? []),
);

export const resourceOptions: INodePropertyOptions[] = Object.entries(RESOURCES)
	.map(([value, { label, record }]) => ({ name: label ?? capitalized(record!.name), value }))
	.sort((a, b) => a.name.localeCompare(b.name));

/** The parameters of all operations, each shown only for its own. */
export const resourceProperties: INodeProperties[] = Object.entries(RESOURCES).flatMap(
	([resource, { operations }]) => [
		operationMenu(resource, operations),
		...Object.values(operations).flatMap(({ properties }) => properties),
	],
);

/** The menu of a resource's operations, in alphabetical order. It starts with Get Many where there is one. */
function operationMenu(resource: string, operations: Record<string, Operation>): INodeProperties {
	const first = 'getAll' in operations ? 'getAll' : Object.keys(operations)[0];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		default: first,
		options: Object.entries(operations)
			.map(([value, { option }]) => ({ value, ...option }))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
}

/**
 * The operation that the node is set to, the same for all items: n8n takes no expression where a parameter
 * has `noDataExpression`. One that does not exist fails for each item, like any other fault: where a node
 * that is set to continue fails as a whole, n8n returns its input as if all were well.
 */
export function operationOf(item: RunItem): ItemWork {
	const own = <Value>(entries: Record<string, Value> = {}, name: string): Value | undefined =>
		Object.hasOwn(entries, name) ? entries[name] : undefined;
	const resource = String(item.param('resource', ''));
	const operation = String(item.param('operation', ''));
	const operations = own(RESOURCES, resource)?.operations;
	const chosen = own(operations, operation);
	if (chosen) return chosen.variant?.(item) ?? chosen;
	const offered = `; the operations of '${resource}' are ${Object.keys(operations ?? {}).join(', ')}`;
	return {
		execute: async (each) =>
			each.fail(
				`There is no operation '${operation}' for the resource '${resource}'`,
				`The resources are ${Object.keys(RESOURCES).join(', ')}${operations ? offered : ''}.`,
			),
	};
}
