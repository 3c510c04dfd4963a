import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { parseNumber } from '../../operations/values';
import type { Item } from '../../operations/item';

const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Labor: cabinet installation',
};

const description: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Two carpenters, two days',
};

const quantity: INodeProperties = {
	displayName: 'Quantity',
	name: 'quantity',
	type: 'number',
	default: 1,
	description: 'How many units, hours or square feet',
};

const unitPrice: INodeProperties = {
	displayName: 'Unit Price',
	name: 'unitPrice',
	type: 'number',
	default: 0,
	description: "The price of one unit before tax, in the invoice's currency",
};

const taxRate: INodeProperties = {
	displayName: 'Tax Rate (%)',
	name: 'taxRate',
	type: 'number',
	default: 0,
	placeholder: 'e.g. 8.5',
	description:
		'Tax on this line in percent: 8.5 means 8.5%. A percent cell of a spreadsheet gives 0.085: multiply it by 100. 0 for no tax.',
};

const rows: INodeProperties = {
	displayName: 'Line Items',
	name: 'lineItems',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add line item',
	default: {},
	displayOptions: { show: { lineItemsInput: ['rows'] } },
	description: 'What the invoice charges for, one row each',
	options: [
		{
			displayName: 'Line Item',
			name: 'item',
			values: [name, description, quantity, unitPrice, taxRate],
		},
	],
};

const json: INodeProperties = {
	displayName: 'Line Items (JSON)',
	name: 'lineItemsJson',
	type: 'json',
	typeOptions: { rows: 6 },
	// A line that stood here could be billed by mistake.
	default: '[]',
	displayOptions: { show: { lineItemsInput: ['json'] } },
	description:
		'A list of lines, each with "name", "quantity" and "unit_price", and if you like "description" and "tax_rate" (8.5 means 8.5%), for example [{"name": "Labor", "quantity": 16, "unit_price": 75}]. An expression that yields such a list works too.',
};

/** The line item parameters of a new invoice. */
export const newLineItems: INodeProperties[] = [
	{
		displayName: 'Enter Line Items As',
		name: 'lineItemsInput',
		type: 'options',
		default: 'rows',
		options: [
			{ name: 'Rows', value: 'rows', description: 'Fill in each line below' },
			{
				name: 'JSON',
				value: 'json',
				description:
					'A list from an expression, for example one line for each row of a spreadsheet',
			},
		],
	},
	rows,
	json,
];

/** The line item parameters of an invoice that exists. */
export const changedLineItems: INodeProperties[] = [
	{
		displayName: 'Change Line Items',
		name: 'lineItemsInput',
		type: 'options',
		default: 'keep',
		options: [
			{ name: 'No, Keep Them', value: 'keep', description: 'The lines of the invoice stay' },
			{
				name: 'Replace with Rows',
				value: 'rows',
				description: 'The lines below take the place of all lines of the invoice',
			},
			{
				name: 'Replace with JSON',
				value: 'json',
				description: 'A list from an expression takes the place of all lines of the invoice',
			},
		],
	},
	rows,
	json,
];

/**
 * The lines as the API takes them (section Create Invoice): `name`, `quantity`, `unit_price`, and where
 * given `description` and `tax_rate` (percent). Both ways to enter them give the same.
 *
 * @returns undefined when the invoice keeps its lines
 * @throws NodeOperationError for a line that BildOut could not bill, naming the line and the field
 */
export function readLineItems(item: Item): IDataObject[] | undefined {
	const input = item.param('lineItemsInput', 'rows');
	if (input === 'keep') return undefined;
	const lines = input === 'json' ? linesFromJson(item) : linesFromRows(item);
	if (lines.length === 0) {
		item.fail(
			'The invoice has no line items',
			"Add at least one line under 'Line Items' or 'Line Items (JSON)'. If they come from an expression, check that it yields a list with at least one line.",
		);
	}
	return lines.map((line, index) => checkedLine(item, index + 1, line));
}

