import { allOperations } from './operationFactories';
import { recordResource } from './recordResource';
import { getFinancials } from './getFinancials';
import { projectRecord } from '../records/project';

export const project = recordResource(projectRecord, {
	...allOperations(projectRecord),
	getFinancials,
});
