import type { IDataObject } from 'n8n-workflow';

import { isNothing } from '../api/json';
import { listRecords } from '../api/listReader';
import { MAX_PAGE_SIZE } from '../assumptions';
import { invoiceName } from '../accounting/invoiceAmounts';
import { listTarget, type RecordType } from '../records/recordType';
import { isSameValue } from './changes';
import { getRecord, hasId } from './readRecord';
import type { RunItem } from './run';

/** What is to be kept of a record that was created, so that it can be found again. */
export interface Kept {
	/** The field that tells it from others. */
	keptField?: string;
	/** Whether no record of the list has the field so far, so that nobody knows whether lists show it. */
	isNew?: boolean;
}

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

const HOW_TO_KEEP =
	"Enter a field that BildOut keeps as 'External ID Field' under Options. Without one, a second run would create every invoice twice.";

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
	sent: IDataObject,
	returned: IDataObject,
	output: IDataObject,
): Promise<void> {
	const { keptFields } = item.run;
	if (field === undefined || keptFields.get(field) === 'kept') return;
	const has = (record: IDataObject | undefined) =>
		record !== undefined && isSameValue(record[field], sent[field]);
	const id = hasId(output) ? String(output.id) : undefined;
	const name = invoiceName({ ...output, ...(hasId(returned) ? returned : {}) });
	const look = async () => {
		const isKept = has(returned) || (id !== undefined && has(await getRecord(item, type, id)));
		const needsList = isKept && isNew === true && id !== undefined;
		return { isKept, isListed: !needsList || (await showsInList(item, type, id, has)) };
	};
	const { isKept, isListed } = await look().catch(async (error: Error) =>
		item.run.node.getExecutionCancelSignal()?.aborted
			? await Promise.reject(error)
			: item.fail(
					`Invoice ${name} was created, but BildOut could not be asked whether it keeps the field '${field}'`,
					`Its ID is ${id ?? 'unknown'}. Run this item again: the invoice is not created a second time.`,
				),
	);
	if (isKept && isListed) {
		keptFields.set(field, 'kept');
		return;
	}
	keptFields.set(field, 'dropped');
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
		const list = await listRecords(
			item.run.node,
			{ path: [type.path], target: listTarget(type), wanted },
			item.requestSettings(),
		);
		const own = list.find((record) => String(record.id) === id);
		if (own) return has(own);
		if (list.length < MAX_PAGE_SIZE) break;
	}
	return true;
}
