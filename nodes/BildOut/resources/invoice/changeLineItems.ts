import type { IDataObject } from 'n8n-workflow';

import type { Item } from '../../operations/item';
import { layOver } from '../../operations/records';
import { describe, isOn } from '../../operations/values';
import { readLineItems } from './readLineItems';

/** What 'Change Line Items' comes to, by its value. */
const CHANGES = new Map<unknown, { from?: 'rows' | 'json'; adds?: boolean }>([
	['keep', {}],
	['rows', { from: 'rows' }],
	['json', { from: 'json' }],
	['addRows', { from: 'rows', adds: true }],
	['addJson', { from: 'json', adds: true }],
]);

/** The lines that an update gives, to replace those of the invoice or to be added to them. */
export function readChangedLineItems(item: Item): IDataObject {
	const { from, adds } = changeOf(item);
	if (adds) refuseBlindAdding(item);
	return from ? { line_items: readLineItems(item, from) } : {};
}

/** How an update lays what it gives over the invoice that was read. */
export function mergeOf(item: Item): typeof layOver {
	return changeOf(item).adds ? (record, given) => addLines(item, record, given) : layOver;
}

function changeOf(item: Item): { from?: 'rows' | 'json'; adds?: boolean } {
	const choice = item.param('lineItemsInput', 'keep');
	return (
		CHANGES.get(choice) ??
		item.fail(
			`'Change Line Items' must be one of ${[...CHANGES.keys()].join(', ')}, got ${describe(choice)}`,
			'Choose from the list, or correct the expression.',
		)
	);
}

/** Lines can only be added to those that were read. */
function refuseBlindAdding(item: Item): void {
	const { sendOnlyGivenFields } = item.collection('options');
	if (!isOn(item, 'Send Only Given Fields', sendOnlyGivenFields)) return;
	item.fail(
		"Lines cannot be added while 'Send Only Given Fields' is on",
		"The lines that are added would take the place of those the invoice has. Turn the option off, or choose Replace under 'Change Line Items' and give all lines.",
	);
}

function addLines(item: Item, record: IDataObject, given: IDataObject): IDataObject {
	// Where BildOut does not tell the lines that are there, the update is refused for want of them.
	if (!Array.isArray(record.line_items))
		return layOver(record, { ...given, line_items: undefined });
	const there = record.line_items as IDataObject[];
	const added = given.line_items as IDataObject[];
	const line_items = wereAdded(item, there.length, added.length) ? there : [...there, ...added];
	return layOver(record, { ...given, line_items });
}

/**
 * Whether an earlier try of this item has added the lines and its answer was lost. n8n's Retry On Fail
 * runs the node again in the same execution, whose context keeps how many lines there were before.
 */
function wereAdded(item: Item, there: number, added: number): boolean {
	const context = item.run.node.getContext('node');
	const tries = (context.linesBeforeAdding ??= {}) as Record<string, number>;
	const before = (tries[item.run.idempotencyKey(item)] ??= there);
	if (there === before) return false;
	if (there === before + added) return true;
	return item.fail(
		`The invoice had ${before} lines before an earlier try to add ${added}, and has ${there} now`,
		'The lines may have been added already. Look at the invoice in BildOut before you run this item again.',
	);
}
