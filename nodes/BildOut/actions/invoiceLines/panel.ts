import type { INodeProperties } from 'n8n-workflow';

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

// Text, because a number starts as 0: a price that nobody entered would bill the line as free, and a tax
// rate that nobody entered would take the place of the account's own.
const unitPrice: INodeProperties = {
	displayName: 'Unit Price',
	name: 'unitPrice',
	type: 'string',
	default: '',
	placeholder: 'e.g. 75',
	description:
		"The price of one unit before tax, in the invoice's currency. Negative for a credit, 0 for a line that costs nothing.",
};

const taxRate: INodeProperties = {
	displayName: 'Tax Rate (%)',
	name: 'taxRate',
	type: 'string',
	default: '',
	placeholder: 'e.g. 8.5',
	description:
		'Tax on this line in percent: 8.5 means 8.5%. A percent cell of a spreadsheet gives 0.085: multiply it by 100. 0 for no tax. Leave empty to let BildOut decide.',
};

const rows: INodeProperties = {
	displayName: 'Line Items',
	name: 'lineItems',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add line item',
	default: {},
	displayOptions: { show: { lineItemsInput: ['rows', 'addRows'] } },
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
	displayOptions: { show: { lineItemsInput: ['json', 'addJson'] } },
	hint: 'Example: [{"name": "Labor", "quantity": 16, "unit_price": 75, "tax_rate": 8.5}]',
	description:
		'A list of lines, each with "name", "quantity" and "unit_price", and if you like "description" and "tax_rate" (8.5 means 8.5%). Any other field of BildOut goes under "custom_fields", for example "custom_fields": {"sku": "A-1"}. An expression that returns such a list works too. The node runs once for each input item: to make one invoice of all items with $input.all(), turn on Execute Once in its Settings.',
};

export const enterAs: INodeProperties = {
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
				'A list from an expression. For one line per row of a spreadsheet, turn on Execute Once in the Settings.',
		},
	],
};

/** The line item parameters of a new invoice. */
export const newLineItems: INodeProperties[] = [
	{ ...enterAs, default: 'rows', displayOptions: { show: { '@tool': [false] } } },
	// A model cannot add rows, but it can write a list.
	{ ...enterAs, default: 'json', displayOptions: { show: { '@tool': [true] } } },
	rows,
	json,
];

export const changeAs: INodeProperties = {
	displayName: 'Change Line Items',
	name: 'lineItemsInput',
	type: 'options',
	default: 'keep',
	options: [
		{
			name: 'Add JSON',
			value: 'addJson',
			description: 'The lines of the invoice stay, and a list from an expression is added',
		},
		{
			name: 'Add Rows',
			value: 'addRows',
			description: 'The lines of the invoice stay, and the lines below are added',
		},
		{ name: 'No, Keep Them', value: 'keep', description: 'The lines of the invoice stay' },
		{
			name: 'Replace with JSON',
			value: 'json',
			description: 'A list from an expression takes the place of all lines of the invoice',
		},
		{
			name: 'Replace with Rows',
			value: 'rows',
			description: 'The lines below take the place of all lines of the invoice',
		},
	],
};

/** The line item parameters of an invoice that exists. */
export const changedLineItems: INodeProperties[] = [changeAs, rows, json];
