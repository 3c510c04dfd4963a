import type { IDataObject, INodeExecutionData, NodeApiError } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { CONTINUING, onOne, op } from '../support/parameters.cts';
import { everyOperation, type Operation } from '../support/operations.cts';
import type { Fault } from '../support/sandbox.cts';

const bildout = bildOut();
const PARTING = { onError: 'continueErrorOutput' } as const;

const scope = ({ parameters: { resource }, method }: Operation) =>
	`${resource}s:${method === 'GET' ? 'read' : 'write'}`;

/** What a user must read about a write of which nobody knows whether it was done. */
const uncertainty = ({ parameters: { resource }, method }: Operation) =>
	({
		GET: /Nothing was changed/,
		POST: new RegExp(`Check in BildOut whether the ${resource} exists`),
		DELETE: new RegExp(`The ${resource} may or may not have been deleted`),
	})[method];

/** The same in the message, which is all that an error item and an agent see: for creates. */
const inDoubt = ({ method, parameters: { resource } }: Operation, before = ': ', after = '') =>
	method === 'POST' ? `${before}the ${resource} may still have been created${after}` : '';

/** What happens to each request, and what n8n shows beside the message. */
interface Trouble {
	fault?: Omit<Fault, 'times'>;
	credential?: { data?: IDataObject; scopes?: string[] };
	httpCode?: string;
	/** Responses carry an ID that BildOut's support asks for. */
	hasRequestId?: boolean;
}

type Case = [
	error: string,
	trouble: Trouble,
	message: string | ((operation: Operation) => string),
	description: RegExp | ((operation: Operation) => RegExp),
];

const responds = (code: number, fault: Omit<Fault, 'times'>): Trouble => ({
	fault: { status: code, ...fault },
	httpCode: String(code),
	hasRequestId: true,
});
const status = (code: number, message: string, more: Partial<Fault> = {}) =>
	responds(code, { kind: 'status', message, ...more });
const webPage = (operation: Operation, code: number) =>
	`BildOut returned a web page instead of data (status ${code})${inDoubt(operation)}`;

const CASES: Case[] = [
	['400', status(400, 'The request is malformed.'), 'The request is malformed', /Check the values/],
	[
		'401 with a dead refresh token',
		{ credential: { data: { oauthTokenData: { access_token: 'dead', refresh_token: 'dead' } } } },
		'The credential "BildOut" needs to be reconnected.',
		/Open the credential and reconnect it to continue\.$/,
	],
	[
		'403',
		{ credential: { scopes: ['webhooks:manage'] }, httpCode: '403', hasRequestId: true },
		(operation) =>
			`BildOut does not allow this: This needs the scope ${scope(operation)}, which the access token does not have`,
		(operation) =>
			new RegExp(
				`^Open the BildOut credential, turn 'Custom Scopes' off \\(or add '${scope(operation)}' to 'Enabled Scopes'\\), and connect the account again\\.`,
			),
	],
	[
		'404',
		status(404, 'There is no such record.'),
		({ parameters: { resource }, id }) =>
			id === undefined
				? `BildOut has nothing at /api/v1/${resource}s: There is no such record`
				: `The ${resource} '${id}' was not found: There is no such record`,
		({ id, method }) =>
			id === undefined
				? new RegExp(`${method === 'POST' ? '^Nothing was created\\. ' : '^'}Check .*'Base URL'`)
				: /Check the ID/,
	],
	[
		'409',
		status(409, 'The customer still has invoices.'),
		'The customer still has invoices',
		({ method }) =>
			method === 'POST'
				? /^It conflicts with what BildOut has already/
				: /'s status, or another record that refers to it.* does not allow this/,
	],
	[
		'422',
		status(422, 'Some fields are not valid.', {
			details: [
				{ field: 'email', message: 'must be an email address' },
				{ field: 'line_items[2].quantity', message: 'must be a number' },
			],
		}),
		'Some fields are not valid (email: must be an email address; line_items[2].quantity: must be a number)',
		/Correct the fields named above/,
	],
	[
		'429',
		status(429, 'Slow down.', { headers: { 'retry-after': '1' } }),
		"BildOut's rate limit was exceeded: Slow down",
		/rate limit is used up/,
	],
	[
		'500',
		status(500, 'Something went wrong on our side.'),
		(operation) =>
			`BildOut returned a server error: Something went wrong on our side${inDoubt(operation, ' (', ')')}`,
		uncertainty,
	],
	[
		'a web page from a proxy',
		responds(502, { kind: 'html' }),
		(operation) => webPage(operation, 502),
		(operation) => new RegExp(`proxy or firewall.*'Base URL'.*${uncertainty(operation).source}`),
	],
	[
		'a web page instead of a success',
		responds(200, { kind: 'html' }),
		(operation) => webPage(operation, 200),
		/proxy or firewall/,
	],
	[
		'a time-out',
		{ fault: { kind: 'slow', delayMs: 2_500 } },
		(operation) => `BildOut did not respond in time${inDoubt(operation)}`,
		({ method }) =>
			method === 'POST'
				? /exists before you run this item again.*'Timeout \(Seconds\)'/
				: /'Timeout \(Seconds\)'/,
	],
	[
		'a connection that breaks',
		{ fault: { kind: 'drop_before' } },
		(operation) =>
			`The connection to BildOut broke before the response arrived${inDoubt(operation)}`,
		({ method }) => (method === 'POST' ? /Check in BildOut/ : /check in BildOut|run the node/i),
	],
	[
		'a connection that is refused',
		{ credential: { data: { baseUrl: 'http://127.0.0.1:1' } } },
		'BildOut refused the connection',
		/^Nothing was sent\. Check the credential's 'Base URL'/,
	],
];

