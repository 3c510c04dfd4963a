import type { IDataObject } from 'n8n-workflow';

import { type Comparison, compareInvoice } from '../accounting/compareInvoice';
import { invoiceName } from '../accounting/invoiceAmounts';
import { minus, toAmount, toOutput, toText } from '../accounting/money';
import { isNothing, isObject } from '../api/json';
import { listRecords } from '../api/listReader';
import { linkedIdIn, MAX_PAGE_SIZE } from '../assumptions';
import { isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import { listTarget, type RecordType } from '../records/recordType';
import { isSameValue } from './changes';
import { getRecord, hasId } from './readRecord';
import type { RunItem } from './run';

/** What was written, and what BildOut returned of it. */
export interface Written {
	/** The fields that were sent. */
	sent: IDataObject;
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
 * What compares what BildOut has with what was sent. It costs no request where the response has lines or a
 * total; where it has neither, the first invoice of the run is read. It returns the output, with `check`
 * where BildOut bills another amount than was sent, and throws a NodeOperationError for an invoice with
 * lines that are missing or different.
 *
 * The option 'Check Result' is read at once, since a write must not end with an error about it.
 *
 * @throws NodeOperationError for an option that is neither on nor off
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
	const { checks } = item.run;
	let record = returned;
	const leftOut = Object.keys(sent).filter((field) => linkedIdIn(returned, field) === undefined);
	// Once in a run: BildOut may have dropped the fields, or only not returned them.
	if (leftOut.length > 0 && !checks.hasReadFields && hasId(returned)) {
		checks.hasReadFields = true;
		const read = await getRecord(item, type, String(returned.id)).catch(() => returned);
		checks.isShort = leftOut.some((field) => field in read);
		record = { ...returned, ...read };
	}
	const name = type.label(record) || type.label(sent) || String(record.id);
	const fields = Object.keys(sent).filter((field) => !checks.isShort || field in record);
	noteOtherFields(item, `${type.name} ${name}`, fields, sent, record);
}

async function checkInvoice(
	item: RunItem,
	type: RecordType,
	output: IDataObject,
	{ sent, returned, done }: Written,
): Promise<IDataObject> {
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
	const terms = TERMS.filter((field) => field in sent && field in returned);
	noteOtherFields(item, `invoice ${name}`, terms, sent, returned);
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

/** The field by which a record that is created must be found again. */
export interface Kept {
	keptField?: string;
	/** Whether no record of the list has the field so far, so that nobody knows whether lists show it. */
	isNew?: boolean;
}

const HOW_TO_KEEP =
	"Enter a field that BildOut keeps as 'External ID Field' under Options. Without one, a second run would create every invoice twice.";

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
	refuseWhereDropped(item, field);
	if (item.run.keptFields.get(field) === 'kept') return false;
	const records = await item.run.index(type).all(item);
	return !records.some((record) => !isNothing(record[field]));
}

export function refuseWhereDropped(item: RunItem, field: string): void {
	if (item.run.keptFields.get(field) !== 'dropped') return;
	item.fail(
		`BildOut does not keep the field '${field}', so the invoice could not be found again`,
		`Nothing was sent. ${HOW_TO_KEEP}`,
	);
}

/**
 * Makes sure that a record which was created can be found again by the field: in the response, else in the
 * record, and in the list where no other record shows it there.
 *
 * @throws NodeOperationError where it cannot, before more are created
 */
export async function checkKept(
	item: RunItem,
	type: RecordType,
	{ keptField: field, isNew }: Kept,
	{ sent, returned }: Omit<Written, 'done'>,
	output: IDataObject,
): Promise<void> {
	const { keptFields, node } = item.run;
	if (field === undefined || keptFields.get(field) === 'kept') return;
	const { id, name } = known(output, returned);
	const has = (record: IDataObject) => isSameValue(record[field], sent[field]);
	const look = async () => {
		const isKept = has(returned) || (id !== undefined && has(await getRecord(item, type, id)));
		const needsList = isKept && isNew === true && id !== undefined;
		return { isKept, isListed: !needsList || (await showsInList(item, type, id, has)) };
	};
	const { isKept, isListed } = await look().catch(async (error: Error) =>
		node.getExecutionCancelSignal()?.aborted
			? await Promise.reject(error)
			: item.fail(
					`Invoice ${name} was created, but BildOut could not be asked whether it keeps the field '${field}'`,
					`Its ID is ${id ?? 'unknown'}. Run this item again: the invoice is not created a second time.`,
				),
	);
	keptFields.set(field, isKept && isListed ? 'kept' : 'dropped');
	if (isKept && isListed) return;
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
	const request = { path: [type.path], target: listTarget(type) };
	for (const wanted of [MAX_PAGE_SIZE, Infinity]) {
		const list = await listRecords(item.run.node, { ...request, wanted }, item.requestSettings());
		const own = list.find((record) => String(record.id) === id);
		if (own) return has(own);
		if (list.length < MAX_PAGE_SIZE) break;
	}
	return true;
}
