import type { IDataObject } from 'n8n-workflow';

import { isExactMoment, momentOf } from '../input/timestamps';
import { isObject } from '../api/json';
import type { InputItem } from '../input/inputItem';
import { listed } from '../input/resourceLocators';
import type { WriteEntry } from './writeJournal';
import { hasId, normalized } from './recordIndex';
import type { RecordType } from '../records/recordType';
import { getRecord } from './readRecord';
import { parseNumber } from '../input/values';

/** A record created so long before the attempt, by BildOut's clock, still counts as created by it. */
const CLOCK_TOLERANCE_MS = 30_000;

/** One created earlier than this was there before. In between nobody can tell. */
const WRONG_CLOCK_MS = 30 * 60_000;

/** The same where `created_at` names no time zone, or only a day. */
const UNKNOWN_ZONE_MS = 38 * 60 * 60_000;

/** No request is still under way after this time, so what is not there by then was not done. */
const SETTLED_MS = 10 * 60_000;

/** BildOut keeps money and quantities with two decimals. */
const HALF_A_CENT = 0.005;

/**
 * The record that an earlier try created although its answer got lost: the one that has the fields of
 * the body, was created since, and is not known to be of another item.
 *
 * @returns undefined when it certainly was not created, so that it can be: long after the try, none is like it
 * @throws NodeOperationError when that cannot be told
 */
export async function recoverCreate(
	item: InputItem,
	type: RecordType,
	body: IDataObject,
	{ unconfirmedSince: lostAt = 0 }: WriteEntry,
): Promise<IDataObject | undefined> {
	const known = item.run.journal.knownIds();
	const recent = (await item.run.index(type).all(item)).filter(
		(record) =>
			hasId(record) && !known.has(String(record.id)) && wasCreatedSince(record, lostAt) !== false,
	);
	const found: IDataObject[] = [];
	for (const listedRecord of recent) {
		// Nothing says that lists carry whole records, so what a list leaves out may still be the same.
		const shown = Object.entries(body).filter(([field]) => field in listedRecord);
		if (!hasFields(listedRecord, Object.fromEntries(shown))) continue;
		const record = await getRecord(item, type, String(listedRecord.id));
		if (hasFields(record, body) && wasCreatedSince(record, lostAt) !== false) found.push(record);
	}
	if (found.length === 1 && wasCreatedSince(found[0], lostAt)) return found[0];
	// BildOut may write values otherwise than they were sent, a phone number for example.
	const alike =
		found.length > 0 ? found : recent.filter((record) => couldBeSameRecord(record, body, type));
	if (alike.length === 0 && Date.now() - lostAt > SETTLED_MS) return undefined;
	return item.fail(
		alike.length === 0
			? `The ${type.name} may have been created by an earlier try, but none like it was found since`
			: `The ${type.name} may have been created by an earlier try: BildOut has ${alike.length} like it: ${listed(alike, type)}`,
		`Nothing was sent again, so that there are not two. Look in BildOut whether the ${type.name} exists before you run this item again.`,
	);
}

/** Whether people would take a record for the one of the body, or its list does not show whether. */
function couldBeSameRecord(
	record: IDataObject,
	body: IDataObject,
	{ lookupKeys: knownBy, parent: linked }: RecordType,
): boolean {
	const fields = [...knownBy.map(({ field }) => field), ...(linked ? [linked.field] : [])];
	return fields
		.filter((field) => !isNothing(body[field]))
		.some((field) => !(field in record) || isSame(record[field], body[field]));
}

/** Whether a record was created since a moment; undefined where its `created_at` leaves a doubt. */
function wasCreatedSince(
	{ created_at: createdAt }: IDataObject,
	since: number,
): boolean | undefined {
	const moment = momentOf(createdAt);
	if (moment === undefined) return undefined;
	const isExact = isExactMoment(createdAt);
	if (isExact && moment >= since - CLOCK_TOLERANCE_MS) return true;
	return moment >= since - (isExact ? WRONG_CLOCK_MS : UNKNOWN_ZONE_MS) ? undefined : false;
}

/**
 * The record to which an earlier try added rows although its answer got lost. It was done when the record
 * ends with the rows, and not done when the record is as it was before.
 *
 * @param record the record as it is now, which is not as it was before
 * @throws NodeOperationError when that cannot be told
 */
export function recoverAddedRows(
	item: InputItem,
	type: RecordType,
	given: IDataObject,
	record: IDataObject,
): IDataObject {
	const { field, name } = type.rows!;
	const id = String(record.id);
	const added = given[field];
	const rows = record[field];
	const isThere =
		Array.isArray(added) && Array.isArray(rows) && isSame(rows.slice(-added.length), added);
	if (isThere) return record;
	return item.fail(
		`An earlier try may have added ${name} to the ${type.name} '${id}', which has been changed since`,
		`Nothing was sent again, so that no ${name} are there twice. Look at the ${type.name} in BildOut before you run this item again.`,
	);
}

/** Whether a record has the fields of a body that was written, however BildOut writes the values. */
function hasFields(record: IDataObject, body: IDataObject): boolean {
	return Object.entries(body).every(([field, value]) => isSame(record[field], value));
}

function isSame(is: unknown, written: unknown): boolean {
	if (isNothing(written) || isNothing(is)) return isNothing(written) && isNothing(is);
	if (Array.isArray(written)) return isSameList(is, written);
	if (isObject(written)) return isObject(is) && hasFields(is, written);
	if (typeof written === 'boolean') return is === written;
	const [a, b] = [parseNumber(is), parseNumber(written)];
	if (a !== undefined && b !== undefined) return Math.abs(a - b) <= HALF_A_CENT;
	// A day may come back with a time of day.
	const isDay = /^\d{4}-\d\d-\d\d$/.test(String(written));
	return normalized(isDay ? String(is).slice(0, 10) : is) === normalized(written);
}

function isSameList(is: unknown, written: unknown[]): boolean {
	if (!Array.isArray(is) || is.length !== written.length) return false;
	return written.every((entry, index) => isSame((is as unknown[])[index], entry));
}

function isNothing(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}
