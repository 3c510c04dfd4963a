import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../api/json';
import type { RunItem } from '../../execution/run';
import { refuseAllItems } from '../../input/allItems';
import { customRows } from '../../input/customFields';
import { jsonHint, readJson, refuseGaps } from '../../input/json';
import { formatValue, oneLine } from '../../input/text';
import { asText, type NumberRule, readMenu, readNumber, saysNothing } from '../../input/values';
import type { Extension } from '../create';
import { sendsOnlyGivenFields } from '../update';
import { changeAs, changedLineItems, enterAs, newLineItems } from './panel';

/** The lines of a new invoice. */
export const newLines: Extension = {
	parameters: newLineItems,
	read: (item) => ({
		fields: {
			line_items: readLineItems(item, readMenu(item, enterAs) === 'json' ? 'json' : 'rows'),
		},
	}),
};

/** The lines that an update gives, to replace those of the invoice or to be added to them. */
export const changedLines: Extension = {
	parameters: changedLineItems,
	read(item) {
		const choice = readMenu(item, changeAs);
		const addsRows = choice.startsWith('add');
		if (addsRows) refuseBlindAdding(item);
		refuseAllItemsInCustomFields(item);
		if (choice === 'keep') return { fields: {} };
		const line_items = readLineItems(item, /rows/i.test(choice) ? 'rows' : 'json');
		return { fields: { line_items }, addsRows };
	},
};

/** A custom field may have the lines, too. */
function refuseAllItemsInCustomFields(item: RunItem): void {
	const rowsOf = (fields: unknown) => (isObject(fields) && customRows(fields.customFields)) || [];
	const raw = rowsOf(item.raw('updateFields'));
	for (const [index, row] of rowsOf(item.collection('updateFields')).entries()) {
		if (!isObject(row) || oneLine(String(row.name)) !== 'line_items') continue;
		refuseAllItems(item, 'updateFields', 'Custom Fields: line_items', raw[index]);
	}
}

/** Lines can only be added to those that were read. */
function refuseBlindAdding(item: RunItem): void {
	if (!sendsOnlyGivenFields(item)) return;
	item.fail(
		"Lines cannot be added while 'Send Only Given Fields' is on",
		"The lines that are added would take the place of those the invoice has. Turn the option off, or choose Replace under 'Change Line Items' and give all lines.",
	);
}

/** What BildOut knows of a line (section Create Invoice): what the panel calls it, and the member of its rows. */
const FIELDS = {
	name: ['Name', 'name'],
	description: ['Description', 'description'],
	quantity: ['Quantity', 'quantity'],
	unit_price: ['Unit Price', 'unitPrice'],
	tax_rate: ['Tax Rate (%)', 'taxRate'],
} as const;

type LineField = keyof typeof FIELDS;

const NAMES = Object.keys(FIELDS) as LineField[];

/** Where a line in JSON has fields that this node does not know. */
const CUSTOM_FIELDS = 'custom_fields';

const KNOWN = `A line has '${NAMES.join("', '")}', and '${CUSTOM_FIELDS}' for any other`;

/** A line that is to be read, and how errors name it and its fields: as the user sees them. */
interface GivenLine {
	item: RunItem;
	number: number;
	line: IDataObject;
	nameOf: (field: LineField) => string;
}

/**
 * The lines as the API takes them: `name`, `quantity`, `unit_price`, where given `description` and
 * `tax_rate` (percent), and custom fields. Rows and JSON that say the same give the same.
 *
 * @throws NodeOperationError for a line that BildOut could not bill, naming the line and the field
 */
function readLineItems(item: RunItem, input: 'rows' | 'json'): IDataObject[] {
	const isJson = input === 'json';
	if (isJson) refuseAllItems(item, 'lineItemsJson', 'Line Items (JSON)');
	else refuseAllItems(item, 'lineItems', 'Line Items');
	const lines = isJson ? linesFromJson(item) : linesFromRows(item);
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
	const nameOf = (field: LineField) => FIELDS[field][0];
	return (Array.isArray(rows) ? (rows as unknown[]) : []).map((row, index) => {
		const number = index + 1;
		if (!isObject(row)) {
			item.fail(
				`Line ${number}: must be a row with 'Name', 'Quantity' and 'Unit Price', got ${formatValue(row)}`,
				"Choose JSON under 'Enter Line Items As' for a list that comes from an expression.",
			);
		}
		const given = NAMES.filter((field) => FIELDS[field][1] in row);
		const line = Object.fromEntries(given.map((field) => [field, row[FIELDS[field][1]]]));
		return { item, number, line, nameOf };
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
		return { item, number, line, nameOf: (field) => field };
	});
}

