import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { isObject } from '../api/json';
import { readCustomFields } from './customFields';
import { toCalendarDate } from './dates';
import type { InputItem } from './inputItem';
import { locate, valueOfLocator } from './resourceLocators';
import {
	type Field,
	type FieldKind,
	fieldsFor,
	labelOf,
	type RecordType,
	type WrittenField,
} from '../records/recordType';
import { cleanText, formatValue, isEmptyCell } from './text';
import {
	asText,
	choiceIn,
	readBoolean,
	readEmail,
	readName,
	readNames,
	readNumber,
	readPhone,
	saysNothing,
} from './values';

/**
 * What an empty cell does to a field: an empty text, one of which nothing is seen (blanks, zero-width
 * spaces), or null.
 *
 * | | a new record | a record that exists |
 * |---|---|---|
 * | name | refused | refused |
 * | text, part of an address | left out | emptied: `''` (null: `null`) |
 * | email, phone, choice, currency, number, boolean, date, record | left out | emptied: `null` |
 * | the same, where a record is not without it (Clear Fields does not list it) | left out, or refused where required | kept; null is refused where required |
 * | any, from an AI agent, which also writes `N/A` or 0 for "nothing" | left out | kept |
 *
 * An expression that returns `undefined` is refused: the field that it names is misspelt or missing.
 */

/**
 * The fields that a user gave, under their names in the API. A field that was not added stays out.
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
	const { kind, parameter } = field;
	const label = labelOf(field);
	const given = typeof kind === 'object' ? valueOfLocator(value) : value;
	if (given === undefined && !item.isTool) item.failForUndefined(`'${label}'`);
	// Where a model has to give a number and knows none, it gives 0.
	const isUnknown = item.isTool && kind === 'number' && given === 0;
	if (saysNothing(item, given) || isUnknown) return readEmpty(item, field, given);
	if (typeof kind === 'object') return await locate({ item, type: kind.record, label }, value);
	return READERS[kind](item, `'${label}'`, value, parameter);
}

function readEmpty(
	item: InputItem,
	{ kind, parameter, uses }: WrittenField,
	given: unknown,
): IDataObject[string] | undefined {
	if (item.isTool) return undefined;
	const label = parameter.displayName;
	if (parameter.required && given === null) {
		item.fail(
			`'${label}' cannot be emptied`,
			"BildOut has no such record without it. Give it another value, or remove it from 'Update Fields'.",
		);
	}
	if (kind === 'name') return readName(item, `'${label}'`, given);
	if (!uses.includes('clear')) return undefined;
	return kind === 'text' && given !== null ? '' : null;
}

/** Of what `readFields` returned: a new record has nothing to empty. Custom fields go out as they are given. */
export function forNewRecord(type: RecordType, fields: IDataObject): IDataObject {
	const own = new Set(fieldsFor(type, 'create').map(({ api }) => api));
	const record: IDataObject = {};
	for (const [name, value] of Object.entries(fields)) {
		const parts = isObject(value) ? Object.entries(value) : [];
		const given = parts.filter(([, part]) => !isEmptyCell(part));
		if (!own.has(name)) record[name] = value;
		else if (given.length > 0) record[name] = Object.fromEntries(given);
		else if (!isObject(value) && !isEmptyCell(value)) record[name] = value;
	}
	return record;
}

type Reader = (
	item: InputItem,
	what: string,
	value: unknown,
	parameter: INodeProperties,
) => IDataObject[string] | undefined;

const READERS: Record<Extract<FieldKind, string>, Reader> = {
	text: asText,
	name: readName,
	email: readEmail,
	phone: readPhone,
	choice: (item, what, value, { options = [] }) =>
		choiceIn(options as INodePropertyOptions[], asText(item, what, value)),
	currency: readCurrency,
	number: (item, what, value) => readNumber(item, what, value),
	boolean: readBoolean,
	date: toCalendarDate,
	address: readAddress,
};

/** A currency's code as BildOut writes it: three letters, in lower case. */
function readCurrency(item: InputItem, what: string, value: unknown): string {
	const code = cleanText(asText(item, what, value));
	if (!/^[a-z]{3}$/i.test(code)) {
		item.fail(
			`${what} must be the three-letter code of a currency such as usd, got ${formatValue(value)}`,
			'Write the code, e.g. usd, cad or eur, not the sign or the name.',
		);
	}
	return code.toLowerCase();
}

function readAddress(
	item: InputItem,
	what: string,
	value: unknown,
	{ options = [] }: INodeProperties,
): IDataObject | undefined {
	if (!isObject(value)) {
		item.fail(
			`${what} must have parts such as 'line1' and 'city', got ${formatValue(value)}`,
			`Use the members ${options.map(({ name }) => name).join(', ')}.`,
		);
	}
	const address: IDataObject = {};
	for (const [part, text] of Object.entries(value)) {
		if (text === undefined && !item.isTool) item.failForUndefined(`${what}: '${part}'`);
		// 'NA' is Namibia.
		const isNothing = part === 'country' && text === 'NA' ? false : saysNothing(item, text);
		if (isNothing && item.isTool) continue;
		address[part] = text === null ? null : cleanText(asText(item, `${what}: '${part}'`, text));
	}
	return Object.keys(address).length > 0 ? address : undefined;
}

/**
 * What an update changes: 'Update Fields', and 'Clear Fields' as null, also of a part such as `address.line2`.
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
				`'${labelOf(known)}${part ? `: ${part}` : ''}' is set in both 'Update Fields' and 'Clear Fields'`,
				"Remove it from 'Update Fields' or from 'Clear Fields'.",
			);
		}
		if (!part) changes[field] = null;
		else if (changes[field] !== null) changes[field] = { ...holder, [part]: null };
	}
	return changes;
}