const REQUEST_ID = /Request ID: req_\w+\.$/;

describe.each(CASES)('%s', (_, trouble, message, description) => {
	const { fault, credential, httpCode, hasRequestId = false } = trouble;
	/** The message and the description that are expected of the operation. */
	const wanted = (operation: Operation) => ({
		message: typeof message === 'string' ? message : message(operation),
		description: expect.stringMatching(
			description instanceof RegExp ? description : description(operation),
		),
	});

	/** Each operation with an account of its own, so that none waits for the rate limit of another. */
	async function run(onError: 'stopWorkflow' | 'continueErrorOutput', resources: string[]) {
		const operations = (await everyOperation(bildout)).filter(({ parameters: { resource } }) =>
			resources.includes(resource),
		);
		const timeout = fault?.kind === 'slow' ? 1 : 60;
		if (fault) await bildout.control.fault({ ...fault, path: '^/api/', times: 1_000 });
		return await Promise.all(
			operations.map(async (operation) => ({
				operation,
				result: await bildout.run(
					{ ...operation.parameters, options: { timeout, maxRetries: 0 } },
					{
						items: [{ from: 'before' }],
						node: { onError },
						credential: await bildout.connect(credential?.data, { scopes: credential?.scopes }),
					},
				),
			})),
		);
	}

	it('stops with an error that says what happened and what to do', async () => {
		const all = ['customer', 'invoice', 'payment', 'project', 'vendor'];
		for (const { operation, result } of await run('stopWorkflow', all)) {
			const error = result.error as NodeApiError;
			expect({
				...{ operation, message: error.message, description: error.description },
				...{ context: error.context, httpCode: error.httpCode ?? undefined },
				hasRequestId: REQUEST_ID.test(error.description!),
			}).toEqual({
				...{ operation, ...wanted(operation), httpCode, hasRequestId },
				context: expect.objectContaining({ itemIndex: 0 }),
			});
			expect(result.json).toEqual([]);
		}
	});

	it('becomes an item of the error output, with what came in', async () => {
		for (const { operation, result } of await run('continueErrorOutput', ['project'])) {
			expect(result.items).toEqual([]);
			const { message: error, description: message } = wanted(operation);
			const json = expect.objectContaining({ from: 'before', error, message });
			expect(result.errorItems).toEqual([{ json, pairedItem: { item: 0 } }]);
		}
	});
});

describe('among several items', () => {
	const create = op('customer create', {
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const ITEMS = [
		{ name: 'First', email: 'first@example.com' },
		{ name: 'Second', email: 'no..dots@example.com' },
		{ name: 'Third', email: 'third@example.com' },
	];
	const pairs = (items: INodeExecutionData[], field: string) =>
		items.map(({ json, pairedItem }) => [json[field], pairedItem]);

	it('names the item that failed', async () => {
		const { error } = await bildout.run(create, { items: ITEMS });
		expect(error).toMatchObject({ httpCode: '422', context: { itemIndex: 1 } });
		expect(error?.message).toMatch(/\(email: .*email/);
	});

	it('leaves the others as they are, on the regular output', async () => {
		const { items, error } = await bildout.run(create, { items: ITEMS, node: CONTINUING });
		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
		expect(items[0].json).toEqual(await bildout.read(`/customers/${items[0].json.id}`));
		expect(items[1].json).toEqual({
			error: expect.stringMatching(/\(email: .*email/),
			message: expect.stringMatching(/Correct the fields named above/),
		});
		expect(items[2].json).toEqual(await bildout.read(`/customers/${items[2].json.id}`));
	});

	it('parts them, on the error output', async () => {
		const { items, errorItems } = await bildout.run(create, { items: ITEMS, node: PARTING });
		expect(pairs(items, 'name')).toEqual([
			['First', { item: 0 }],
			['Third', { item: 2 }],
		]);
		expect(pairs(errorItems, 'name')).toEqual([['Second', { item: 1 }]]);
	});

	it.each(['get', 'update', 'delete'])('keeps them apart: %s', async (operation) => {
		const { id: first } = await bildout.create('/customers', { name: 'First' });
		const { id: third } = await bildout.create('/customers', { name: 'Third' });
		const gone = '00000000-0000-4000-8000-000000000000';
		const { items, errorItems } = await bildout.run(
			onOne(`customer ${operation}`, '={{ $json.id }}', { updateFields: { phone: '1' } }),
			{ items: [{ id: first }, { id: gone }, { id: third }, { id: '../webhooks' }], node: PARTING },
		);
		expect(pairs(items, 'id')).toEqual([
			[first, { item: 0 }],
			[third, { item: 2 }],
		]);
		expect(pairs(errorItems, 'error')).toEqual([
			[`The customer '${gone}' was not found`, { item: 1 }],
			["'../webhooks' under 'Customer' is not the ID of a customer", { item: 3 }],
		]);
	});
});

describe('an update whose write fails', () => {
	it.each<[Fault, string]>([
		[{ kind: 'status', status: 500, message: 'Oh no.' }, 'BildOut returned a server error: Oh no'],
		[{ kind: 'drop_after' }, 'The connection to BildOut broke before the response arrived'],
	])('says that it may have been done: %j', async (fault, message) => {
		const { id } = await bildout.create('/customers', { name: 'First' });
		await bildout.control.fault({ ...fault, method: 'PUT', times: 1 });
		const { error } = await bildout.run(
			onOne('customer update', id, { updateFields: { phone: '1' } }),
		);
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(/The customer may or may not have been changed/);
		expect(await bildout.calls()).toHaveLength(2);
	});
});
