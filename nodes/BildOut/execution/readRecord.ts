import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import { type RecordType, targetOf } from '../records/recordType';
import type { RunItem } from './run';

/** @throws NodeOperationError when BildOut returns something that is no record */
export async function getRecord(item: RunItem, type: RecordType, id: string): Promise<IDataObject> {
	const previewed = item.run.previews.get(`${type.path}/${id}`);
	if (previewed) return previewed;
	if (previewed === null) {
		item.fail(
			`An earlier item would delete the ${type.name} '${id}'`,
			'Remove one of the two items. This is a preview: nothing was written.',
		);
	}
	const response = await item.request({
		method: 'GET',
		path: [type.path, id],
		target: targetOf(type, id),
	});
	const record = unwrap(response);
	if (!hasId(record)) {
		item.fail(
			`BildOut did not return the ${type.name} '${id}'`,
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return record;
}

/** The record inside BildOut's envelope `{ data }`; a response without one is taken as it is. */
export function unwrap(response: IDataObject): IDataObject {
	return isObject(response.data) ? response.data : response;
}

/** The record that BildOut returned, or what was written where it returned none. */
export function recordFrom(written: IDataObject, response: IDataObject): IDataObject {
	const record = unwrap(response);
	return hasId(record) ? record : written;
}

/** Every record of BildOut has an ID; a response without one is something else. */
export function hasId({ id }: IDataObject): boolean {
	return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

/** The record without what is certainly the server's. */
export function withoutServerOwned(
	{ rows, serverOwned, embedded = [] }: RecordType,
	record: IDataObject,
): IDataObject {
	const without = (one: IDataObject, isLeftOut: (field: string, value: unknown) => boolean) =>
		Object.fromEntries(Object.entries(one).filter((entry) => !isLeftOut(...entry)));
	const writable = without(
		record,
		(field, value) =>
			serverOwned.includes(field) || (embedded.includes(field) && holdsRecords(value)),
	);
	const ofRows = rows && writable[rows.field];
	if (rows && Array.isArray(ofRows)) {
		writable[rows.field] = (ofRows as IDataObject[]).map((row) =>
			without(row, (field) => rows.serverOwned.includes(field)),
		);
	}
	return writable;
}

/** Whether a value is a record, or a list of records, that BildOut sends along. */
function holdsRecords(value: unknown): boolean {
	const values = [value].flat();
	return values.length > 0 && values.every((one) => isObject(one) && hasId(one));
}
