import type { INodeProperties } from 'n8n-workflow';

import { capitalized, type RecordType } from '../records/recordType';
import type { OfferedOperation, Resource } from './types';

/** A resource with the menu of its operations. Each begins with Get Many. */
export function recordResource(
	record: RecordType,
	operations: Record<string, OfferedOperation>,
): Resource {
	const operation = operationMenu(record.name, operations, 'getAll');
	return { label: capitalized(record.name), record, operation, operations };
}

/** The menu of a resource's operations, in alphabetical order. */
export function operationMenu(
	resource: string,
	operations: Record<string, OfferedOperation>,
	first: string,
): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		default: first,
		options: Object.entries(operations)
			.map(([value, { option }]) => ({ value, ...option }))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
}
