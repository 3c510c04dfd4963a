import type { IDataObject } from 'n8n-workflow';

import { invoiceName } from '../accounting/invoiceAmounts';
import { isNothing } from '../api/json';
import { MAX_PAGE_SIZE } from '../assumptions';
import { formatValue } from '../input/text';
import { listAt } from '../records/recordType';
import { getRecord, hasId } from './readRecord';
import type { RecordContext, RecordWrite, Written } from './run';
import { isSameValue } from './sameValue';

/**
 * An invoice with an External ID must be found by it in later runs. Whether BildOut keeps the field is seen at
 * the first invoice that is created, and at the first that is updated, since an update may lose it.
 */

const HOW_TO_KEEP =
	"Enter a field that BildOut keeps as 'External ID Field' under Options. Without one, a second run would create every invoice twice.";

const LOST_BY_UPDATE =
	"Choose Leave It as It Is under 'If It Exists': without the field, a second run would create the invoice again.";

/** @throws NodeOperationError where an earlier item found that BildOut does not keep the field */
export function refuseWhereDropped(write: RecordWrite, done: Written['done']): void {
	const { item, externalIdField: field } = write;
	if (field === undefined || keepsField(write, done) !== false) return;
	item.fail(
		`BildOut does not keep the field '${field}'${done === 'updated' ? ' in updates' : ''}, so the invoice could not be found again`,
		`Nothing was sent. ${done === 'updated' ? LOST_BY_UPDATE : HOW_TO_KEEP}`,
	);
}

function keepsField({ item, externalIdField }: RecordWrite, done: Written['done']) {
	return item.run.keepsExternalId.get(`${externalIdField} ${done}`);
}

/** Whether no record of the list, which was read to look the record up, has the field. */
export async function isFieldUnlisted(write: RecordWrite): Promise<boolean> {
	const { item, type, externalIdField: field } = write;
	if (field === undefined || keepsField(write, 'created')) return false;
	const records = await item.run.index(type).all(item);
	return !records.some((record) => !isNothing(record[field]));
}

/** How an error names an invoice, and its ID where it has one. */
export function namesOf(output: IDataObject, { returned }: Written): { id?: string; name: string } {
	return {
		id: hasId(output) ? String(output.id) : undefined,
		name: invoiceName({ ...output, ...(hasId(returned) ? returned : {}) }),
	};
}

/**
 * Makes sure that a record which was written can be found again by the field: in the response, else in the
 * record, and in the list where no other record shows it there.
 *
 * @throws NodeOperationError where it cannot, before more are created
 */
export async function checkExternalId(written: Written, output: IDataObject): Promise<void> {
	const { item, externalIdField: field, isFieldUnlisted: isUnlisted, sent, done } = written;
	if (field === undefined || keepsField(written, done)) return;
	const { id, name } = namesOf(output, written);
	const has = (record: IDataObject) => isSameValue(record[field], sent[field]);
	const look = async () => {
		// Where the response shows no ID, only the list has the record.
		if (id === undefined) {
			const list = await freshList(written, Infinity);
			return { isKept: list.some(has), isListed: true };
		}
		const isKept = has(written.returned) || has(await getRecord(written, id));
		const needsList = isKept && isUnlisted === true;
		return { isKept, isListed: !needsList || (await showsInList(written, id, has)) };
	};
	const { isKept, isListed } = await look().catch(async (error: Error) =>
		item.run.node.getExecutionCancelSignal()?.aborted
			? await Promise.reject(error)
			: item.fail(
					`Invoice ${name} was ${done}, but BildOut could not be asked whether it keeps the field '${field}'`,
					`Its ID is ${id ?? 'unknown'}. Run this item again: the invoice is not created a second time.`,
				),
	);
	item.run.keepsExternalId.set(`${field} ${done}`, isKept && isListed);
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
	context: RecordContext,
	id: string,
	has: (record: IDataObject) => boolean,
): Promise<boolean> {
	for (const wanted of [MAX_PAGE_SIZE, Infinity]) {
		const list = await freshList(context, wanted);
		const own = list.find((record) => String(record.id) === id);
		if (own) return has(own);
		if (list.length < MAX_PAGE_SIZE) break;
	}
	return true;
}

async function freshList({ item, type }: RecordContext, wanted: number): Promise<IDataObject[]> {
	return await item.list({ ...listAt(type), wanted });
}
