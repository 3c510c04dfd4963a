import type { IDataObject } from 'n8n-workflow';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** Values as expressions, spreadsheets and AI agents give them, where the panel gives others. */
const bildout = bildOut();

const given = '={{ $json.value }}';

let customer: JsonObject;

beforeEach(async () => {
	customer = await bildout.create('/customers', {
		name: 'Harbor View Homes',
		email: 'office@harborviewhomes.example',
		phone: '1',
	});
});

const update = (more: object) =>
	onOne('customer update', customer.id, { updateFields: { phone: '2' }, ...more });

const withValue = (value: unknown) => ({ items: [{ value }] as IDataObject[] });

describe('a switch', () => {
	it.each([
		['false', 'office@harborviewhomes.example'],
		['', 'office@harborviewhomes.example'],
		[null, 'office@harborviewhomes.example'],
		['FALSE', 'office@harborviewhomes.example'],
		['true', null],
		['TRUE', null],
		['yes', null],
		[1, null],
	])('that is %j does what it says', async (value, email) => {
		const options = { sendOnlyGivenFields: given };
		const parameters = update({ options, updateFields: { name: 'Harbor', phone: '2' } });
		await bildout.run(parameters, withValue(value));
		expect(await bildout.read(`/customers/${customer.id}`)).toMatchObject({ email, phone: '2' });
	});

	it('that is neither on nor off is named before anything is sent', async () => {
		const parameters = update({ options: { sendOnlyGivenFields: given } });
		await bildout.expectRefusal(
			parameters,
			"'Send Only Given Fields' must be true or false, got 'perhaps'",
			withValue('perhaps'),
		);
	});

	it('makes a list whole, and simple', async () => {
		await bildout.control.seed({ customers: 70 });
		const { json } = await bildout.run(
			op('customer getAll', { returnAll: given, simplify: given }),
			withValue('true'),
		);
		expect(json.length).toBeGreaterThan(100);
		expect(json.filter((record) => Object.keys(record).length !== 10)).toEqual([]);
	});
});

describe('fields to clear', () => {
	it.each(['email, phone', '["email", "phone"]'])('may come as text: %s', async (value) => {
		const { json } = await bildout.run(
			update({ clearFields: given, updateFields: { name: 'Harbor' } }),
			withValue(value),
		);
		expect(json).toMatchObject([{ name: 'Harbor', email: null, phone: null }]);
	});

	it('are named where there is no such field, before anything is sent', async () => {
		const { error } = await bildout.run(update({ clearFields: given }), withValue(['fax']));
		expect(error?.message).toBe("'Clear Fields' has no 'fax'");
		expect(error?.description).toMatch(/^It has email, phone, address\./);
		expect(await bildout.wire()).toEqual([]);
	});
});

describe('a field that a record is not without', () => {
	const invoice = (more: object) => onOne('invoice update', 'i1', { ...more });

	it.each<[string, () => object]>([
		['Name', () => update({ updateFields: { name: given } })],
		['Due Date', () => invoice({ updateFields: { dueDate: given } })],
	])('is not emptied: %s', async (label, parameters) => {
		await bildout.expectRefusal(parameters(), `'${label}' cannot be emptied`, withValue(null));
	});

	it.each<[string, () => object]>([
		['name', () => update({ clearFields: ['name'] })],
		['due_date', () => invoice({ clearFields: ['due_date'] })],
		['client_id', () => invoice({ clearFields: ['client_id'] })],
	])('is not cleared: %s', async (field, parameters) => {
		await bildout.expectRefusal(parameters(), `'Clear Fields' has no '${field}'`);
	});

	it('is not written as an empty text', async () => {
		await bildout.expectRefusal(
			update({ updateFields: { name: given } }),
			"'Name' is empty",
			withValue(' '),
		);
	});

	it('is not offered where fields are emptied', () => {
		const { description } = bildout.engine.nodeTypes.getByNameAndVersion(
			'n8n-nodes-bildout.bildOut',
		);
		const offered = description.properties
			.filter(({ name }) => name === 'clearFields')
			.flatMap(({ options }) => (options as Array<{ value: string }>).map(({ value }) => value));
		expect(offered).toContain('notes');
		for (const field of ['name', 'due_date']) expect(offered).not.toContain(field);
	});
});

it('takes the spaces, and what a link puts before an address, from what a person is known by', async () => {
	const { json } = await bildout.run(
		op('customer create', {
			name: ' Ace Roofing\u00a0',
			additionalFields: { email: ' mailto:Pay@Ace.example ', phone: '\u00a0+1 303 555 0142 ' },
		}),
	);
	const body = { name: 'Ace Roofing', email: 'Pay@Ace.example', phone: '+1 303 555 0142' };
	expect(await bildout.wire()).toEqual([['POST /customers', body]]);
	const found = await bildout.run(
		op('customer get', { customerId: locator(given, 'email'), simplify: false }),
		withValue('mailto:pay@ace.example'),
	);
	expect(found.json).toEqual(json);
});

