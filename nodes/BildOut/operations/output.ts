import type { IDataObject } from 'n8n-workflow';

import { isOn, readNames } from './values';
import type { Item } from './item';
import { fieldsFor, type RecordType } from './recordTypes';

/**
 * Shapes a record as the user chose: as BildOut sent it, simplified to the ten fields that people look
 * for ('Simplify'), or, as a tool of an AI agent, to selected fields ('Output', n8n's UX guidelines,
 * section Simplify). Nested fields are written with an underscore: `address.city` becomes `address_city`.
 */
export function shapeOutput(item: Item, type: RecordType, record: IDataObject): IDataObject {
	const output = item.isTool
		? item.param('output', 'simplified')
		: isOn(item, 'Simplify', item.param('simplify', false))
			? 'simplified'
			: 'raw';
	if (output === 'raw') return record;
	if (output === 'simplified') return pick(record, simplifiedFields(type));
	return pick(record, readNames(item.param('outputFields', [])));
}

/** The fields that people look for, those inside an object with a dot. */
function simplifiedFields(type: RecordType): string[] {
	return fieldsFor(type, 'simplify').flatMap(
		({ api, simplifiedParts }) => simplifiedParts?.map((part) => `${api}.${part}`) ?? api,
	);
}

function pick(record: IDataObject, fields: readonly string[]): IDataObject {
	const picked: IDataObject = {};
	for (const path of fields) {
		const [field, part] = path.split('.');
		const value = record[field];
		if (!part) picked[field] = value ?? null;
		else picked[`${field}_${part}`] = (value as IDataObject | null | undefined)?.[part] ?? null;
	}
	return picked;
}
