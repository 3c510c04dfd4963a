import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

/** The editor's Retry makes a new execution, which may run in another process, of one that failed. */
const bildout = bildOut();

const create = op('customer create', {
	name: '={{ $json.name }}',
	additionalFields: { email: "={{ $json.email ?? '' }}" },
});
const people = ['First', 'Second', 'Third', 'Fourth'].map((name) => ({ name }));
const withFault = people.map(({ name }) =>
	name === 'Third' ? { name, email: 'no email' } : { name },
);

const posts = async () =>
	(await bildout.calls())
		.filter(({ method }) => method === 'POST')
		.map(({ json, headers }) => ({
			name: (json as { name: string }).name,
			key: headers['idempotency-key'],
		}));
const names = async () => (await posts()).map(({ name }) => name);

describe('Retry from the editor', () => {
	it('goes on where it failed', async () => {
		const failed = await bildout.run(create, { items: withFault });
		expect(failed.error?.message).toMatch(/email/);
		const { json, error } = await bildout.retry(failed, create, { items: withFault });
		expect(error?.message).toMatch(/email/);
		expect(json).toEqual([]);
		const sent = await posts();
		expect(sent.map(({ name }) => name)).toEqual(['First', 'Second']);
	});

	it('writes nothing twice after the workflow was mended, and hands out every record', async () => {
		const failed = await bildout.run(create, { items: withFault });
		const other = { ...create, additionalFields: {} };
		const { json, error } = await bildout.retry(failed, other, { items: withFault });
		expect(error).toBeUndefined();
		expect(json.map(({ name }) => name)).toEqual(people.map(({ name }) => name));
		const sent = await posts();
		expect(sent.map(({ name }) => name)).toEqual(['First', 'Second', 'Third', 'Fourth']);
	});

	it('does anew what now asks for something else', async () => {
		const failed = await bildout.run(create, { items: withFault });
		const other = { ...create, name: '={{ $json.name }} Ltd', additionalFields: {} };
		const { error } = await bildout.retry(failed, other, { items: withFault });
		expect(error).toBeUndefined();
		expect(await names()).toEqual(['First', 'Second', ...people.map(({ name }) => `${name} Ltd`)]);
		expect(new Set((await posts()).map(({ key }) => key)).size).toBe(6);
	});

	it('does anew what now goes to another account', async () => {
		const failed = await bildout.run(create, { items: withFault });
		const credential = await bildout.connect();
		const mended = { ...create, additionalFields: {} };
		const { error } = await bildout.retry(failed, mended, { items: withFault, credential });
		expect(error).toBeUndefined();
		expect(await names()).toEqual(['First', 'Second', ...people.map(({ name }) => name)]);
	});

	it('takes an expression that holds the time for the same', async () => {
		const timed = { ...create, name: '={{ $json.name }} {{ $now.toMillis() }}' };
		const failed = await bildout.run(timed, { items: withFault });
		await bildout.retry(failed, timed, { items: withFault });
		expect((await names()).map((name) => name.split(' ')[0])).toEqual(['First', 'Second']);
	});

	it('goes on in the right round of a loop', async () => {
		const name = "={{ $runIndex === 1 ? '' : 'Round ' + $runIndex }}";
		const failed = await bildout.run({ ...create, name }, { rounds: 3 });
		expect(failed.error?.message).toBe("'Name' is empty");
		const { error } = await bildout.retry(
			failed,
			{ ...create, name: '=Round {{ $runIndex }}' },
			{ rounds: 3 },
		);
		expect(error).toBeUndefined();
		expect(await names()).toEqual(['Round 0', 'Round 1', 'Round 2']);
		expect(new Set((await posts()).map(({ key }) => key)).size).toBe(3);
	});

	it('deletes and updates nothing twice', async () => {
		const made = await Promise.all(
			people.map(async (body) => await bildout.create('/customers', body)),
		);
		const items = [...made.map(({ id }) => ({ id: String(id) })), { id: 'gone' }];
		for (const operation of ['update', 'delete']) {
			await bildout.control.clearRequests();
			const parameters = {
				resource: 'customer',
				operation,
				customerId: locator('={{ $json.id }}'),
				updateFields: { phone: '1' },
			};
			const failed = await bildout.run(parameters, { items });
			expect(failed.error?.message).toMatch(/gone/);
			await bildout.retry(failed, parameters, { items });
			const written = (await bildout.calls())
				.filter(({ method, path }) => method !== 'GET' && !path.endsWith('gone'))
				.map(({ path }) => path);
			expect(written).toHaveLength(people.length);
		}
	});

	it('keeps no records with an execution that ended well', async () => {
		const { run } = await bildout.run(create, { items: people, rounds: 2 });
		expect(run.data.executionData?.contextData['node:BildOut']).toMatchObject({ bildOut: [] });
	});
});
