import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import { type Reply, scriptedServer } from '../support/scripted-server.cts';

const server = scriptedServer();
const bildout = bildOut(server);

const run = async (parameters: object) =>
	await bildout.run({ simplify: false, options: { maxRetries: 0 }, ...parameters });

describe('what is no response to the request is an error with a hint', () => {
	const page = { 'content-type': 'text/html' };
	const elsewhere = { location: 'https://login.example/' };
	const conflict = { client_id: 'must be an ID' };

	it.each<[string, Reply, RegExp, RegExp]>([
		[
			'customer get',
			[302, undefined, elsewhere],
			/^BildOut redirected the request \(status 302\)$/,
			/Base URL.*https:\/\/login\.example\//,
		],
		[
			'customer get',
			[200, 'OK', page],
			/unexpected content instead of data \(status 200\)/,
			/proxy/,
		],
		['customer get', [400, { error: 'nope' }], /^nope$/, /Check the values/],
		['customer get', [404, '<html>', page], /was not found/, /Check the ID/],
		['customer getAll', [200, { data: { id: 1 } }], /returned no list/, /Base URL/],
		['customer getAll', [200], /returned no list/, /Base URL/],
		['project getFinancials', [204], /^BildOut returned no financials/, /./],
		['project getFinancials', [200, { error: { message: 'Not ready' } }], /^Not ready$/, /./],
		['customer create', [413], /^BildOut refused this \(status 413\)$/, /Nothing/],
		[
			'customer create',
			[422, { error: { message: 'Not valid', details: conflict } }],
			/^Not valid \(client_id: must be an ID\)$/,
			/'client_id' is the customer\.$/,
		],
		[
			'customer create',
			[403, { error: { code: 'forbidden', message: 'Your plan does not include this' } }],
			/^BildOut does not allow this: Your plan does not include this$/,
			/^The plan of the BildOut account does not include this, or its limit is reached/,
		],
	])('%s: %j', async (operation, reply, message, description) => {
		server.respond(() => reply);
		const { json, error } = await run(onOne(operation, 'c1', { name: 'Ace' }));
		expect(json).toEqual([]);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(error?.description).not.toMatch(/may still have been/);
	});
});

it('no redirection is followed, so that no other host sees the access token', async () => {
	server.respond((request) =>
		request.includes('c1') ? [307, undefined, { location: '/api/v1/elsewhere' }] : [200, {}],
	);
	await run(onOne('customer get', 'c1'));
	expect(server.seen).toEqual([['GET /customers/c1']]);
});

it('a create was certainly not done where no secure connection could be made', async () => {
	const { error } = await bildout.run(
		op('customer create', { name: 'Ace', options: { maxRetries: 0 } }),
		{ credential: await bildout.connect({ baseUrl: server.url.replace('http:', 'https:') }) },
	);
	expect(error?.message).toMatch(/^No secure connection to BildOut could be made \(\w+\)$/);
	expect(error?.description).toMatch(/^Nothing was sent\./);
});