describe('a record', () => {
	const project = (customerId: unknown) =>
		op('project create', { name: 'Deck', additionalFields: { customerId } });

	it('that is a whole record is refused rather than left out', async () => {
		await bildout.expectRefusal(
			project(locator(given)),
			`'{"id":"c1"}' under 'Customer' is not the ID of a customer`,
			withValue({ id: 'c1' }),
		);
	});

	it('may be a number', async () => {
		const { error } = await bildout.run(onOne('customer get', given), withValue(12));
		expect(error).toMatchObject({ httpCode: '404' });
		expect(await bildout.wire()).toEqual([['GET /customers/12']]);
	});

	it.each([null, '', ' ', '\u00a0', '\u200b'])(
		'that is %p stays out where it need not be',
		async (value) => {
			await bildout.run(project(locator(given)), withValue(value));
			expect(await bildout.wire()).toEqual([['POST /projects', { name: 'Deck' }]]);
		},
	);
});

it('refuses a number too large to be one', async () => {
	await bildout.expectRefusal(
		op('project create', { name: 'Deck', additionalFields: { budget: given } }),
		"'Budget' must be a number, got '1e999'",
		withValue('1e999'),
	);
});

describe('a filter', () => {
	it('takes a status in upper or lower case', async () => {
		const active = await bildout.list('/projects?limit=100');
		const { json } = await bildout.run(
			op('project getAll', {
				simplify: false,
				returnAll: true,
				filters: { status: 'Active, COMPLETED' },
			}),
		);
		expect(json).toEqual(
			active.filter(({ status }) => ['active', 'completed'].includes(status as string)),
		);
		expect(json.length).toBeGreaterThan(0);
	});

	it.each([
		['America/Denver', true],
		['Pacific/Auckland', true],
	])('that ends with a day takes in all of it, in %s', async (timezone, isThere) => {
		const today = new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(new Date());
		const { json } = await bildout.run(
			op('customer getAll', { returnAll: true, filters: { createdFrom: given, createdTo: given } }),
			{ ...withValue(today), settings: { timezone } },
		);
		expect(json.some(({ id }) => id === customer.id)).toBe(isThere);
	});

	it('refuses a Date that is none', async () => {
		const { error } = await bildout.run(
			op('customer getAll', { filters: { createdFrom: "={{ new Date('soon') }}" } }),
		);
		expect(error?.message).toContain("'Created From'");
		expect(await bildout.wire()).toEqual([]);
	});

	it.each([
		['customerId', { __rl: true, mode: 'id', value: '={{ $json.misspelt }}' }, 'Customer'],
		['status', '={{ $json.misspelt }}', 'Status'],
		['minTotal', '={{ $json.empty }}', 'Min Total'],
	])(
		'whose expression yields nothing does not let everything through: %s',
		async (name, value, label) => {
			await bildout.expectRefusal(
				op('invoice getAll', { filters: { [name]: value } }),
				`The expression for filter '${label}' returned no value`,
				{ items: [{ empty: '' }] },
			);
		},
	);

	it.each([
		['invoice', 'minTotal', 'maxTotal'],
		['payment', 'minAmount', 'maxAmount'],
		['project', 'minBudget', 'maxBudget'],
	])('of an amount does not filter while it is 0, of an %s', async (resource, least, most) => {
		if (resource === 'project') await bildout.create('/projects', { name: 'No Budget' });
		const { json } = await bildout.run({
			resource,
			operation: 'getAll',
			returnAll: true,
			filters: { [least]: 0, [most]: 0 },
		});
		expect(json).toEqual(
			(await bildout.run({ resource, operation: 'getAll', returnAll: true })).json,
		);
		expect(json.length).toBeGreaterThan(1);
	});

	it('of an amount that an expression works out to be 0 filters', async () => {
		const { json } = await bildout.run(
			op('invoice getAll', { filters: { maxTotal: given } }),
			withValue(0),
		);
		expect(json).toEqual([]);
	});

	it('of a text is no list', async () => {
		await bildout.expectRefusal(
			op('invoice getAll', { filters: { search: given } }),
			`'Search' must be text, got ["a"]`,
			withValue(['a']),
		);
	});

	it('that was added and left empty does not filter', async () => {
		const { json } = await bildout.run(
			op('customer getAll', { limit: 3, filters: { search: '', createdFrom: '' } }),
		);
		expect(json).toHaveLength(3);
	});
});
