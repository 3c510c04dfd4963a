import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import type { InputItem } from '../input/inputItem';
import { minus, toOutput, toText } from '../accounting/money';
import { isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import { invoiceName } from '../accounting/invoiceAmounts';
import type { RecordType } from '../records/recordType';
import { isSameValue } from './changes';
import { type Comparison, compareInvoice } from '../accounting/compareInvoice';
import { getRecord, hasId } from './readRecord';

/** What was written, and what BildOut returned of it. */
export interface Written {
	/** The fields that were sent. */
	sent: IDataObject;
	/** The record in the response; without an ID where the response had none. */
	returned: IDataObject;
	done: 'created' | 'updated';
}

/** What the checks of one run have in common. */
export interface RunChecks {
	/** Whether an invoice was read to see what the responses of this BildOut leave out. */
	hasRead?: boolean;
	/** Whether an invoice was found to be without its lines, so that each is read from then on. */
	hasFailed?: boolean;
}

/**
 * Compares what BildOut has with what was sent. It costs no request where the response has lines or a total;
 * where it has neither, the first invoice of the run is read.
 *
 * @returns the output, with `check` where BildOut bills another amount than was sent
 * @throws NodeOperationError for an invoice with lines that are missing or different
 */
export async function checkResult(
	item: InputItem,
	type: RecordType,
	output: IDataObject,
	written: Written,
): Promise<IDataObject> {
	if (!isCheckWanted(item)) return output;
	if (type.rows) return await checkInvoice(item, type, output, written);
	noteOtherFields(item, type, written);
	return output;
}

function isCheckWanted(item: InputItem): boolean {
	const { checkResult: wanted } = item.collection('options');
	return isEmptyCell(wanted) || readSwitch(item, 'Check Result', wanted);
}

async function checkInvoice(
	item: InputItem,
	type: RecordType,
	output: IDataObject,
	{ sent, returned, done }: Written,
): Promise<IDataObject> {
	const { checks, stats } = item.run;
	let comparison = compareInvoice(sent, returned);
	const id = hasId(output) ? String(output.id) : undefined;
	const isFirst = comparison.kind === 'unknown' && (!checks.hasRead || checks.hasFailed === true);
	// Lines may be stored only after the response is made, so those that are missing are looked for once more.
	if (id !== undefined && (isFirst || comparison.kind === 'lines')) {
		checks.hasRead = true;
		comparison = await readAndCompare(item, type, id, sent, comparison);
	}
	const name = invoiceName({ ...output, ...(hasId(returned) ? returned : {}) });
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

/** Compares the invoice as it is; what the response said where it cannot be read. */
async function readAndCompare(
	item: InputItem,
	type: RecordType,
	id: string,
	sent: IDataObject,
	fallback: Comparison,
): Promise<Comparison> {
	const read = await getRecord(item, type, id).catch(() => undefined);
	const comparison = read && compareInvoice(sent, read);
	return comparison && comparison.kind !== 'unknown' ? comparison : fallback;
}

/** Notes fields that came back otherwise than they were sent. A response without any of them says nothing. */
function noteOtherFields(item: InputItem, type: RecordType, { sent, returned }: Written): void {
	const fields = Object.keys(sent).filter((field) => field in returned);
	if (fields.length === 0) return;
	const different = Object.keys(sent).filter((field) => !isAlike(sent[field], returned[field]));
	const name = type.label(returned) || type.label(sent) || String(returned.id);
	item.run.stats.except(
		'storedOtherwise',
		different.map((field) => `${field} of ${type.name} ${name}`),
	);
}

/** Of an object, only the parts that were sent; text without regard to case, spaces and signs in phone numbers. */
function isAlike(sent: unknown, returned: unknown): boolean {
	if (isSameValue(sent, returned)) return true;
	if (isObject(sent)) {
		return (
			isObject(returned) && Object.keys(sent).every((part) => isAlike(sent[part], returned[part]))
		);
	}
	const [a, b] = [sent, returned].map((value) =>
		typeof value === 'string' ? value.toLowerCase().replace(/[\s().+-]/g, '') : value,
	);
	return typeof a === 'string' && a !== '' && a === b;
}
