import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../api/json';
import type { RunItem } from '../../execution/run';
import { refuseAllItems } from '../../input/allItems';
import { jsonHint, readJson, refuseGaps } from '../../input/json';
import { formatValue, oneLine } from '../../input/text';
import {
	asText,
	type NumberRule,
	readMenu,
	readNumber,
	readSwitch,
	saysNothing,
} from '../../input/values';
import type { BodyExtension } from '../create';
import { type ChangesExtension, mergeFields, type MergeStrategy } from '../update';
import { changeAs, changedLineItems, enterAs, newLineItems } from './panel';

/** The lines of a new invoice. */
export const newLines: BodyExtension = {
	parameters: newLineItems,
	read: (item) => ({
		line_items: readLineItems(item, readMenu(item, enterAs) === 'json' ? 'json' : 'rows'),
	}),
};

/** The lines that an update gives, to replace those of the invoice or to be added to them. */
export const changedLines: ChangesExtension = {
	parameters: changedLineItems,
	read(item) {
		const { from, adds } = changeOf(item);
		if (adds) refuseBlindAdding(item);
		refuseAllItemsInCustomFields(item);
		return from ? { line_items: readLineItems(item, from) } : {};
	},
	mergeStrategy: (item): MergeStrategy => (changeOf(item).adds ? addLines : mergeFields),
};

/** A custom field may have the lines, too. */
function refuseAllItemsInCustomFields(item: RunItem): void {
	const rowsOf = (fields: unknown) => {
		const custom = isObject(fields) ? fields.customFields : undefined;
		return isObject(custom) && Array.isArray(custom.field) ? (custom.field as unknown[]) : [];
	};
	const raw = rowsOf(item.raw('updateFields'));
	for (const [index, row] of rowsOf(item.collection('updateFields')).entries()) {
		if (!isObject(row) || oneLine(String(row.name)) !== 'line_items') continue;
		refuseAllItems(item, 'updateFields', 'Custom Fields: line_items', raw[index]);
	}
}

/** What 'Change Line Items' comes to, by its value. */
const CHANGES: Record<string, { from?: 'rows' | 'json'; adds?: boolean }> = {
	keep: {},
	rows: { from: 'rows' },
	json: { from: 'json' },
	addRows: { from: 'rows', adds: true },
	addJson: { from: 'json', adds: true },
};

function changeOf(item: RunItem): { from?: 'rows' | 'json'; adds?: boolean } {
	return CHANGES[readMenu(item, changeAs)];
}

/** Lines can only be added to those that were read. */
function refuseBlindAdding(item: RunItem): void {
	const { sendOnlyGivenFields } = item.collection('options');
	if (!readSwitch(item, 'Send Only Given Fields', sendOnlyGivenFields)) return;
	item.fail(
		"Lines cannot be added while 'Send Only Given Fields' is on",
		"The lines that are added would take the place of those the invoice has. Turn the option off, or choose Replace under 'Change Line Items' and give all lines.",
	);
}

function addLines(record: IDataObject, given: IDataObject): IDataObject {
	const there = record.line_items;
	// Where BildOut does not return the lines that are there, the update is refused.
	const line_items = Array.isArray(there)
		? [...(there as IDataObject[]), ...(given.line_items as IDataObject[])]
		: undefined;
	return mergeFields(record, { ...given, line_items });
}

/** What BildOut knows of a line (section Create Invoice). */
const FIELDS = ['name', 'description', 'quantity', 'unit_price', 'tax_rate'] as const;

type LineField = (typeof FIELDS)[number];

/** How an error names a field of a line: as the panel or as the JSON does, so as the user sees it. */
type Names = Record<LineField, string>;

const IN_ROWS: Names = {
	name: 'Name',
	description: 'Description',
	quantity: 'Quantity',
	unit_price: 'Unit Price',
	tax_rate: 'Tax Rate (%)',
};

/** The members of a row of the panel. */
const ROW_MEMBERS: Names = {
	name: 'name',
	description: 'description',
	quantity: 'quantity',
	unit_price: 'unitPrice',
	tax_rate: 'taxRate',
};

const IN_JSON: Names = {
	name: 'name',
	description: 'description',
	quantity: 'quantity',
	unit_price: 'unit_price',
	tax_rate: 'tax_rate',
};

