import type { INodeProperties } from 'n8n-workflow';

import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
} from '../operationMakers';
import type { Resource } from '../types';
import {
	projectAdditionalFields,
	projectClearFields,
	projectFields,
	projectName,
	projectOutputFields,
	projectUpdateFields,
} from './fields';
import { getFinancials } from './getFinancials';
import { projectFilters, projectFilterTable, projectSort } from './list';
import { projectLocator } from './locator';
import { projectRecord } from './record';

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['project'] } },
	default: 'getAll',
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create project',
			description: 'Add a construction job to BildOut',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete project',
			description: 'Remove a project from BildOut for good',
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get project',
			description: 'Read one project',
		},
		{
			name: 'Get Financials',
			value: 'getFinancials',
			action: 'Get project financials',
			description: 'Read what a project earns and costs',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many projects',
			description: 'Read a list of projects',
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update project',
			description: 'Change a project and keep everything that you do not change',
		},
	],
};

export const project: Resource = {
	record: projectRecord,
	operation,
	operations: {
		create: createOperation(projectRecord, {
			name: projectName,
			additionalFields: projectAdditionalFields,
			table: projectFields,
		}),
		get: getOperation(projectRecord, projectLocator, projectOutputFields),
		getAll: getManyOperation(projectRecord, {
			filters: projectFilters,
			sort: projectSort,
			outputFields: projectOutputFields,
			table: projectFilterTable,
		}),
		update: updateOperation(projectRecord, projectLocator, {
			updateFields: projectUpdateFields,
			clearFields: projectClearFields,
			table: projectFields,
		}),
		delete: deleteOperation(projectRecord, projectLocator),
		getFinancials,
	},
};
