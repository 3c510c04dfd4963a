import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { RunItem } from '../execution/run';
import { NEVER_SENT } from '../input/customFields';
import { formatValue, oneLine } from '../input/text';
import { asText, saysNothing } from '../input/values';
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
			const given = saysNothing(item, value)
				? {}
				: { [fieldName(item, type)]: idText(item, value) };
			return { ...extension.read(item), ...given };
		},
		keptField: (item) =>
			saysNothing(item, item.collection('additionalFields').externalId)
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

function idText(item: RunItem, value: unknown): string {
	return plainId(asText(item, "'External ID'", value));
}

/** Without what nobody sees: spreadsheets of two programs would give two IDs. */
function plainId(text: string): string {
	return oneLine(text).normalize('NFC');
}

/** The name of the custom field. */
function fieldName(item: RunItem, { fields, serverOwned }: RecordType): string {
	const given = item.collection('options').externalIdField;
	const name = given === undefined ? DEFAULT_FIELD : oneLine(String(given ?? ''));
	const taken = [...fields.map(({ api }) => api), ...serverOwned];
	const isTaken = taken.some((field) => field.toLowerCase() === name.toLowerCase());
	if (/^[a-z_][\w-]*$/i.test(name) && !isTaken && !NEVER_SENT.includes(name)) return name;
	return item.fail(
		isTaken
			? `'External ID Field' is ${formatValue(name)}, which BildOut uses for something else`
			: `'External ID Field' must be the name of a field, got ${formatValue(given)}`,
		`Enter the name of a custom field, such as ${DEFAULT_FIELD}, or remove the option.`,
	);
}

/** The record of the body that has the External ID: the same text, upper and lower case apart. */
export function hasExternalId(record: IDataObject, field: string, id: unknown): boolean {
	return plainId(String(record[field] ?? '')) === id;
}
