import type { INodeProperties } from 'n8n-workflow';

import { capitalized, type RecordType } from '../operations/recordTypes';
import type { OfferedOperation, Resource } from './types';

/** A resource with the menu of its operations, in alphabetical order. Each begins with Get Many. */
export function recordResource(
	record: RecordType,
	operations: Record<string, OfferedOperation>,
): Resource {
	const operation: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [record.name] } },
		default: 'getAll',
		options: Object.entries(operations)
			.map(([value, { option }]) => ({ value, ...option }))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
	return { label: capitalized(record.name), record, operation, operations };
}
