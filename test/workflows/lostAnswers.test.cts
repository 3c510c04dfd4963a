import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { NodeRun } from '../support/node-runs.cts';
import type { Fault } from '../support/sandbox.cts';

/** A write whose answer got lost, with a BildOut that knows no Idempotency-Key, and Retry On Fail. */
const bildout = bildOut();

beforeEach(async () => await bildout.control.config({ quirks: { idempotency: false } }));

const retrying = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } };
const create = op('customer create', {
	name: '={{ $json.name }}',
	additionalFields: { phone: '={{ $json.phone }}' },
});
const people = ['A', 'B', 'C'].map((name) => ({ name, phone: '(303) 555-0142' }));

const fault = async (kind: Fault['kind'], more: Partial<Fault> = {}) =>
	await bildout.control.fault({ kind, method: 'POST', path: '^/api/', times: 1, ...more });

const created = async () =>
	(await bildout.list('/customers?limit=100'))
		.filter(({ phone }) => phone === '(303) 555-0142')
		.map(({ name }) => name)
		.sort();

const writes = async () => (await bildout.calls()).filter(({ method }) => method !== 'GET').length;

const AGE_MS = 11 * 60_000;

/** What n8n kept of a failed run, as if the answer had got lost some time ago. */
function aged(failed: NodeRun): NodeRun {
	const { executionData } = failed.run.data;
	const before = JSON.stringify(executionData!.contextData);
	const after = before.replace(
		/"unconfirmedSince":(\d+)/g,
		(_, at) => `"unconfirmedSince":${at - AGE_MS}`,
	);
	expect(after).not.toBe(before);
	executionData!.contextData = JSON.parse(after);
	return failed;
}

describe('a create whose answer got lost', () => {
	it('is taken for done when the record is there', async () => {
		await fault('drop_after');
		const { json } = await bildout.succeed(create, { items: people, ...retrying });
		expect(json.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
		expect(await created()).toEqual(['A', 'B', 'C']);
		expect(await writes()).toBe(3);
	});

	it('is not sent again when the record is not there', async () => {
		await fault('drop_before');
		const { error } = await bildout.run(create, { items: people, ...retrying });
		expect(error?.message).toMatch(/^An earlier attempt may have created the customer/);
		expect(error?.description).toMatch(/^Nothing was sent again/);
		expect(await writes()).toBe(1);
		expect(await created()).toEqual([]);
	});

	it('is not sent again when several records are like it', async () => {
		await fault('drop_after');
		const failed = await bildout.run(create, { items: people });
		await bildout.create('/customers', people[0]);
		const { error } = await bildout.retry(failed, create, { items: people });
		expect(error?.message).toMatch(/BildOut has 2 like it: A \(ID .*\), A \(ID /);
		expect(await created()).toEqual(['A', 'A']);
	});

	it('is not taken for a record that another item created, or that is older', async () => {
		const twice = [people[0], people[0]];
		await fault('drop_before', { times: 1 });
		const { json } = await bildout.run(create, {
			items: twice,
			node: { ...retrying.node, onError: 'continueRegularOutput' },
		});
		expect(json[0].error).toMatch(/^An earlier attempt may have created the customer/);
		expect(json[1]).toMatchObject({ name: 'A' });
		expect(await created()).toEqual(['A']);
	});

	it('is found by its lines too, where it is an invoice', async () => {
		const [customer] = await bildout.list('/customers?limit=1');
		const invoice = op('invoice create', {
			customerId: locator(String(customer.id)),
			dueDate: '2025-02-15',
			lineItemsInput: 'json',
			lineItemsJson: '={{ [{ name: $json.name, quantity: 16, unit_price: 75.333 }] }}',
		});
		await fault('drop_after');
		const { json } = await bildout.succeed(invoice, { items: people, ...retrying });
		expect(json).toHaveLength(3);
		expect(await writes()).toBe(3);
		expect(new Set(json.map(({ id }) => id)).size).toBe(3);
	});

	it.each([
		['moment', 0],
		['moment', 5],
		['day', 0],
		['local', 0],
		['seconds', 0],
		['missing', 0],
	] as const)(
		'is there once, also much later, where BildOut writes created_at as %s, with a clock %d minutes behind',
		async (createdAt, behind) => {
			await bildout.control.config({ quirks: { createdAt } });
			await bildout.control.setClock(new Date(Date.now() - AGE_MS - behind * 60_000).toISOString());
			await fault('drop_after');
			const items = [people[0]];
			const failed = await bildout.run(create, { items });
			const { json, error } = await bildout.retry(aged(failed), create, { items });
			const isExact = ['moment', 'seconds'].includes(createdAt) && behind === 0;
			if (isExact) expect(json).toMatchObject([{ name: 'A' }]);
			else expect(error?.message).toMatch(/may have created .* BildOut has 1 like it: A \(ID /);
			expect(await created()).toEqual(['A']);
			expect(await writes()).toBe(1);
		},
	);

	it.each(['drop_after', 'drop_before'] as const)(
		'is sent again much later only where no record is like it: %s',
		async (kind) => {
			await bildout.control.setClock(new Date(Date.now() - AGE_MS).toISOString());
			await fault(kind);
			const items = [people[0]];
			const failed = await bildout.run(create, { items });
			const [made] = (await bildout.list('/customers?limit=100')).filter(
				({ name }) => name === 'A',
			);
			// BildOut may keep values in a form of its own.
			if (made) {
				await bildout.write('PUT', `/customers/${made.id}`, { name: 'A', phone: '+13035550142' });
			}
			const { json, error } = await bildout.retry(aged(failed), create, { items });
			if (made) expect(error?.message).toMatch(/BildOut has 1 like it: A \(ID /);
			else expect(json).toMatchObject([{ name: 'A' }]);
			const all = await bildout.list('/customers?limit=100');
			expect(all.filter(({ name }) => name === 'A')).toHaveLength(1);
		},
	);
});

describe('an update whose answer got lost', () => {
	it('is done again, and what followed it on the same record too', async () => {
		const { id } = await bildout.create('/customers', people[0]);
		await fault('drop_after', { method: 'PUT' });
		const { json } = await bildout.run(
			onOne('customer update', id, { updateFields: { phone: '={{ $json.phone }}' } }),
			{
				items: [{ phone: '1' }, { phone: '2' }],
				node: { ...retrying.node, onError: 'continueRegularOutput' },
			},
		);
		expect(json.map(({ phone }) => phone)).toEqual(['1', '2']);
		expect(await bildout.read(`/customers/${id}`)).toMatchObject({ phone: '2' });
	});
});

it('lines that are added by an update whose answer got lost are there once for each item', async () => {
	const [{ id }] = await bildout.list('/invoices?limit=1');
	const lines = async () => (await bildout.read(`/invoices/${id}`)).line_items as unknown[];
	const before = await lines();
	await fault('drop_after', { method: 'PUT' });
	await bildout.succeed(
		onOne('invoice update', id, {
			lineItemsInput: 'addJson',
			lineItemsJson: JSON.stringify([{ name: 'Extra', quantity: 1, unit_price: 10 }]),
		}),
		{ items: [{}, {}], ...retrying },
	);
	expect(await lines()).toHaveLength(before.length + 2);
});
