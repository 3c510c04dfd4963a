import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { InputItem } from '../input/inputItem';
import { formatValue, isEmptyCell } from '../input/text';
import { asText } from '../input/values';
import type { RecordType } from '../records/recordType';
import type { BodyExtension } from './create';

/** An ID from another system, kept in a custom field, by which a second run finds what the first created. */

const DEFAULT_FIELD = 'external_id';

export const externalId: INodeProperties = {
	displayName: 'External ID',
	name: 'externalId',
	type: 'string',
	default: '',
	placeholder: 'e.g. JOB-1042-3',
	description:
		'What the invoice is known by in the system that it comes from. It is kept in the custom field that External ID Field names under Options.',
};

const externalIdField: INodeProperties = {
	displayName: 'External ID Field',
	name: 'externalIdField',
	type: 'string',
	default: DEFAULT_FIELD,
	placeholder: 'e.g. external_id',
	description: "The custom field that keeps the External ID, as BildOut's output spells it",
};

/** The body of a new record with the External ID that its Additional Fields may have. */
export function withExternalId(type: RecordType, extension: BodyExtension): BodyExtension {
	return {
		...extension,
		members: [externalId],
		options: [externalIdField],
		read(item) {
			const value = item.collection('additionalFields').externalId;
			const given = isEmptyCell(value) ? {} : { [fieldName(item, type)]: idText(item, value) };
			return { ...extension.read(item), ...given };
		},
		keptField: (item) =>
			isEmptyCell(item.collection('additionalFields').externalId)
				? undefined
				: fieldName(item, type),
	};
}

/** The same where the External ID is a parameter of its own, which must be given. */
export function withRequiredExternalId(type: RecordType, extension: BodyExtension): BodyExtension {
	return {
		...extension,
		options: [externalIdField],
		read: (item) => ({
			...extension.read(item),
			[fieldName(item, type)]: idText(item, item.required('externalId', 'External ID')),
		}),
		keptField: (item) => fieldName(item, type),
	};
}

function idText(item: InputItem, value: unknown): string {
	return asText(item, "'External ID'", value).trim();
}

/** The name of the custom field. */
function fieldName(item: InputItem, { fields, serverOwned }: RecordType): string {
	const given = item.collection('options').externalIdField;
	const name = given === undefined ? DEFAULT_FIELD : String(given ?? '').trim();
	const isTaken = fields.some(({ api }) => api === name) || serverOwned.includes(name);
	if (/^[a-z_][\w-]*$/i.test(name) && !isTaken && name !== '__proto__') return name;
	return item.fail(
		isTaken
			? `'External ID Field' is ${formatValue(name)}, which BildOut uses for something else`
			: `'External ID Field' must be the name of a field, got ${formatValue(given)}`,
		`Enter the name of a custom field, such as ${DEFAULT_FIELD}, or remove the option.`,
	);
}

/** The record of the body that has the External ID: the same text, upper and lower case apart. */
export function hasExternalId(record: IDataObject, field: string, id: unknown): boolean {
	return String(record[field] ?? '').trim() === String(id);
}
