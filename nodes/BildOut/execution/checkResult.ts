import type { IDataObject } from 'n8n-workflow';

import { isNothing, isObject } from '../api/json';
import { linkedIdIn } from '../assumptions';
import { minus, toAmount, toOutput, toText } from '../accounting/money';
import { isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import { invoiceName } from '../accounting/invoiceAmounts';
import type { RecordType } from '../records/recordType';
import { isSameValue } from './changes';
import { type Comparison, compareInvoice } from '../accounting/compareInvoice';
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

async function checkFields(
	item: RunItem,
	type: RecordType,
	{ sent, returned }: Written,
): Promise<void> {
	const record = await withFieldsLeftOut(item, type, sent, returned);
	const name = type.label(record) || type.label(sent) || String(record.id);
	const fields = Object.keys(sent).filter((field) => !item.run.checks.isShort || field in record);
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
	const id = hasId(output) ? String(output.id) : undefined;
	const isFirst = comparison.kind === 'unknown' && (!checks.hasRead || checks.hasFailed === true);
	const isTotalOnly = comparison.kind === 'amounts' && !comparison.hasLines;
	// Lines may be stored only after the response is made, so those that are missing are looked for once more.
	if (id !== undefined && (isFirst || isTotalOnly || comparison.kind === 'lines')) {
		checks.hasRead = true;
		comparison = await readAndCompare(item, type, id, sent, comparison);
	}
	const name = invoiceName({ ...output, ...(hasId(returned) ? returned : {}) });
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

/** Compares the invoice as it is; the comparison with the response stands where it cannot be read. */
async function readAndCompare(
	item: RunItem,
	type: RecordType,
	id: string,
	sent: IDataObject,
	fallback: Comparison,
): Promise<Comparison> {
	const read = await getRecord(item, type, id).catch(() => undefined);
	const comparison = read && compareInvoice(sent, read);
	return comparison && comparison.kind !== 'unknown' ? comparison : fallback;
}

/**
 * What BildOut has of a record: what it returned, and once in a run the record itself where that leaves out
 * fields that were sent, which BildOut may have dropped or only not returned.
 */
async function withFieldsLeftOut(
	item: RunItem,
	type: RecordType,
	sent: IDataObject,
	returned: IDataObject,
): Promise<IDataObject> {
	const { checks } = item.run;
	const leftOut = Object.keys(sent).filter((field) => linkedIdIn(returned, field) === undefined);
	if (leftOut.length === 0 || checks.hasReadFields || !hasId(returned)) return returned;
	checks.hasReadFields = true;
	const record = await getRecord(item, type, String(returned.id)).catch(() => returned);
	checks.isShort = leftOut.some((field) => field in record);
	return { ...returned, ...record };
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
		const parts = isObject(returned) || isNothing(returned) ? (returned ?? {}) : undefined;
		return isObject(parts) && Object.keys(sent).every((part) => isAlike(sent[part], parts[part]));
	}
	const [a, b] = [sent, returned].map((value) =>
		typeof value === 'string' ? value.toLowerCase().replace(/[\s().+-]/g, '') : value,
	);
	return typeof a === 'string' && a !== '' && a === b;
}
