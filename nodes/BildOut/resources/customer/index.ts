import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
	upsertOperation,
} from '../operationMakers';
import { recordResource } from '../recordResource';
import { customerRecord } from './record';

export const customer = recordResource(customerRecord, {
	create: createOperation(customerRecord),
	upsert: upsertOperation(customerRecord),
	get: getOperation(customerRecord),
	getAll: getManyOperation(customerRecord),
	update: updateOperation(customerRecord),
	delete: deleteOperation(customerRecord),
});
