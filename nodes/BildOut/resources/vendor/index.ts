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
	vendorAdditionalFields,
	vendorClearFields,
	vendorFields,
	vendorMatchBy,
	vendorName,
	vendorOutputFields,
	vendorUpdateFields,
	vendorUpsertEmail,
	vendorUpsertFields,
	vendorUpsertName,
} from './fields';
import { vendorFilters, vendorFilterTable, vendorSort } from './list';
import { vendorLocator } from './locator';
import { vendorRecord } from './record';

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['vendor'] } },
	default: 'getAll',
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create vendor',
			description: 'Add a vendor to BildOut',
		},
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Create or update vendor',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete vendor',
			description: 'Remove a vendor from BildOut for good',
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get vendor',
			description: 'Read one vendor',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many vendors',
			description: 'Read a list of vendors',
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update vendor',
			description: 'Change a vendor and keep everything that you do not change',
		},
	],
};

export const vendor: Resource = {
	record: vendorRecord,
	operation,
	operations: {
		create: createOperation(vendorRecord, {
			name: vendorName,
			additionalFields: vendorAdditionalFields,
			table: vendorFields,
		}),
		upsert: upsertOperation(vendorRecord, {
			matchBy: vendorMatchBy,
			email: vendorUpsertEmail,
			name: vendorUpsertName,
			additionalFields: vendorUpsertFields,
			table: vendorFields,
		}),
		get: getOperation(vendorRecord, vendorLocator, vendorOutputFields),
		getAll: getManyOperation(vendorRecord, {
			filters: vendorFilters,
			sort: vendorSort,
			outputFields: vendorOutputFields,
			table: vendorFilterTable,
		}),
		update: updateOperation(vendorRecord, vendorLocator, {
			updateFields: vendorUpdateFields,
			clearFields: vendorClearFields,
			table: vendorFields,
		}),
		delete: deleteOperation(vendorRecord, vendorLocator),
	},
};
