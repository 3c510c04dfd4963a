import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import { readCustomFields } from './customFields';
import { toCalendarDate } from './dates';
import type { InputItem } from './inputItem';
import { isEmptyLocator, locate } from './resourceLocators';
import {
	type Field,
	type FieldKind,
	fieldsFor,
	labelOf,
	type RecordType,
	type WrittenField,
} from '../records/recordType';
import {
	asText,
	formatValue,
	readBoolean,
	readEmail,
	readName,
	readNames,
	readNumber,
	readPhone,
} from './values';

/** The members of an address, the same in the panel and in the API. */
const ADDRESS_PARTS = ['line1', 'line2', 'city', 'state', 'zip', 'country'];

/**
 * Reads the fields that a user gave, under their names in the API.
 *
 * A field that was not added stays out. `null` (from an expression) clears. An empty text is an empty
 * text; an empty date, number, choice or record says nothing and stays out.
 *
 * @param values the collection's value, by parameter name; its `customFields` are read too
 * @throws NodeOperationError for a value that the field cannot hold, naming the field
 */
export async function readFields(
	item: InputItem,
	values: IDataObject,
	fields: readonly Field[],
): Promise<IDataObject> {
	const given = requestsLast(fields).filter(({ parameter }) => parameter.name in values);
	const custom = readCustomFields(
		item,
		values.customFields,
		given.map(({ api }) => api),
	);
	const body: IDataObject = {};
	for (const field of given) {
		const value = await readField(item, field, values[field.parameter.name]);
		if (value !== undefined) body[field.api] = value;
	}
	return { ...body, ...custom };
}

/** Faults in other values are found before a request is sent for a record known by its email. */
function requestsLast(fields: readonly Field[]): WrittenField[] {
	const written = fields.filter((field) => field.parameter !== undefined);
	const asks = ({ kind }: WrittenField) => Number(typeof kind === 'object');
	return written.sort((a, b) => asks(a) - asks(b));
}

async function readField(
	item: InputItem,
	field: WrittenField,
	value: unknown,
): Promise<IDataObject[string] | undefined> {
	if (value === undefined) return undefined;
	const { kind } = field;
	const label = labelOf(field);
	// A model has to fill in every parameter, so an empty text is all it can say for "leave this".
	if (value === '' && item.isTool) return undefined;
	if (value === null) return field.parameter.required ? failToEmpty(item, label) : null;
	if (typeof kind === 'object') {
		return isEmptyLocator(value) ? undefined : await locate(item, value, kind.record, label);
	}
	if (value === '' && EMPTY_SAYS_NOTHING.includes(kind)) return undefined;
	return READERS[kind](item, `'${label}'`, value);
}

/** Of these kinds of field, an empty text says nothing. */
const EMPTY_SAYS_NOTHING: FieldKind[] = ['boolean', 'choice', 'currency', 'date', 'number'];

const READERS: Record<
	Extract<FieldKind, string>,
	(item: InputItem, what: string, value: unknown) => IDataObject[string] | undefined
> = {
	text: asText,
	name: readName,
	email: readEmail,
	phone: readPhone,
	choice: (item, what, value) => asText(item, what, value).trim(),
	currency: readCurrency,
	number: readNumber,
	boolean: readBoolean,
	date: toCalendarDate,
	address: readAddress,
};

function failToEmpty(item: InputItem, label: string): never {
	item.fail(
		`'${label}' cannot be emptied`,
		"BildOut has no such record without it. Give it another value, or remove it from 'Update Fields'.",
	);
}

/** A currency's code as BildOut writes it: three letters, in lower case. */
function readCurrency(item: InputItem, what: string, value: unknown): string {
	const code = asText(item, what, value).trim();
	if (!/^[a-z]{3}$/i.test(code)) {
		item.fail(
			`${what} must be the three-letter code of a currency such as usd, got '${code}'`,
			'Write the code, e.g. usd, cad or eur, not the sign or the name.',
		);
	}
	return code.toLowerCase();
}

function readAddress(item: InputItem, what: string, value: unknown): IDataObject | undefined {
	if (!isObject(value)) {
		item.fail(
			`${what} must have parts such as 'line1' and 'city', got ${formatValue(value)}`,
			`Use the members ${ADDRESS_PARTS.join(', ')}.`,
		);
	}
	const address: IDataObject = {};
	for (const [part, text] of Object.entries(value)) {
		if (text === '' && item.isTool) continue;
		if (text !== undefined) address[part] = text === null ? null : asText(item, what, text);
	}
	return Object.keys(address).length > 0 ? address : undefined;
}

/**
 * What an update changes: 'Update Fields', and 'Clear Fields' as null. `address.line2` clears a part of
 * the address.
 *
 * @throws NodeOperationError when a field is given a value and cleared at once
 */
export async function readChanges(item: InputItem, type: RecordType): Promise<IDataObject> {
	const changes = await readFields(item, item.collection('updateFields'), type.fields);
	const clearable = fieldsFor(type, 'clear');
	for (const name of readNames(item.param('clearFields', [])).sort()) {
		const [field, part] = name.split('.');
		const known = clearable.find(({ api }) => api === field);
		if (!known) {
			item.fail(
				`'Clear Fields' has no '${name}'`,
				`It has ${clearable
					.map(({ api }) => api)
					.join(', ')}. Empty any other field under 'Custom Fields', by null of the type JSON.`,
			);
		}
		const holder = part ? (isObject(changes[field]) ? changes[field] : undefined) : changes;
		if (holder && (part ?? field) in holder) {
			item.fail(
				`'${labelOf(known)}${part ? `: ${part}` : ''}' is both given a value and cleared`,
				"Remove it from 'Update Fields' or from 'Clear Fields'.",
			);
		}
		if (!part) changes[field] = null;
		else if (changes[field] !== null) changes[field] = { ...holder, [part]: null };
	}
	return changes;
}
