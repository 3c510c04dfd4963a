import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

const project = (additionalFields: object) =>
	op('project create', { name: 'Deck', additionalFields });

const invoice = (additionalFields: object) =>
	op('invoice create', {
		customerId: '00000000-0000-4000-8000-000000000000',
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: '[{"name": "Labor", "quantity": 1, "unit_price": 1}]',
		additionalFields,
	});

/** A value from the input item, as an expression gives it. */
const given = '={{ $json.value }}';

describe('a value that a field cannot hold is named before anything is sent', () => {
	it.each<[string, object, unknown, RegExp]>([
		['number', project({ budget: given }), '$5,000', /^'Budget' must be a number, got '\$5,000'$/],
		['number', project({ budget: given }), true, /^'Budget' must be a number/],
		[
			'text',
			project({ description: given }),
			{ a: 1 },
			/^'Description' must be text, got \{"a":1\}$/,
		],
		['date', project({ startDate: given }), 'soon', /^'Start Date' must be a date/],
		[
			'text that is no number',
			project({ description: '={{ 1 * "x" }}' }),
			'',
			/^'Description' must be text, got NaN/,
		],
		[
			'record',
			project({ customerId: locator(given) }),
			'a/b',
			/^'a\/b' under 'Customer' is not the ID of a customer/,
		],
		[
			'boolean',
			invoice({ allowPartial: given }),
			'perhaps',
			/^'Allow Partial.*' must be true or false/,
		],
		[
			'currency',
			invoice({ currency: given }),
			'dollars',
			/^'Currency' must be the three-letter code/,
		],
		[
			'timeout',
			{ ...project({}), options: { timeout: given } },
			0,
			/^'Timeout \(Seconds\)' must be a whole number/,
		],
		[
			'number of many digits',
			project({ budget: given }),
			'12345678901234567.89',
			/^'Budget' has more/,
		],
		['list', project({ description: given }), ['a'], /^'Description' must be text, got \["a"\]$/],
		['retries', { ...project({}), options: { maxRetries: given } }, -1, /^'Max Retries' must be/],
	])('%s', async (_, parameters, value, message) => {
		await bildout.expectRefusal(parameters, message, { items: [{ value: value as string }] });
	});
});

describe('what an expression gives', () => {
	const sent = async (additionalFields: object, item: object): Promise<JsonObject> => {
		await bildout.succeed(project(additionalFields), { items: [item as never] });
		const calls = await bildout.wire();
		expect(calls).toHaveLength(1);
		const [, { name: _, ...body }] = calls[0] as [string, JsonObject];
		return body;
	};

	it.each<[unknown, JsonObject]>([
		['48500.50', { budget: 48500.5 }],
		[' 48500 ', { budget: 48500 }],
		['1e3', { budget: 1000 }],
		[0, { budget: 0 }],
		['', {}],
		[null, {}],
	])('%j is a budget of %j', async (value, body) => {
		expect(await sent({ budget: given }, { value })).toEqual(body);
	});

	it.each<[unknown, JsonObject]>([
		['Cabinets', { description: 'Cabinets' }],
		[42, { description: '42' }],
		['', {}],
		[null, {}],
	])('%j is a description of %j', async (value, body) => {
		expect(await sent({ description: given }, { value })).toEqual(body);
	});

	it.each([
		['Budget', { budget: given }],
		['Description', { description: given }],
		['Start Date', { startDate: given }],
		['Status', { status: given }],
		['Customer', { customerId: given }],
		['Customer', { customerId: locator(given) }],
		["Address': 'city", { address: { city: given } }],
	])('is refused where it is undefined, as a misspelt field is: %s', async (label, fields) => {
		await bildout.expectRefusal(
			project(fields),
			`The expression for '${label}' returned no value`,
			{ items: [{ valeu: '1' }] },
		);
	});
});
