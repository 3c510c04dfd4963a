import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import type { RecordType } from '../records/recordType';
import { hasId } from './readRecord';

/** The record without what is certainly the server's. */
export function withoutServerOwned(type: RecordType, record: IDataObject): IDataObject {
	const { rows, serverOwned, embedded = [] } = type;
	const writable = Object.fromEntries(
		Object.entries(record).filter(
			([field, value]) =>
				!serverOwned.includes(field) && !(embedded.includes(field) && holdsRecords(value)),
		),
	);
	const ofRows = rows && writable[rows.field];
	if (rows && Array.isArray(ofRows)) {
		writable[rows.field] = (ofRows as IDataObject[]).map((row) =>
			Object.fromEntries(
				Object.entries(row).filter(([field]) => !rows.serverOwned.includes(field)),
			),
		);
	}
	return writable;
}

/** Whether a value is a record, or a list of records, that BildOut sends along. */
function holdsRecords(value: unknown): boolean {
	const values = Array.isArray(value) ? (value as unknown[]) : [value];
	return values.length > 0 && values.every((one) => isObject(one) && hasId(one));
}
