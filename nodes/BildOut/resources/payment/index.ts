import type { INodeProperties } from 'n8n-workflow';

import { getManyOperation, getOperation } from '../operationMakers';
import type { Resource } from '../types';
import { paymentFilters, paymentFilterTable, paymentOutputFields, paymentSort } from './list';
import { paymentLocator } from './locator';
import { paymentRecord } from './record';

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['payment'] } },
	default: 'getAll',
	options: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get payment',
			description: 'Read one payment',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many payments',
			description: 'Read a list of payments, from customers or to vendors',
		},
	],
};

/** Payments are read-only in BildOut's API (section Payments). */
export const payment: Resource = {
	record: paymentRecord,
	operation,
	operations: {
		get: getOperation(paymentRecord, paymentLocator, paymentOutputFields),
		getAll: getManyOperation(paymentRecord, {
			filters: paymentFilters,
			sort: paymentSort,
			outputFields: paymentOutputFields,
			table: paymentFilterTable,
		}),
	},
};
