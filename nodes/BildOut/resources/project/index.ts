import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
	upsertOperation,
} from '../operationMakers';
import { recordResource } from '../recordResource';
import { getFinancials } from './getFinancials';
import { projectRecord } from './record';

export const project = recordResource(projectRecord, {
	create: createOperation(projectRecord, { description: 'Add a construction job to BildOut' }),
	upsert: upsertOperation(projectRecord),
	get: getOperation(projectRecord),
	getAll: getManyOperation(projectRecord),
	update: updateOperation(projectRecord),
	delete: deleteOperation(projectRecord),
	getFinancials,
});
