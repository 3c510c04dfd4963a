import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();
const byHand = scriptedServer();

type Rule = { field: string; direction: string };

async function sorted(resource: string, ...rule: Rule[]) {
	const { json } = await bildout.succeed({
		resource,
		operation: 'getAll',
		simplify: false,
		returnAll: true,
		sort: { rule },
	});
	return json;
}

it('sorts numbers as numbers, in both directions', async () => {
	const totals = async (direction: string) =>
		(await sorted('invoice', { field: 'total', direction })).map(({ total }) => total as number);
	const ascending = await totals('asc');
	expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
	expect(await totals('desc')).toEqual([...ascending].reverse());
});

it('takes a label for the field, and a direction in any case', async () => {
	const byValue = await sorted('invoice', { field: 'due_date', direction: 'desc' });
	expect(await sorted('invoice', { field: 'Due Date', direction: 'Descending' })).toEqual(byValue);
	const { error } = await bildout.run(
		op('invoice getAll', { sort: { rule: [{ field: 'due_date', direction: 'down' }] } }),
	);
	expect(error?.message).toContain("'Direction' must be one of asc, desc, got 'down'");
});

it('sorts where the first rule ties by the second', async () => {
	const vendors = await sorted(
		'vendor',
		{ field: 'type', direction: 'asc' },
		{ field: 'name', direction: 'desc' },
	);
	const keys = vendors.map(({ type, name }) => ({ type: String(type), name: String(name) }));
	for (const [index, later] of keys.slice(1).entries()) {
		const earlier = keys[index];
		if (earlier.type === later.type) expect(earlier.name >= later.name).toBe(true);
		else expect(earlier.type < later.type).toBe(true);
	}
});

it('puts records without a value last', async () => {
	await bildout.create('/projects', { name: 'Without a budget' });
	for (const direction of ['asc', 'desc']) {
		const projects = await sorted('project', { field: 'budget', direction });
		expect(projects.at(-1)?.name).toBe('Without a budget');
	}
});

it('gives the first of the whole list, not of its first page', async () => {
	const rule = { field: 'total', direction: 'desc' };
	const { json } = await bildout.run(
		op('invoice getAll', { simplify: false, limit: 3, sort: { rule: [rule] } }),
	);
	const all = await sorted('invoice', rule);
	expect(all.length).toBeGreaterThan(100);
	expect(json).toEqual(all.slice(0, 3));
});

it('sorts names of 20,000 digits without a delay', async () => {
	// They tie, so each rule compares them.
	const names = Array.from({ length: 60 }, (_, at) => `${'aA'[at % 2]}${'9'.repeat(20_000)}`);
	const rule = Array.from({ length: 100 }, () => ({ field: 'name', direction: 'asc' }));
	byHand.respond(() => [200, { data: names.map((name, at) => ({ id: `v${at}`, name })) }]);
	const before = process.cpuUsage();
	const { json } = await bildout.succeed(
		op('vendor getAll', { simplify: false, returnAll: true, sort: { rule } }),
		{ credential: await bildout.connect({ baseUrl: byHand.url }) },
	);
	expect(json).toHaveLength(60);
	expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
