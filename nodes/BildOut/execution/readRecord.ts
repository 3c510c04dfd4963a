import type { IDataObject } from 'n8n-workflow';

import { type RecordType, targetOf } from '../records/recordType';
import type { RunItem } from './runState';

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
	const { data } = response;
	return typeof data === 'object' && data !== null && !Array.isArray(data)
		? (data as IDataObject)
		: response;
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
