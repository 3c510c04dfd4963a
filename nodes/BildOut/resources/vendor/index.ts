import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
	upsertOperation,
} from '../operationMakers';
import { recordResource } from '../recordResource';
import { vendorRecord } from './record';

export const vendor = recordResource(vendorRecord, {
	create: createOperation(vendorRecord),
	upsert: upsertOperation(vendorRecord),
	get: getOperation(vendorRecord),
	getAll: getManyOperation(vendorRecord),
	update: updateOperation(vendorRecord),
	delete: deleteOperation(vendorRecord),
});
