import type { IDataObject } from 'n8n-workflow';

import { type Comparison, compareInvoice } from '../accounting/compareInvoice';
import { invoiceName } from '../accounting/invoiceAmounts';
import { minus, toAmount, toOutput, toText } from '../accounting/money';
import { isNothing, isObject } from '../api/json';
import { listRecords } from '../api/listReader';
import { linkedIdIn, MAX_PAGE_SIZE } from '../assumptions';
import { formatValue, isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import { listTarget, type RecordType } from '../records/recordType';
import { isSameValue } from './changes';
import { getRecord, hasId } from './readRecord';
import type { RunItem } from './run';

/** What was written, and what BildOut returned of it. */
export interface Written {
	/** The fields that were sent. */
	sent: IDataObject;
	/** Those of an update that the user gave; all by default. */
	given?: IDataObject;
	/** The record in the response; without an ID where the response had none. */
	returned: IDataObject;
	done: 'created' | 'updated';
}

/** What an invoice has, besides its lines, on which it depends what is paid, by whom and when. */
const TERMS = [
	'client_id',
	'project_id',
	'issue_date',
	'due_date',
	'currency',
	'discount_total',
	'deposit_required',
];

/**
 * What compares what BildOut has with what was sent, and returns the output with what it found. It costs no
 * request where the response has lines or a total; where it has neither, the first invoice of the run is read.
 * It throws a NodeOperationError for an invoice with lines that are missing or different.
 *
 * The option 'Check Result' is read at once, since a write must not end with an error about it.
 */
export function resultCheck(
	item: RunItem,
	type: RecordType,
): (output: IDataObject, written: Written) => Promise<IDataObject> {
	const { checkResult: wanted } = item.collection('options');
	const isWanted = isEmptyCell(wanted) || readSwitch(item, 'Check Result', wanted);
	return async (output, written) => {
		if (!isWanted) return output;
		if (type.rows) return await checkInvoice(item, type, output, written);
		await checkFields(item, type, written);
		return output;
	};
}

async function checkFields(item: RunItem, type: RecordType, { sent, returned }: Written) {
	const record = await withLeftOut(item, type, Object.keys(sent), returned);
	const name = type.label(record) || type.label(sent) || String(record.id);
	const fields = Object.keys(sent).filter((field) => mayBeLost(item, record, field));
	noteOtherFields(item, `${type.name} ${name}`, fields, sent, record);
}

/** What BildOut returned; once in a run with what it may have dropped, or only not returned. */
async function withLeftOut(
	item: RunItem,
	type: RecordType,
	fields: string[],
	returned: IDataObject,
): Promise<IDataObject> {
	const { checks } = item.run;
	const leftOut = fields.filter((field) => linkedIdIn(returned, field) === undefined);
	if (leftOut.length === 0 || checks.hasReadFields || !hasId(returned)) return returned;
	checks.hasReadFields = true;
	const read = await getRecord(item, type, String(returned.id)).catch(() => undefined);
	checks.isShort = !read || leftOut.some((field) => linkedIdIn(read, field) !== undefined);
	return { ...returned, ...read };
}

/** Whether a field can be compared: it is shown, or BildOut is known to return what it has. */
function mayBeLost({ run: { checks } }: RunItem, record: IDataObject, field: string): boolean {
	return checks.isShort !== true || linkedIdIn(record, field) !== undefined;
}

/**
 * Notes what of an invoice, besides its lines, came back otherwise than the user gave it, and what an update lost
 * although nobody changed it. Of what the node does not know, an update that lost it is looked at once more.
 */
async function noteFieldsOfInvoice(
	item: RunItem,
	type: RecordType,
	name: string,
	{ sent, given = sent, returned, done }: Written,
): Promise<void> {
	const isOwn = (field: string) => !type.fields.some(({ api }) => api === field);
	const own = Object.keys(sent).filter((field) => isOwn(field) && !isNothing(sent[field]));
	const record = done === 'updated' ? await withLeftOut(item, type, own, returned) : returned;
	const fields = Object.keys(sent).filter((field) => {
		// The lines have a comparison of their own, and BildOut may move on the status.
		if (field === type.rows?.field || field === 'status') return false;
		const value = linkedIdIn(record, field);
		if (value !== undefined && (field in given || TERMS.includes(field))) return true;
		if (done === 'created') return false;
		const isLost = own.includes(field) && mayBeLost(item, record, field);
		return isNothing(value) && (isLost || value === null);
	});
	noteOtherFields(item, `invoice ${name}`, fields, sent, record);
}

async function checkInvoice(
	item: RunItem,
	type: RecordType,
	output: IDataObject,
	written: Written,
): Promise<IDataObject> {
	const { sent, returned, done } = written;
	const { checks, stats } = item.run;
	let comparison = compareInvoice(sent, returned);
	const { id, name } = known(output, returned);
	const isFirst = comparison.kind === 'unknown' && (!checks.hasRead || checks.hasFailed === true);
	const isTotalOnly = comparison.kind === 'amounts' && !comparison.hasLines;
	// Lines may be stored only after the response is made, so those that are missing are looked for once more.
	if (id !== undefined && (isFirst || isTotalOnly || comparison.kind === 'lines')) {
		checks.hasRead = true;
		const read = await getRecord(item, type, id).catch(() => undefined);
		const another: Comparison = read ? compareInvoice(sent, read) : { kind: 'unknown' };
		if (another.kind !== 'unknown') comparison = another;
	}
	await noteFieldsOfInvoice(item, type, name, written);
	switch (comparison.kind) {
		case 'lines':
			checks.hasFailed = true;
			return item.fail(
				`Invoice ${name} was ${done}, but BildOut has ${comparison.has}`,
				`Its ID is ${id ?? 'unknown'}. A retry does not create it again: it reads the invoice and compares it once more. Correct the invoice in BildOut, or delete it there and start a new execution. 'Check Result' under Options turns this off.`,
			);
		case 'unknown':
			if (isFirst || id === undefined) stats.except('notCompared', [name]);
			return output;
		case 'amounts': {
			const { sent: wanted, billed } = comparison;
			const difference = minus(billed, wanted);
			stats.except('billedOtherwise', [
				`${name} (${toText(billed)} instead of ${toText(wanted)}, a difference of ${toText(difference)})`,
			]);
			const check = {
				sent: toOutput(wanted),
				billed: toOutput(billed),
				difference: toOutput(difference),
			};
			return { ...output, check };
		}
		case 'minorUnits':
			stats.except('minorUnits', [name]);
			return output;
		default:
			return output;
	}
}

/** By what an error names an invoice, and its ID where it has one. */
function known(output: IDataObject, returned: IDataObject): { id?: string; name: string } {
	return {
		id: hasId(output) ? String(output.id) : undefined,
		name: invoiceName({ ...output, ...(hasId(returned) ? returned : {}) }),
	};
}

/** Notes fields that came back otherwise than they were sent. A response without any of them says nothing. */
function noteOtherFields(
	item: RunItem,
	name: string,
	fields: string[],
	sent: IDataObject,
	record: IDataObject,
): void {
	const has = (field: string) => linkedIdIn(record, field);
	if (!fields.some((field) => has(field) !== undefined)) return;
	const different = fields.filter((field) => !isAlike(sent[field], has(field)));
	item.run.stats.except(
		'storedOtherwise',
		different.map((field) => `${field} of ${name}`),
	);
}

/** Of an object, only the parts that were sent; text without regard to case, spaces and signs in phone numbers. */
function isAlike(sent: unknown, returned: unknown): boolean {
	if (isSameValue(sent, returned)) return true;
	// An emptied field may have a default.
	if (isNothing(sent)) return returned === false || toAmount(returned)?.units === 0n;
	if (isObject(sent)) {
		const parts = isNothing(returned) ? {} : returned;
		return isObject(parts) && Object.keys(sent).every((part) => isAlike(sent[part], parts[part]));
	}
	const [a, b] = [sent, returned].map((value) =>
		typeof value === 'string' ? value.toLowerCase().replace(/[\s().+-]/g, '') : value,
	);
	return typeof a === 'string' && a !== '' && a === b;
}

/** The field by which a record that is written must be found again. */
export interface Kept {
	keptField?: string;
	/** Whether no record of the list has the field so far, so that nobody knows whether lists show it. */
	isNew?: boolean;
}

const HOW_TO_KEEP =
	"Enter a field that BildOut keeps as 'External ID Field' under Options. Without one, a second run would create every invoice twice.";

/** What happens where BildOut keeps the field of a new invoice, and loses it when the invoice is changed. */
const LOST_BY_UPDATE =
	"Choose Leave It as It Is under 'If It Exists': without the field, a second run would create the invoice again.";

/** A field may be kept by a create and lost by an update. */
const keptAs = (field: string, done: Written['done']) => `${field} ${done}`;

/**
 * Whether it is still open that BildOut's list shows the field. The list was read to look the record up.
 *
 * @throws NodeOperationError where an earlier item found that BildOut does not keep it: nothing is sent then
 */
export async function checkListed(
	item: RunItem,
	type: RecordType,
	field: string,
): Promise<boolean> {
	refuseWhereDropped(item, field, 'created');
	if (item.run.keptFields.get(keptAs(field, 'created')) === 'kept') return false;
	const records = await item.run.index(type).all(item);
	return !records.some((record) => !isNothing(record[field]));
}

export function refuseWhereDropped(item: RunItem, field: string, done: Written['done']): void {
	if (item.run.keptFields.get(keptAs(field, done)) !== 'dropped') return;
	item.fail(
		`BildOut does not keep the field '${field}'${done === 'updated' ? ' in updates' : ''}, so the invoice could not be found again`,
		`Nothing was sent. ${done === 'updated' ? LOST_BY_UPDATE : HOW_TO_KEEP}`,
	);
}

/**
 * Makes sure that a record which was written can be found again by the field: in the response, else in the
 * record, and in the list where no other record shows it there.
 *
 * @throws NodeOperationError where it cannot, before more are created
 */
export async function checkKept(
	item: RunItem,
	type: RecordType,
	{ keptField: field, isNew }: Kept,
	{ sent, returned, done }: Written,
	output: IDataObject,
): Promise<void> {
	const { keptFields, node } = item.run;
	if (field === undefined || keptFields.get(keptAs(field, done)) === 'kept') return;
	const { id, name } = known(output, returned);
	const has = (record: IDataObject) => isSameValue(record[field], sent[field]);
	const look = async () => {
		// Where the response shows no ID, only the list has the record.
		if (id === undefined) {
			const list = await freshList(item, type, Infinity);
			return { isKept: list.some(has), isListed: true };
		}
		const isKept = has(returned) || has(await getRecord(item, type, id));
		const needsList = isKept && isNew === true;
		return { isKept, isListed: !needsList || (await showsInList(item, type, id, has)) };
	};
	const { isKept, isListed } = await look().catch(async (error: Error) =>
		node.getExecutionCancelSignal()?.aborted
			? await Promise.reject(error)
			: item.fail(
					`Invoice ${name} was ${done}, but BildOut could not be asked whether it keeps the field '${field}'`,
					`Its ID is ${id ?? 'unknown'}. Run this item again: the invoice is not created a second time.`,
				),
	);
	keptFields.set(keptAs(field, done), isKept && isListed ? 'kept' : 'dropped');
	if (isKept && isListed) return;
	if (done === 'updated') {
		item.fail(
			`Invoice ${name} was updated, but BildOut did not keep the field '${field}', so it cannot be found again`,
			`Its ID is ${id ?? 'unknown'}. No more invoices are updated in this run. Enter ${formatValue(sent[field])} as '${field}' of the invoice in BildOut. ${LOST_BY_UPDATE}`,
		);
	}
	item.fail(
		`Invoice ${name} was created, but BildOut ${isKept ? `does not show the field '${field}' in its list` : `did not keep the field '${field}'`}, so it cannot be found again`,
		`Its ID is ${id ?? 'unknown'}. A retry does not create it again, and no more invoices are created in this run. ${HOW_TO_KEEP}`,
	);
}

/**
 * Whether the list shows the field of a new record, which mostly stands at its beginning or else at its end. A
 * list that does not have the record yet is believed.
 */
async function showsInList(
	item: RunItem,
	type: RecordType,
	id: string,
	has: (record: IDataObject) => boolean,
): Promise<boolean> {
	for (const wanted of [MAX_PAGE_SIZE, Infinity]) {
		const list = await freshList(item, type, wanted);
		const own = list.find((record) => String(record.id) === id);
		if (own) return has(own);
		if (list.length < MAX_PAGE_SIZE) break;
	}
	return true;
}

async function freshList(item: RunItem, type: RecordType, wanted: number): Promise<IDataObject[]> {
	const request = { path: [type.path], target: listTarget(type), wanted };
	return await listRecords(item.run.node, request, item.requestSettings());
}
