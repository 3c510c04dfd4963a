import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../operations/operation';
import type { RecordType } from '../operations/recordTypes';

/** One resource: the choice of its operations, and the operations by the value of that choice. */
export interface Resource {
	/** The kind of record that the operations are about; none for those that are about anything. */
	record?: RecordType;
	operation: INodeProperties;
	operations: Record<string, Operation>;
}
