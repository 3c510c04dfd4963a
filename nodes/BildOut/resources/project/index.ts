import { allOperations } from '../operationMakers';
import { recordResource } from '../recordResource';
import { getFinancials } from './getFinancials';
import { projectRecord } from './record';

export const project = recordResource(projectRecord, {
	...allOperations(projectRecord),
	getFinancials,
});
