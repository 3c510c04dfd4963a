import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import { PEOPLE } from './people.cts';

const bildout = bildOut();

/** A menu that an expression sets; the value comes from the input item. */
const chosen = (value: unknown) => ({ items: [{ chosen: value as string }] });
const CHOSEN = '={{ $json.chosen }}';

describe.each(PEOPLE)('$resource: create or update', ({ resource, path }) => {
	const upsert = (more: object) => ({
		resource,
		operation: 'upsert',
		name: 'Harbor View',
		...more,
	});

	it.each(['leave', 'Leave It as It Is', ' LEAVE it as it is '])(
		"'If It Exists' is understood as %j",
		async (value) => {
			const { id } = await bildout.create(path, { name: 'Harbor View', phone: '1' });
			const { json } = await bildout.succeed(
				upsert({ matchBy: 'name', ifExists: CHOSEN, additionalFields: { phone: '2' } }),
				chosen(value),
			);
			expect(json).toMatchObject([{ id, phone: '1', upsert: 'found' }]);
		},
	);

	it.each(['name', 'Name', 'NAME'])("'Match By' is understood as %j", async (value) => {
		const { id } = await bildout.create(path, { name: 'Harbor View' });
		const parameters = upsert({ matchBy: CHOSEN, email: 'other@example.com' });
		const { json } = await bildout.succeed(parameters, chosen(value));
		expect(json).toMatchObject([{ id, upsert: 'updated' }]);
	});

	it.each(['phone', '', null])("'Match By' cannot be %j", async (value) => {
		const parameters = upsert({ matchBy: CHOSEN, email: 'other@example.com' });
		await bildout.expectRefusal(
			parameters,
			/^'Match By' must be one of email, name, got /,
			chosen(value),
		);
	});

	it.each(['', ' ', '\u200b', null])('an email that is %j leads to the name', async (email) => {
		const parameters = upsert({ matchBy: 'email', email: CHOSEN });
		const { error } = await bildout.run(parameters, chosen(email));
		expect(error?.message).toBe("'Email' is empty");
		expect(error?.description).toMatch(/choose Name under 'Match By'\.$/);
		expect(await bildout.wire()).toEqual([]);
	});
});

it.each(['list', 'List', 'LIST'])("'Response' is understood as %j", async (value) => {
	const names = ['Harbor View', 'Summit Roofing'];
	for (const name of names) await bildout.create('/customers', { name });
	const { json } = await bildout.succeed(
		op('apiRequest send', { method: 'GET', path: '/customers', response: CHOSEN }),
		chosen(value),
	);
	expect(json.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

describe('line items', () => {
	const LINES = '[{"name": "Labor", "quantity": 2, "unit_price": 50}]';

	it.each(['json', 'JSON', ' Json'])("'Enter Line Items As' is understood as %j", async (value) => {
		const { id } = await bildout.create('/customers', { name: 'Harbor View' });
		await bildout.succeed(
			op('invoice create', {
				customerId: locator(id as string),
				dueDate: '2025-02-15',
				lineItemsInput: CHOSEN,
				lineItemsJson: LINES,
			}),
			chosen(value),
		);
		const [[, body]] = (await bildout.wire()).filter(([line]) => line === 'POST /invoices');
		expect(body).toMatchObject({ line_items: JSON.parse(LINES) });
	});

	it.each(['addJson', 'Add JSON', 'add json'])(
		"'Change Line Items' is understood as %j",
		async (value) => {
			const { id: client_id } = await bildout.create('/customers', { name: 'Harbor View' });
			const line = { name: 'Paint', quantity: 1, unit_price: 10 };
			const { id } = await bildout.create('/invoices', {
				client_id,
				due_date: '2025-02-15',
				line_items: [line],
			});
			await bildout.succeed(
				onOne('invoice update', id, { lineItemsInput: CHOSEN, lineItemsJson: LINES }),
				chosen(value),
			);
			const { line_items } = await bildout.read(`/invoices/${id}`);
			expect(line_items).toMatchObject([{ name: 'Paint' }, { name: 'Labor' }]);
		},
	);
});

it.each(['invoice', 'Invoice', 'INVOICE'])("'Group By' is understood as %j", async (value) => {
	const { json } = await bildout.succeed(
		op('invoice getReceivables', { groupBy: CHOSEN }),
		chosen(value),
	);
	expect(json.length).toBeGreaterThan(1);
	for (const record of json) expect(record).toHaveProperty('invoice_number');
});