/** Where a line in JSON has fields that this node does not know. */
const CUSTOM_FIELDS = 'custom_fields';

const KNOWN = `A line has '${FIELDS.join("', '")}', and '${CUSTOM_FIELDS}' for any other`;

/** A line that is to be read, and what errors about it say. */
interface GivenLine {
	item: RunItem;
	number: number;
	line: IDataObject;
	names: Names;
}

/**
 * The lines as the API takes them: `name`, `quantity`, `unit_price`, where given `description` and
 * `tax_rate` (percent), and custom fields. Rows and JSON that say the same give the same.
 *
 * @throws NodeOperationError for a line that BildOut could not bill, naming the line and the field
 */
export function readLineItems(item: RunItem, input: 'rows' | 'json'): IDataObject[] {
	if (input === 'json') refuseAllItems(item, 'lineItemsJson', 'Line Items (JSON)');
	else refuseAllItems(item, 'lineItems', 'Line Items');
	const lines = input === 'json' ? linesFromJson(item) : linesFromRows(item);
	if (lines.length === 0) {
		item.fail(
			'The invoice has no line items',
			"Add at least one line under 'Line Items' or 'Line Items (JSON)'. If they come from an expression, check that it returns a list with at least one line.",
		);
	}
	return lines.map(readLine);
}

function linesFromRows(item: RunItem): GivenLine[] {
	const { item: rows } = item.collection('lineItems');
	return (Array.isArray(rows) ? (rows as unknown[]) : []).map((row, index) => {
		const number = index + 1;
		if (!isObject(row)) {
			item.fail(
				`Line ${number}: must be a row with 'Name', 'Quantity' and 'Unit Price', got ${formatValue(row)}`,
				"Choose JSON under 'Enter Line Items As' for a list that comes from an expression.",
			);
		}
		const members = FIELDS.filter((field) => ROW_MEMBERS[field] in row);
		const line = Object.fromEntries(members.map((field) => [field, row[ROW_MEMBERS[field]]]));
		return { item, number, line, names: IN_ROWS };
	});
}

function linesFromJson(item: RunItem): GivenLine[] {
	const lines = readJson(item, "'Line Items (JSON)'", item.param('lineItemsJson', ''));
	if (!Array.isArray(lines)) {
		item.fail(
			`'Line Items (JSON)' must be a list of lines, got ${formatValue(lines)}`,
			jsonHint(
				lines,
				'Put the lines in square brackets: [{"name": "Labor", "quantity": 16, "unit_price": 75}].',
			),
		);
	}
	return (lines as unknown[]).map((line, index) => {
		const number = index + 1;
		if (!isObject(line)) {
			item.fail(
				`Line ${number}: must have 'name', 'quantity' and 'unit_price', got ${formatValue(line)}`,
				jsonHint(line, 'Write each line like {"name": "Labor", "quantity": 16, "unit_price": 75}.'),
			);
		}
		refuseUnknown(item, number, line);
		return { item, number, line, names: IN_JSON };
	});
}

/** Numbers go out as they were given; only the notation changes, where a spreadsheet gave text. */
function readLine(given: GivenLine): IDataObject {
	refuseUndefined(given);
	const { description, tax_rate } = given.line;
	return {
		name: nameOf(given),
		...(saysNothing(given.item, description) ? {} : { description: textOf(given, 'description') }),
		quantity: numberOf(given, 'quantity', {
			range: 'greater than 0',
			isInRange: (quantity) => quantity > 0,
			hint: `Give the line a quantity of more than 0. To write a credit, keep the quantity above 0 and make '${given.names.unit_price}' negative.`,
		}),
		unit_price: numberOf(given, 'unit_price', {
			hint: 'Give the price of one unit, or 0 for a line that costs nothing.',
		}),
		...(saysNothing(given.item, tax_rate)
			? {}
			: {
					tax_rate: numberOf(given, 'tax_rate', {
						range: 'from 0 to 100 (percent)',
						isInRange: (rate) => rate >= 0 && rate <= 100,
						hint: 'Write 8.5 for 8.5%, or leave the tax rate out.',
						isPercent: true,
					}),
				}),
		...customFieldsOf(given),
	};
}

