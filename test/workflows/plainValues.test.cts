import type { IDataObject } from 'n8n-workflow';
import { bildOut, locator } from '../support/bildout.cts';
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

const update = (more: object) => ({
	resource: 'customer',
	operation: 'update',
	customerId: locator(customer.id as string),
	updateFields: { phone: '2' },
	...more,
});

const withValue = (value: unknown) => ({ items: [{ value }] as IDataObject[] });

describe('a switch', () => {
	it.each([
		['false', 'office@harborviewhomes.example'],
		['', 'office@harborviewhomes.example'],
		[null, 'office@harborviewhomes.example'],
		['true', null],
	])('that is %j does what it says', async (value, email) => {
		const options = { sendOnlyGivenFields: given };
		const parameters = update({ options, updateFields: { name: 'Harbor', phone: '2' } });
		await bildout.run(parameters, withValue(value));
		expect(await bildout.read(`/customers/${customer.id}`)).toMatchObject({ email, phone: '2' });
	});

	it('that is neither on nor off is named before anything is sent', async () => {
		const parameters = update({ options: { sendOnlyGivenFields: given } });
		const { error } = await bildout.run(parameters, withValue('perhaps'));
		expect(error?.message).toBe("'Send Only Given Fields' must be true or false, got 'perhaps'");
		expect(await bildout.wire()).toEqual([]);
	});

	it('makes a list whole, and simple', async () => {
		await bildout.control.seed({ customers: 70 });
		const { json } = await bildout.run(
			{ resource: 'customer', operation: 'getAll', returnAll: given, simplify: given },
			withValue('true'),
		);
		expect(json.length).toBeGreaterThan(100);
		expect(Object.keys(json[0])).toHaveLength(10);
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

describe('a record', () => {
	const project = (customerId: unknown) => ({
		resource: 'project',
		operation: 'create',
		name: 'Deck',
		additionalFields: { customerId },
	});

	it('that is a whole record is refused rather than left out', async () => {
		const { error } = await bildout.run(project(locator(given)), withValue({ id: 'c1' }));
		expect(error?.message).toBe(`'{"id":"c1"}' under 'Customer' is not the ID of a customer`);
		expect(await bildout.wire()).toEqual([]);
	});

	it('may be a number', async () => {
		const { error } = await bildout.run(
			{ resource: 'customer', operation: 'get', customerId: locator(given) },
			withValue(12),
		);
		expect(error).toMatchObject({ httpCode: '404' });
		expect(await bildout.wire()).toEqual([['GET /customers/12']]);
	});

	it.each([undefined, null, ''])('that is %p stays out where it need not be', async (value) => {
		await bildout.run(project(locator(given)), withValue(value));
		expect(await bildout.wire()).toEqual([['POST /projects', { name: 'Deck' }]]);
	});
});

it('refuses a number too large to be one', async () => {
	const { error } = await bildout.run(
		{ resource: 'project', operation: 'create', name: 'Deck', additionalFields: { budget: given } },
		withValue('1e999'),
	);
	expect(error?.message).toBe("'Budget' must be a number, got '1e999'");
	expect(await bildout.wire()).toEqual([]);
});

describe('a filter', () => {
	it('takes a status in upper or lower case', async () => {
		const active = await bildout.list('/projects?limit=100');
		const { json } = await bildout.run({
			resource: 'project',
			operation: 'getAll',
			returnAll: true,
			filters: { status: 'Active, COMPLETED' },
		});
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
			{
				resource: 'customer',
				operation: 'getAll',
				returnAll: true,
				filters: { createdFrom: given, createdTo: given },
			},
			{ ...withValue(today), settings: { timezone } },
		);
		expect(json.some(({ id }) => id === customer.id)).toBe(isThere);
	});

	it('refuses a Date that is none', async () => {
		const { error } = await bildout.run({
			resource: 'customer',
			operation: 'getAll',
			filters: { createdFrom: "={{ new Date('soon') }}" },
		});
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
			const { error } = await bildout.run(
				{ resource: 'invoice', operation: 'getAll', filters: { [name]: value } },
				{ items: [{ empty: '' }] },
			);
			expect(error?.message).toBe(`The expression of the filter '${label}' yields nothing`);
			expect(await bildout.wire()).toEqual([]);
		},
	);

	it('that was added and left empty does not filter', async () => {
		const { json } = await bildout.run({
			resource: 'customer',
			operation: 'getAll',
			limit: 3,
			filters: { search: '', createdFrom: '' },
		});
		expect(json).toHaveLength(3);
	});
});
