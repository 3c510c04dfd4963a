import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../operations/operation';

/** One resource: the choice of its operations, and the operations by the value of that choice. */
export interface Resource {
	operation: INodeProperties;
	operations: Record<string, Operation>;
}
