import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import type { InputItem } from './inputItem';
import { formatValue, isEmptyCell, oneLine } from './text';
import { readJson, refuseGaps } from './json';
import { asText, readBoolean, readNumber, saysNothing } from './values';

const HOW_TO_WRITE_ROWS =
	"Each custom field has a 'Name' as BildOut spells it in its output, a 'Type' and a 'Value'. Correct the row or remove it from 'Custom Fields'.";

/** Names that n8n takes out of a body before it sends it. */
export const NEVER_SENT = ['__proto__', 'constructor', 'prototype'];

/**
 * The rows of 'Custom Fields': any further field of a record, by its name in BildOut. Its type says how
 * the value is understood, so that a purchase order number such as 3.10 stays as it was written.
 *
 * @param given the names of the fields that the node's own parameters give
 * @throws NodeOperationError for a row that cannot be read, and a field that is given twice in any case
 */
export function readCustomFields(
	item: InputItem,
	value: unknown,
	given: readonly string[],
): IDataObject {
	const fields = new Map<string, unknown>();
	const rows = customRows(value);
	if (!rows) {
		item.fail(`'Custom Fields' must be rows, got ${formatValue(value)}`, HOW_TO_WRITE_ROWS);
	}
	for (const [index, row] of rows.entries()) {
		if (!isObject(row)) {
			item.fail(`Custom field ${index + 1} is ${formatValue(row)}`, HOW_TO_WRITE_ROWS);
		}
		const name = nameOf(item, row, index);
		const isSame = (other: string) => other.toLowerCase() === name.toLowerCase();
		if ([...fields.keys(), ...given].some(isSame)) failForTwice(item, name);
		if (item.isTool && saysNothing(item, row.value)) continue;
		fields.set(name, readValue(item, `Custom field '${name}'`, row));
	}
	return Object.fromEntries(fields) as IDataObject;
}

export function failForTwice(item: InputItem, name: string): never {
	item.fail(
		`Custom field '${name}' is given twice`,
		"Keep one of the two. A field that has a parameter of its own in this node needs no row under 'Custom Fields'.",
	);
}

/** The rows as the panel gives them, or a list from an expression; undefined for anything else. */
export function customRows(value: unknown): unknown[] | undefined {
	const isUntouched = isObject(value) && Object.keys(value).length === 0;
	if (isUntouched || isEmptyCell(value)) return [];
	const rows = isObject(value) && 'field' in value ? (value.field ?? []) : value;
	return Array.isArray(rows) ? rows : undefined;
}

function nameOf(item: InputItem, row: IDataObject, index: number): string {
	const name = oneLine(String(row.name ?? ''));
	if (name === '') item.fail(`Custom field ${index + 1} has no 'Name'`, HOW_TO_WRITE_ROWS);
	if (NEVER_SENT.includes(name)) {
		item.fail(`n8n does not send a field with the name '${name}'`, HOW_TO_WRITE_ROWS);
	}
	return name;
}

function readValue(item: InputItem, what: string, { type = 'text', value }: IDataObject): unknown {
	if (value === undefined || (value === null && type !== 'json')) {
		item.fail(
			`${what} has no 'Value'`,
			'Enter one, or remove the row. If it is an expression, check that the input item has the field it names. To empty a field in BildOut, choose the type JSON and write null.',
		);
	}
	switch (type) {
		case 'text':
			return readText(item, what, value);
		case 'number':
			return readNumber(item, what, value);
		case 'boolean':
			return readBoolean(item, what, value);
		case 'json':
			refuseGaps(item, what, value);
			return readJson(item, what, value);
		default:
			return item.fail(
				`${what} has the unknown type ${formatValue(type)}`,
				"'Type' is text, number, boolean or json.",
			);
	}
}

function readText(item: InputItem, what: string, value: unknown): string {
	if (typeof value === 'object') {
		item.fail(
			`${what} must be text, got ${formatValue(value)}`,
			"Choose a single field of the input item, or the type JSON under 'Type' for a list or an object.",
		);
	}
	return asText(item, what, value);
}