function linesFromRows(item: Item): IDataObject[] {
	const { item: rows } = item.collection('lineItems') as { item?: IDataObject[] };
	return (Array.isArray(rows) ? rows : []).map(
		({ name, description, quantity, unitPrice, taxRate }) => ({
			name,
			...(description === '' || description === undefined ? {} : { description }),
			quantity,
			unit_price: unitPrice,
			...(taxRate === '' || taxRate === undefined ? {} : { tax_rate: taxRate }),
		}),
	);
}

function linesFromJson(item: Item): IDataObject[] {
	const given = item.param('lineItemsJson', '');
	const lines = typeof given === 'string' ? parsed(item, given) : given;
	if (!Array.isArray(lines)) {
		item.fail(
			`'Line Items (JSON)' must be a list of lines, got ${describe(lines)}`,
			'Put the lines in square brackets: [{"name": "Labor", "quantity": 16, "unit_price": 75}].',
		);
	}
	return lines as IDataObject[];
}

function parsed(item: Item, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		return item.fail(
			`'Line Items (JSON)' is not valid JSON: ${(error as Error).message}`,
			'Check quotes, commas and brackets. In an expression, give the list itself rather than text.',
		);
	}
}

/** Numbers go out as they were given; only the notation changes, where a spreadsheet gave text. */
function checkedLine(item: Item, number: number, line: unknown): IDataObject {
	if (typeof line !== 'object' || line === null || Array.isArray(line)) {
		item.fail(
			`Line ${number}: must have 'name', 'quantity' and 'unit_price', got ${describe(line)}`,
			'Write each line like {"name": "Labor", "quantity": 16, "unit_price": 75}.',
		);
	}
	const checked: IDataObject = { ...(line as IDataObject) };
	refuseMisspelt(item, number, checked);
	const { name } = checked;
	if ((typeof name !== 'string' && typeof name !== 'number') || String(name).trim() === '') {
		item.fail(`Line ${number}: 'name' is empty`, 'Say what the line charges for, e.g. Labor.');
	}
	checked.name = String(name);
	checked.quantity = numberOfLine(
		item,
		number,
		'quantity',
		checked.quantity,
		'greater than 0',
		(n) => n > 0,
	);
	checked.unit_price = numberOfLine(item, number, 'unit_price', checked.unit_price, '', () => true);
	if (checked.tax_rate === undefined || checked.tax_rate === null || checked.tax_rate === '') {
		delete checked.tax_rate;
	} else {
		checked.tax_rate = numberOfLine(
			item,
			number,
			'tax_rate',
			checked.tax_rate,
			'from 0 to 100 (percent)',
			(n) => n >= 0 && n <= 100,
		);
	}
	return checked;
}

/** What people write for a field of a line; BildOut would pass over it, and a line would go untaxed. */
const MISSPELT: Record<string, string> = {
	description: 'description',
	name: 'name',
	price: 'unit_price',
	quantity: 'quantity',
	tax: 'tax_rate',
	taxpercent: 'tax_rate',
	taxrate: 'tax_rate',
	unitprice: 'unit_price',
};

function refuseMisspelt(item: Item, number: number, line: IDataObject): void {
	for (const written of Object.keys(line)) {
		const field = MISSPELT[written.toLowerCase().replace(/[^a-z]/g, '')];
		if (field === undefined || field in line) continue;
		item.fail(
			`Line ${number}: '${written}' is not a field of a line`,
			`Spell it '${field}'. A line has 'name', 'description', 'quantity', 'unit_price' and 'tax_rate'.`,
		);
	}
}

function numberOfLine(
	item: Item,
	line: number,
	field: string,
	value: unknown,
	range: string,
	isInRange: (value: number) => boolean,
): number {
	const number = parseNumber(value);
	if (number === undefined || !isInRange(number)) {
		const wanted = ['a number', range].filter(Boolean).join(' ');
		item.fail(
			`Line ${line}: '${field}' must be ${wanted}, got ${describe(value)}`,
			number === undefined && value !== undefined && value !== null && value !== ''
				? 'Write it with digits and a decimal point only, e.g. 19.95, without a currency sign, percent sign or thousands separator.'
				: `Give the line a ${field.replace('_', ' ')} that is ${wanted}. If it comes from a list, check that the list has a field named exactly '${field}'.`,
		);
	}
	return number;
}

function describe(value: unknown): string {
	if (value === undefined) return 'nothing';
	return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
