import type { IDataObject } from 'n8n-workflow';

import { statusOf } from '../api/errors';
import { isNothing, isObject } from '../api/json';
import { customerIdIn, linkedIdIn } from '../assumptions';
import { type RecordType, recordAt } from '../records/recordType';
import type { RecordContext } from './run';

/** @throws NodeOperationError when BildOut returns something that is no record */
export async function getRecord({ item, type }: RecordContext, id: string): Promise<IDataObject> {
	const previewed = item.run.previews.get(`${type.path}/${id}`);
	if (previewed) return previewed;
	if (previewed === null) {
		item.fail(
			`An earlier item would delete the ${type.name} '${id}'`,
			'Remove one of the two items. This is a preview: nothing was written.',
		);
	}
	const response = await item.request({ method: 'GET', ...recordAt(type, id) });
	const record = unwrap(response, type);
	if (!hasId(record)) {
		item.fail(
			`BildOut did not return the ${type.name} '${id}'`,
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return record;
}

/**
 * The record inside BildOut's envelope `{ data }`, or in one that has the name of the resource, also where it
 * is the only one of a list. A response without one is taken as it is: its `data` may be a field of the user's.
 */
export function unwrap(
	response: IDataObject,
	type?: Pick<RecordType, 'name' | 'path'>,
): IDataObject {
	const places = type ? ['data', type.name, type.path] : ['data'];
	const inside = places.map((place) => recordIn(response[place], type)).find((record) => record);
	if (!inside || (!hasId(inside) && hasId(response))) return response;
	return hasId(inside) ? inside : unwrap(inside, type);
}

/** @param type where a record is expected rather than a list */
function recordIn(value: unknown, type: unknown): IDataObject | undefined {
	const record: unknown = type && Array.isArray(value) && value.length === 1 ? value[0] : value;
	return isObject(record) ? record : undefined;
}

export function isGone(error: Error): boolean {
	return [404, 410].includes(statusOf(error) ?? 0);
}

/** Every record of BildOut has an ID; a response without one is something else. */
export function hasId({ id }: IDataObject): boolean {
	return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

/**
 * The record without what is certainly the server's. A record that it belongs to is named by its ID, also
 * where BildOut sends along the other record instead: a PUT without the ID would part the two.
 */
export function withoutServerOwned(type: RecordType, record: IDataObject): IDataObject {
	const { rows, serverOwned, embedded = [] } = type;
	const without = (one: IDataObject, isLeftOut: (field: string, value: unknown) => boolean) =>
		Object.fromEntries(Object.entries(one).filter((entry) => !isLeftOut(...entry)));
	const writable = without(
		withLinkedIds(type, record),
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

function withLinkedIds({ fields }: RecordType, record: IDataObject): IDataObject {
	const ids = fields
		.filter(({ kind, api }) => typeof kind === 'object' && !(api in record))
		.map(({ api }): [string, unknown] => [api, linkedIdIn(record, api)])
		.filter(([, id]) => !isNothing(id));
	return { ...record, ...(Object.fromEntries(ids) as IDataObject) };
}

/** The changes, with a new customer also under the second name by which some BildOuts show it. */
export function withBothCustomerIds(record: IDataObject, changes: IDataObject): IDataObject {
	const isShownTwice =
		'customer_id' in record &&
		record.customer_id === customerIdIn(record) &&
		'client_id' in changes;
	return isShownTwice ? { customer_id: changes.client_id, ...changes } : changes;
}

/** Whether a value is a record, or a list of records, that BildOut sends along. */
function holdsRecords(value: unknown): boolean {
	const values = [value].flat();
	return values.length > 0 && values.every((one) => isObject(one) && hasId(one));
}
