import type { INodeProperties } from 'n8n-workflow';

import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
	upsertOperation,
} from '../operationMakers';
import type { Resource } from '../types';
import {
	customerAdditionalFields,
	customerClearFields,
	customerFields,
	customerMatchBy,
	customerName,
	customerOutputFields,
	customerUpdateFields,
	customerUpsertEmail,
	customerUpsertFields,
	customerUpsertName,
} from './fields';
import { customerFilters, customerFilterTable, customerSort } from './list';
import { customerLocator } from './locator';
import { customerRecord } from './record';

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['customer'] } },
	default: 'getAll',
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create customer',
			description: 'Add a customer to BildOut',
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update customer',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete customer',
			description: 'Remove a customer from BildOut for good',
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get customer',
			description: 'Read one customer',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many customers',
			description: 'Read a list of customers',
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update customer',
			description: 'Change a customer and keep everything that you do not change',
		},
	],
};

export const customer: Resource = {
	record: customerRecord,
	operation,
	operations: {
		create: createOperation(customerRecord, {
			name: customerName,
			additionalFields: customerAdditionalFields,
			table: customerFields,
		}),
		upsert: upsertOperation(customerRecord, {
			matchBy: customerMatchBy,
			email: customerUpsertEmail,
			name: customerUpsertName,
			additionalFields: customerUpsertFields,
			table: customerFields,
		}),
		get: getOperation(customerRecord, customerLocator, customerOutputFields),
		getAll: getManyOperation(customerRecord, {
			filters: customerFilters,
			sort: customerSort,
			outputFields: customerOutputFields,
			table: customerFilterTable,
		}),
		update: updateOperation(customerRecord, customerLocator, {
			updateFields: customerUpdateFields,
			clearFields: customerClearFields,
			table: customerFields,
		}),
		delete: deleteOperation(customerRecord, customerLocator),
	},
};