/** Numbers go out as they were given; only the notation changes, where a spreadsheet gave text. */
function readLine(given: GivenLine): IDataObject {
	const { item, number, line, nameOf } = given;
	// An expression of a line that returns nothing is misspelt; left out, it could leave the line untaxed.
	const missing = NAMES.find((field) => field in line && line[field] === undefined);
	if (missing && !item.isTool) item.failForUndefined(labelIn(given, missing));
	if (saysNothing(item, line.name)) {
		item.fail(
			`Line ${number}: '${nameOf('name')}' is empty`,
			'Say what the line charges for, e.g. Labor.',
		);
	}
	const textOf = (field: LineField) => asText(item, labelIn(given, field), line[field]);
	return {
		name: oneLine(textOf('name')),
		...(saysNothing(item, line.description) ? {} : { description: textOf('description') }),
		quantity: numberOf(given, 'quantity', {
			range: 'greater than 0',
			isInRange: (quantity) => quantity > 0,
			hint: `Give the line a quantity of more than 0. To write a credit, keep the quantity above 0 and make '${nameOf('unit_price')}' negative.`,
		}),
		unit_price: numberOf(given, 'unit_price', {
			hint: 'Give the price of one unit, or 0 for a line that costs nothing.',
		}),
		...(saysNothing(item, line.tax_rate)
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

function labelIn({ number, nameOf }: GivenLine, field: LineField): string {
	return `Line ${number}: '${nameOf(field)}'`;
}

function numberOf(given: GivenLine, field: LineField, rule: NumberRule): number {
	const hint = `${rule.hint} If it comes from an expression, check that the field it names is there.`;
	return readNumber(given.item, labelIn(given, field), given.line[field], { ...rule, hint });
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
	const known = NAMES.find((field) => field in fields);
	if (known) {
		item.fail(
			`Line ${number}: '${known}' stands under '${CUSTOM_FIELDS}'`,
			`Put '${known}' into the line itself.`,
		);
	}
	return fields;
}

/** What people write for a field of a line. */
const MISSPELT: Record<LineField, RegExp> = {
	name: /^(item|itemname|name|product|title)$/,
	description: /^(desc|description|details)$/,
	quantity: /^(hours|hrs|qty|quantity|quantities|units)$/,
	unit_price: /^(amount|cost|price|priceperunit|rate|unit(amount|cost|price|rate))$/,
	tax_rate: /^(salestax|tax|taxpercent|taxrate|vat)$/,
};

/** BildOut would pass over a field that it does not know, and a line would go untaxed. */
function refuseUnknown(item: RunItem, number: number, line: IDataObject): void {
	const unknown = Object.keys(line).find(
		(field) => field !== CUSTOM_FIELDS && !Object.hasOwn(FIELDS, field),
	);
	if (unknown === undefined) return;
	const spelled = unknown.toLowerCase().replace(/[^a-z]/g, '');
	const meant = NAMES.find((field) => MISSPELT[field].test(spelled));
	item.fail(
		`Line ${number}: '${unknown}' is not a field of a line. ${KNOWN}`,
		meant && !(meant in line)
			? `Spell it '${meant}'${unknown.toLowerCase() === 'amount' ? ' if it is the price of one unit; BildOut computes the amount of a line' : ''}.`
			: `Leave it out, or if BildOut has such a field, write it under '${CUSTOM_FIELDS}': {"${unknown}": …}. For one invoice of all rows of a sheet, turn on 'Execute Once' in the Settings of this node and pick what a line has: {{ $input.all().map(({ json }) => ({ name: json.name, quantity: json.quantity, unit_price: json.unit_price })) }}.`,
	);
}
