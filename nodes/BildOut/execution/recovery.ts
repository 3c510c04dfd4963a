import type { IDataObject } from 'n8n-workflow';

import { isExactTimestamp, parseTimestamp } from '../input/dates';
import { isNothing } from '../api/json';
import { linkedIdIn } from '../assumptions';
import { listed } from '../input/resourceLocators';
import type { WriteEntry } from './writeJournal';
import { isOthers, openCreatesOfOthers, VISIBLE_AFTER_MS } from './recentCreates';
import { getRecord, hasId } from './readRecord';
import type { RecordWrite, RunItem } from './run';
import { couldBeStoredAs, couldHaveFields } from './sameValue';

/** A record created so long before or after an attempt, by BildOut's clock, still counts as created by it. */
const CLOCK_TOLERANCE_MS = 30_000;

/** One created so much earlier was there before, whatever the time zone of `created_at` and BildOut's clock. */
const EARLIER_MS = 38 * 60 * 60_000;

/** n8n's stand-in for the output of a node that had finished when its process ended. */
const STAND_IN = 'isArtificialRecoveredEventItem';

/**
 * Refuses a write that would make something new where a retry repeats an execution from its first node because
 * n8n itself was cut off: nothing of what that one wrote was saved.
 *
 * @throws NodeOperationError
 */
export function refuseAfterCrash(item: RunItem): void {
	const { node } = item.run;
	if (node.getMode() !== 'retry') return;
	const { $ } = node.getWorkflowDataProxy(0) as { $: (name: string) => { first: First } };
	const isStandIn = ({ name }: { name: string }) => {
		try {
			return $(name).first(0, 0)?.json[STAND_IN] === true;
		} catch {
			// A node that has not run.
			return false;
		}
	};
	if (!node.getParentNodes(node.getNode().name).some(isStandIn)) return;
	item.fail(
		'This execution was cut off when n8n ended, and n8n kept nothing of what it had written: a retry could write it twice',
		"Nothing was sent. Look in BildOut what is there, and start a new execution with what is missing. 'Create or Update' finds what is there.",
	);
}

type First = (branch: number, run: number) => { json: IDataObject } | undefined;

/**
 * The record that an earlier attempt created although its response was lost: the one that has the fields of
 * the body, was created then, and is not known to be of another item.
 *
 * @returns undefined when it certainly was not created, so that it can be: long after the attempt, none is like it
 * @throws NodeOperationError when that cannot be determined
 */
export async function recoverCreate(
	write: RecordWrite,
	entry: WriteEntry,
): Promise<IDataObject | undefined> {
	const { item, type, fields } = write;
	const recent = await recentRecords(write, entry);
	const found: IDataObject[] = [];
	for (const listedRecord of recent) {
		// Nothing says that lists carry whole records, so what a list leaves out may still be the same.
		const shown = Object.entries(fields).filter(
			([field]) => linkedIdIn(listedRecord, field) !== undefined,
		);
		if (!couldHaveFields(listedRecord, Object.fromEntries(shown))) continue;
		const record = await getRecord(write, String(listedRecord.id));
		if (couldHaveFields(record, fields) && wasCreatedBy(entry, record) !== false)
			found.push(record);
	}
	// As many records as attempts that may have created one: each attempt created one of them.
	const open = await openCreatesOfOthers(write);
	const others = open.filter((other) => found.some((record) => couldHaveFields(record, other)));
	const attempts = 1 + others.length;
	if (found.length === attempts && found.every((record) => wasCreatedBy(entry, record))) {
		return found[0];
	}
	// BildOut may write values otherwise than they were sent, a phone number for example.
	const alike = found.length > 0 ? found : recent.filter((record) => couldBeMeant(record, write));
	const isSettled = Date.now() - (entry.unconfirmedSince ?? 0) > VISIBLE_AFTER_MS;
	if (alike.length === 0 && isSettled) return undefined;
	const more = attempts > 1 ? `, and ${attempts - 1} more like it may have been` : '';
	return item.fail(
		alike.length === 0
			? `An earlier attempt may have created the ${type.name}, but no matching record was found`
			: `An earlier attempt may have created the ${type.name}${more}: BildOut has ${alike.length} like it: ${listed(alike, type)}`,
		`Nothing was sent again, so that there are not two. Look in BildOut whether the ${type.name} exists before you run this item again.`,
	);
}

/** The records that the attempt may have created: those of other items, also in other executions, are not. */
async function recentRecords(write: RecordWrite, entry: WriteEntry): Promise<IDataObject[]> {
	const { item, type } = write;
	const known = item.run.journal.knownIds();
	const recent: IDataObject[] = [];
	for (const record of await item.run.index(type).all(item)) {
		if (!hasId(record) || known.has(String(record.id))) continue;
		if (wasCreatedBy(entry, record) === false || (await isOthers(write, record))) continue;
		recent.push(record);
	}
	return recent;
}

/** Whether people would take a record for the one of the body, or its list does not show whether. */
function couldBeMeant(record: IDataObject, { type, fields }: RecordWrite): boolean {
	return [...type.lookupKeys, type.parent]
		.map((known) => known?.field)
		.filter((field) => field !== undefined && !isNothing(fields[field]))
		.some((field) => {
			const value = linkedIdIn(record, field!);
			return value === undefined || couldBeStoredAs(fields[field!], value);
		});
}

/** Whether a record was created while the attempt was under way; undefined where its `created_at` leaves a doubt. */
function wasCreatedBy(
	{ unconfirmedSince: sentAt = 0, lostAt = sentAt }: WriteEntry,
	{ created_at: createdAt }: IDataObject,
): boolean | undefined {
	const moment = parseTimestamp(createdAt);
	if (moment === undefined) return undefined;
	const isExact = isExactTimestamp(createdAt);
	if (moment < sentAt - EARLIER_MS) return false;
	if (isExact && moment > lostAt + VISIBLE_AFTER_MS) return false;
	const isWithin = moment >= sentAt - CLOCK_TOLERANCE_MS && moment <= lostAt + CLOCK_TOLERANCE_MS;
	return isExact && isWithin ? true : undefined;
}

/**
 * The record to which an earlier attempt added rows although its response was lost: one that ends with the rows.
 *
 * @param record as it is now, which is not as it was before
 * @throws NodeOperationError when it does not end with them
 */
export function recoverAddedRows(
	{ item, type, fields }: RecordWrite,
	record: IDataObject,
): IDataObject {
	const { field, name } = type.rows!;
	const id = String(record.id);
	const [added, rows] = [fields[field], record[field]];
	const isThere =
		Array.isArray(added) &&
		Array.isArray(rows) &&
		couldBeStoredAs(added, rows.slice(-added.length));
	if (isThere) return record;
	return item.fail(
		`An earlier attempt may have added ${name} to the ${type.name} '${id}', which has been changed since`,
		`Nothing was sent again, so that no ${name} are there twice. Look at the ${type.name} in BildOut before you run this item again.`,
	);
}
