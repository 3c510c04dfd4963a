import type { INodeProperties } from 'n8n-workflow';

import { deleteOperation, getManyOperation, getOperation } from '../operationMakers';
import type { Resource } from '../types';
import { create } from './create';
import { invoiceOutputFields } from './fields';
import { invoiceFilters, invoiceFilterTable, invoiceSort } from './list';
import { invoiceLocator } from './locator';
import { update } from './update';
import { invoiceRecord } from './record';

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['invoice'] } },
	default: 'getAll',
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create invoice',
			description: 'Write an invoice for a customer',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete invoice',
			description: 'Remove an invoice from BildOut for good',
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get invoice',
			description: 'Read one invoice with its line items',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many invoices',
			description: 'Read a list of invoices',
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update invoice',
			description: 'Change an invoice and keep everything that you do not change',
		},
	],
};

export const invoice: Resource = {
	record: invoiceRecord,
	operation,
	operations: {
		create,
		get: getOperation(invoiceRecord, invoiceLocator, invoiceOutputFields),
		getAll: getManyOperation(invoiceRecord, {
			filters: invoiceFilters,
			sort: invoiceSort,
			outputFields: invoiceOutputFields,
			table: invoiceFilterTable,
		}),
		update,
		delete: deleteOperation(invoiceRecord, invoiceLocator),
	},
};
