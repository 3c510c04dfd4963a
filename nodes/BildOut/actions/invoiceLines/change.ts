import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../api/json';
import { refuseAllItems } from '../../input/allItems';
import type { RunItem } from '../../execution/run';
import { oneLine } from '../../input/text';
import { readMenu, readSwitch } from '../../input/values';
import type { BodyExtension } from '../create';
import { type ChangesExtension, mergeFields, type MergeStrategy } from '../update';
import { changeAs, changedLineItems, enterAs, newLineItems } from './panel';
import { readLineItems } from './read';

/** The lines of a new invoice. */
export const newLines: BodyExtension = {
	parameters: newLineItems,
	read: (item) => ({
		line_items: readLineItems(item, readMenu(item, enterAs) === 'json' ? 'json' : 'rows'),
	}),
};

/** The lines that an update gives, to replace those of the invoice or to be added to them. */
export const changedLines: ChangesExtension = {
	parameters: changedLineItems,
	read(item) {
		const { from, adds } = changeOf(item);
		if (adds) refuseBlindAdding(item);
		refuseAllItemsInCustomFields(item);
		return from ? { line_items: readLineItems(item, from) } : {};
	},
	mergeStrategy: (item): MergeStrategy => (changeOf(item).adds ? addLines : mergeFields),
};

/** A custom field may have the lines, too. */
function refuseAllItemsInCustomFields(item: RunItem): void {
	const rowsOf = (fields: unknown) => {
		const custom = isObject(fields) ? fields.customFields : undefined;
		return isObject(custom) && Array.isArray(custom.field) ? (custom.field as unknown[]) : [];
	};
	const raw = rowsOf(item.raw('updateFields'));
	for (const [index, row] of rowsOf(item.collection('updateFields')).entries()) {
		if (!isObject(row) || oneLine(String(row.name)) !== 'line_items') continue;
		refuseAllItems(item, 'updateFields', 'Custom Fields: line_items', raw[index]);
	}
}

/** What 'Change Line Items' comes to, by its value. */
const CHANGES: Record<string, { from?: 'rows' | 'json'; adds?: boolean }> = {
	keep: {},
	rows: { from: 'rows' },
	json: { from: 'json' },
	addRows: { from: 'rows', adds: true },
	addJson: { from: 'json', adds: true },
};

function changeOf(item: RunItem): { from?: 'rows' | 'json'; adds?: boolean } {
	return CHANGES[readMenu(item, changeAs)];
}

/** Lines can only be added to those that were read. */
function refuseBlindAdding(item: RunItem): void {
	const { sendOnlyGivenFields } = item.collection('options');
	if (!readSwitch(item, 'Send Only Given Fields', sendOnlyGivenFields)) return;
	item.fail(
		"Lines cannot be added while 'Send Only Given Fields' is on",
		"The lines that are added would take the place of those the invoice has. Turn the option off, or choose Replace under 'Change Line Items' and give all lines.",
	);
}

function addLines(record: IDataObject, given: IDataObject): IDataObject {
	const there = record.line_items;
	// Where BildOut does not return the lines that are there, the update is refused.
	const line_items = Array.isArray(there)
		? [...(there as IDataObject[]), ...(given.line_items as IDataObject[])]
		: undefined;
	return mergeFields(record, { ...given, line_items });
}
