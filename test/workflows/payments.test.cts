import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();
const run = bildout.run;
const resource = 'payment';

it('reads one, whole and simplified', async () => {
	const [{ id }] = await bildout.list('/payments?limit=1');
	const get = { resource, operation: 'get', paymentId: locator(id as string) };
	const raw = await run({ ...get, simplify: false });
	const simplified = await run(get);
	expect(await bildout.wire()).toEqual([[`GET /payments/${id}`], [`GET /payments/${id}`]]);
	const payment = await bildout.read(`/payments/${id}`);
	expect(raw.json).toEqual([payment]);
	const {
		direction,
		status,
		method,
		amount,
		currency,
		invoice_id,
		vendor_id,
		project_id,
		created_at,
	} = payment;
	expect(simplified.json).toEqual([
		{
			id,
			direction,
			status,
			method,
			amount,
			currency,
			invoice_id,
			vendor_id,
			project_id,
			created_at,
		},
	]);
});

it('reads a list', async () => {
	const { json } = await run({ resource, operation: 'getAll', limit: 30, simplify: false });
	expect(await bildout.wire()).toEqual([['GET /payments?limit=30']]);
	expect(json).toEqual(await bildout.list('/payments?limit=30'));
});

it('has no operation that writes', async () => {
	for (const operation of ['create', 'update', 'delete', 'upsert']) {
		const { error } = await run({ resource: 'payment', operation });
		expect(error?.message).toBe(`There is no operation '${operation}' for the resource 'payment'`);
		expect(error?.description).toMatch(/get, getAll/);
	}
	expect(await bildout.wire()).toEqual([]);
});

it('says of each item that there is no such operation, where it is to continue', async () => {
	const { json } = await bildout.run(op('payment delete'), {
		items: [{ id: '1' }, { id: '2' }],
		node: { onError: 'continueRegularOutput' },
	});
	const error = "There is no operation 'delete' for the resource 'payment'";
	expect(json).toEqual([0, 1].map(() => ({ error, message: expect.any(String) })));
});