/** An expression of a line that returns nothing is misspelt; left out, it could leave the line untaxed. */
function refuseUndefined({ item, number, line, names }: GivenLine): void {
	if (item.isTool) return;
	const missing = FIELDS.find((field) => field in line && line[field] === undefined);
	if (missing) item.failForUndefined(`Line ${number}: '${names[missing]}'`);
}

function nameOf(given: GivenLine): string {
	if (saysNothing(given.item, given.line.name)) {
		given.item.fail(
			`Line ${given.number}: '${given.names.name}' is empty`,
			'Say what the line charges for, e.g. Labor.',
		);
	}
	return oneLine(textOf(given, 'name'));
}

function textOf({ item, number, line, names }: GivenLine, field: LineField): string {
	return asText(item, `Line ${number}: '${names[field]}'`, line[field]);
}

function numberOf(given: GivenLine, field: LineField, rule: NumberRule): number {
	const { item, number, line, names } = given;
	return readNumber(item, `Line ${number}: '${names[field]}'`, line[field], {
		...rule,
		hint: `${rule.hint} If it comes from an expression, check that the field it names is there.`,
	});
}

/** The custom fields of a line, which BildOut has beside the known ones. */
function customFieldsOf({ item, number, line }: GivenLine): IDataObject {
	const fields: unknown = line[CUSTOM_FIELDS] ?? {};
	if (!isObject(fields)) {
		return item.fail(
			`Line ${number}: '${CUSTOM_FIELDS}' must have names and values, got ${formatValue(fields)}`,
			`Write it like "${CUSTOM_FIELDS}": {"sku": "A-1"}.`,
		);
	}
	refuseGaps(item, `Line ${number}: '${CUSTOM_FIELDS}'`, fields);
	const known = FIELDS.find((field) => field in fields);
	if (known) {
		item.fail(
			`Line ${number}: '${known}' stands under '${CUSTOM_FIELDS}'`,
			`Put '${known}' into the line itself.`,
		);
	}
	return fields;
}

/** What people write for a field of a line. */
const MISSPELT = new Map<string, LineField>([
	['amount', 'unit_price'],
	['cost', 'unit_price'],
	['desc', 'description'],
	['description', 'description'],
	['details', 'description'],
	['hours', 'quantity'],
	['hrs', 'quantity'],
	['item', 'name'],
	['itemname', 'name'],
	['name', 'name'],
	['price', 'unit_price'],
	['priceperunit', 'unit_price'],
	['product', 'name'],
	['qty', 'quantity'],
	['quantity', 'quantity'],
	['quantities', 'quantity'],
	['rate', 'unit_price'],
	['salestax', 'tax_rate'],
	['tax', 'tax_rate'],
	['taxpercent', 'tax_rate'],
	['taxrate', 'tax_rate'],
	['title', 'name'],
	['unitamount', 'unit_price'],
	['unitcost', 'unit_price'],
	['unitprice', 'unit_price'],
	['units', 'quantity'],
	['unitrate', 'unit_price'],
	['vat', 'tax_rate'],
]);

/** BildOut would pass over a field that it does not know, and a line would go untaxed. */
function refuseUnknown(item: RunItem, number: number, line: IDataObject): void {
	const unknown = Object.keys(line).find(
		(field) => field !== CUSTOM_FIELDS && !(FIELDS as readonly string[]).includes(field),
	);
	if (unknown === undefined) return;
	const meant = MISSPELT.get(unknown.toLowerCase().replace(/[^a-z]/g, ''));
	item.fail(
		`Line ${number}: '${unknown}' is not a field of a line. ${KNOWN}`,
		meant && !(meant in line)
			? `Spell it '${meant}'${unknown.toLowerCase() === 'amount' ? ' if it is the price of one unit; BildOut computes the amount of a line' : ''}.`
			: `Leave it out, or if BildOut has such a field, write it under '${CUSTOM_FIELDS}': {"${unknown}": …}. For one invoice of all rows of a sheet, turn on 'Execute Once' in the Settings of this node and pick what a line has: {{ $input.all().map(({ json }) => ({ name: json.name, quantity: json.quantity, unit_price: json.unit_price })) }}.`,
	);
}
