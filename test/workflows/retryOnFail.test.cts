import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

/** n8n's Retry On Fail runs the node again for all items when one of them fails. */
const bildout = bildOut();

const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const create = op('customer create', { name: '={{ $json.name }}' });
const people = [{ name: 'First' }, { name: 'Second' }, { name: 'Third' }];

const writes = async () =>
	(await bildout.calls())
		.filter(({ method }) => method !== 'GET')
		.map(({ method, json, path }) => [
			method,
			method === 'DELETE' ? path : (json as { name: string }).name,
		]);

describe('Retry On Fail', () => {
	it('creates each record once, and hands out every one of them', async () => {
		// The fault lets the first create pass: it strikes the second, whose body names it.
		await bildout.run(create, { items: [{ name: 'Zeroth' }] });
		await bildout.control.clearRequests();
		const failing = { ...create, additionalFields: { email: "={{ $json.email ?? '' }}" } };
		const { json, error } = await bildout.run(failing, {
			items: [
				{ name: 'First' },
				{ name: 'Second', email: 'no..dots@ace.example' },
				{ name: 'Third' },
			],
			node: retrying,
		});
		expect(json).toEqual([]);
		expect(error?.message).toMatch(/email/);
		expect(await writes()).toEqual([
			['POST', 'First'],
			['POST', 'Second'],
			['POST', 'Second'],
			['POST', 'Second'],
		]);
		expect(await bildout.list('/customers?search=First')).toHaveLength(1);
	});

	it('goes on where it failed, in the order of the items', async () => {
		const first = await bildout.create('/customers', { name: 'Taken' });
		await bildout.control.fault({
			kind: 'status',
			status: 500,
			method: 'DELETE',
			path: `^/api/v1/customers/${String(first.id)}`,
			times: 1,
		});
		const others = await Promise.all(
			people.map(async (body) => await bildout.create('/customers', body)),
		);
		const all = [...others, first].map(({ id }) => String(id));
		await bildout.control.clearRequests();
		const { json } = await bildout.succeed(onOne('customer delete', '={{ $json.id }}'), {
			items: all.map((id) => ({ id })),
			node: retrying,
		});
		expect(json).toEqual(all.map((id) => ({ deleted: true, id })));
		const deleted = (await writes()).map(([, path]) => String(path).split('/').pop());
		expect(deleted).toHaveLength(all.length + 1);
		expect(deleted.filter((id) => id === String(first.id))).toHaveLength(2);
	});

	it('writes nothing twice where items that fail go on, the first of them first', async () => {
		const failing = { ...create, additionalFields: { email: "={{ $json.email ?? '' }}" } };
		const { json } = await bildout.run(failing, {
			items: [{ name: 'Faulty', email: 'no..dots@ace.example' }, ...people],
			node: { ...retrying, onError: 'continueRegularOutput' },
		});
		expect(json.map(({ name, error }) => name ?? typeof error)).toEqual([
			'string',
			'First',
			'Second',
			'Third',
		]);
		const written = (await writes()).map(([, name]) => name);
		expect(written.filter((name) => name !== 'Faulty')).toEqual(['First', 'Second', 'Third']);
		expect(written.length).toBeGreaterThan(4);
	});

	it('does not call what the run itself deleted gone', async () => {
		const made = await Promise.all(
			people.map(async (body) => await bildout.create('/customers', body)),
		);
		const ids = made.map(({ id }) => String(id));
		const { json } = await bildout.run(onOne('customer delete', '={{ $json.id }}'), {
			items: ['gone', ...ids].map((id) => ({ id })),
			node: { ...retrying, onError: 'continueRegularOutput' },
		});
		expect(json[0].error).toMatch(/was not found/);
		expect(json.slice(1)).toEqual(ids.map((id) => ({ deleted: true, id })));
	});

	it('forgets what a run wrote that did not fail', async () => {
		await bildout.run(create, { items: people, executionId: 'e-1' });
		await bildout.run(create, { items: people, executionId: 'e-1' });
		expect(await writes()).toHaveLength(6);
	});
});
