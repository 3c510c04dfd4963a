import type { IDataObject } from 'n8n-workflow';

import { compareInvoice } from '../accounting/compareInvoice';
import { minus, toOutput, toText } from '../accounting/money';
import { isNothing } from '../api/json';
import { linkedIdIn } from '../assumptions';
import { isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import { checkExternalId, namesOf } from './externalId';
import { getRecord, hasId } from './readRecord';
import type { RecordWrite, Written } from './run';
import { isStoredAs } from './sameValue';

/**
 * What compares what BildOut has with what was sent, and returns the output with what it found. It costs no
 * request where the response has lines or a total; where it has neither, the first invoice of the run is read.
 * It throws a NodeOperationError for an invoice with lines that are missing or different, and for one that its
 * External ID would not find again.
 *
 * The option 'Check Result' is read at once, since a write must not end with an error about it.
 */
export function resultCheck(
	write: RecordWrite,
): (
	output: IDataObject,
	result: Pick<Written, 'done' | 'sent' | 'returned'>,
) => Promise<IDataObject> {
	const { item, type } = write;
	const { checkResult: wanted } = item.collection('options');
	const isWanted = isEmptyCell(wanted) || readSwitch(item, 'Check Result', wanted);
	return async (output, result) => {
		const written = { ...write, ...result };
		await checkExternalId(written, output);
		if (!isWanted) return output;
		if (type.rows) return await checkInvoice(written, output);
		await checkFields(written);
		return output;
	};
}

async function checkInvoice(written: Written, output: IDataObject): Promise<IDataObject> {
	const { item, sent, returned, done } = written;
	const { checks, stats } = item.run;
	let comparison = compareInvoice(sent, returned);
	const { id, name } = namesOf(output, written);
	const isFirst =
		comparison.kind === 'unknown' && (!checks.hasReadInvoice || checks.hasLostLines === true);
	const isTotalOnly = comparison.kind === 'amounts' && !comparison.hasLines;
	// Lines may be stored only after the response is made, so those that are missing are looked for once more.
	if (id !== undefined && (isFirst || isTotalOnly || comparison.kind === 'lines')) {
		checks.hasReadInvoice = true;
		const read = await getRecord(written, id).catch(() => undefined);
		const another = read && compareInvoice(sent, read);
		if (another && another.kind !== 'unknown') comparison = another;
	}
	await checkFieldsOfInvoice(written, name);
	switch (comparison.kind) {
		case 'lines':
			checks.hasLostLines = true;
			return item.fail(
				`Invoice ${name} was ${done}, but BildOut has ${comparison.has}`,
				`Its ID is ${id ?? 'unknown'}. A retry does not create it again: it reads the invoice and compares it once more. Correct the invoice in BildOut, or delete it there and start a new execution. 'Check Result' under Options turns this off.`,
			);
		case 'unknown':
			if (isFirst || id === undefined) stats.note({ notCompared: [name] });
			return output;
		case 'amounts': {
			const { sent: wanted, billed } = comparison;
			const difference = minus(billed, wanted);
			const text = `${name} (${toText(billed)} instead of ${toText(wanted)}, a difference of ${toText(difference)})`;
			stats.note({ billedOtherwise: [text] });
			const check = {
				sent: toOutput(wanted),
				billed: toOutput(billed),
				difference: toOutput(difference),
			};
			return { ...output, check };
		}
		case 'minorUnits':
			stats.note({ minorUnits: [name] });
			return output;
		default:
			return output;
	}
}

async function checkFields(written: Written): Promise<void> {
	const { type, sent } = written;
	const record = await withLeftOut(written, Object.keys(sent));
	const name = type.label(record) || type.label(sent) || String(record.id);
	const fields = Object.keys(sent).filter((field) => canBeCompared(written, record, field));
	noteOtherFields(written, `${type.name} ${name}`, fields, record);
}

/** On which it depends what is paid for an invoice, by whom and when. */
const PAYMENT_TERMS = [
	'client_id',
	'project_id',
	'issue_date',
	'due_date',
	'currency',
	'discount_total',
	'deposit_required',
];

/**
 * Of an invoice, besides its lines: the fields that the user gave and the payment terms, and what an update lost
 * although nobody changed it. The record is read for fields that the node does not know.
 */
async function checkFieldsOfInvoice(written: Written, name: string): Promise<void> {
	const { type, fields: given, sent, returned, done } = written;
	const isKnown = (field: string) => type.fields.some(({ api }) => api === field);
	const unknown = Object.keys(sent).filter((field) => !isKnown(field) && !isNothing(sent[field]));
	const record = done === 'updated' ? await withLeftOut(written, unknown) : returned;
	const fields = Object.keys(sent).filter((field) => {
		// The lines have a comparison of their own, and BildOut may move on the status.
		if (field === type.rows?.field || field === 'status') return false;
		const value = linkedIdIn(record, field);
		if (value !== undefined && (field in given || PAYMENT_TERMS.includes(field))) return true;
		if (done === 'created') return false;
		const isLost = unknown.includes(field) && canBeCompared(written, record, field);
		return isNothing(value) && (isLost || value === null);
	});
	noteOtherFields(written, `invoice ${name}`, fields, record);
}

/** What BildOut returned; once in a run with what it may have dropped, or only not returned. */
async function withLeftOut(written: Written, fields: string[]): Promise<IDataObject> {
	const { item, returned } = written;
	const { checks } = item.run;
	const leftOut = fields.filter((field) => linkedIdIn(returned, field) === undefined);
	if (leftOut.length === 0 || checks.hasReadRecord || !hasId(returned)) return returned;
	checks.hasReadRecord = true;
	const read = await getRecord(written, String(returned.id)).catch(() => undefined);
	checks.leavesFieldsOut = !read || leftOut.some((field) => linkedIdIn(read, field) !== undefined);
	return { ...returned, ...read };
}

/** A field that is not shown was lost only where BildOut is known to return what it has. */
function canBeCompared({ item }: Written, record: IDataObject, field: string): boolean {
	return item.run.checks.leavesFieldsOut !== true || linkedIdIn(record, field) !== undefined;
}

/** Notes fields that came back otherwise than they were sent. A response without any of them says nothing. */
function noteOtherFields(
	{ item, sent }: Written,
	name: string,
	fields: string[],
	record: IDataObject,
): void {
	const has = (field: string) => linkedIdIn(record, field);
	if (!fields.some((field) => has(field) !== undefined)) return;
	const different = fields.filter((field) => !isStoredAs(sent[field], has(field)));
	item.run.stats.note({ storedOtherwise: different.map((field) => `${field} of ${name}`) });
}
