import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from './operation';
import type { RecordType } from '../records/recordType';

/** One resource: the choice of its operations, and the operations by the value of that choice. */
export interface Resource {
	/** Its entry in the menu, in title case. */
	label: string;
	/** The kind of record that the operations are about; none for those that are about anything. */
	record?: RecordType;
	operation: INodeProperties;
	operations: Record<string, Operation>;
}

/** An operation with its entry in the menu. */
export interface OfferedOperation extends Operation {
	option: {
		/** In title case. */
		name: string;
		/** As n8n's nodes panel lists it: in sentence case, without articles. */
		action: string;
		description: string;
	};
}
