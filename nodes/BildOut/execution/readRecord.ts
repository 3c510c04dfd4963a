import type { IDataObject } from 'n8n-workflow';

import type { InputItem } from '../input/inputItem';
import { hasId } from './recordIndex';
import { type RecordType, targetOf } from '../records/recordType';

/** @throws NodeOperationError when BildOut answers with something that is no record */
export async function getRecord(
	item: InputItem,
	type: RecordType,
	id: string,
): Promise<IDataObject> {
	const answer = await item.request({
		method: 'GET',
		path: [type.path, id],
		target: targetOf(type, id),
	});
	const record = unwrap(answer);
	if (!hasId(record)) {
		item.fail(
			`BildOut answered without the ${type.name} '${id}'`,
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return record;
}

/** The record inside BildOut's envelope `{ data }`; an answer without one is taken as it is. */
export function unwrap(answer: IDataObject): IDataObject {
	const { data } = answer;
	return typeof data === 'object' && data !== null && !Array.isArray(data)
		? (data as IDataObject)
		: answer;
}

/** What BildOut answered, or what was written where it says no more than that it was done. */
export function recordFrom(written: IDataObject, answer: IDataObject): IDataObject {
	const record = unwrap(answer);
	return hasId(record) ? record : written;
}
