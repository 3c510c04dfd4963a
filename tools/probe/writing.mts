import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IncomingHttpHeaders, createServer } from 'node:http';

import { writableFields } from '../../sandbox/src/contract/contract.mts';
import {
	type ApiResponse,
	type Client,
	type JsonObject,
	isObject,
	recordIn,
	recordsIn,
} from './client.mts';
import { type Checks, type Finding, type Probe, differs, holds, notTested } from './probe.mts';

/** What `--write` makes, shown before it does. */
export const WRITES = [
	'five customers and three vendors named “Probe of n8n-nodes-bildout”, and draft invoices for two of the customers',
	'with --webhook-url, a webhook subscription to that address for customer.created',
];

const NAME = 'Probe of n8n-nodes-bildout';
const DELIVERY_WAIT_MS = 30_000;
/** A timestamp may have whole seconds only. */
const UPDATE_WAITS_MS = [20, 1_100];
const NO_DELIVERY = 'No delivery came';
const NO_SECRET = 'The webhook subscription came without a secret';
const NEEDS_TUNNEL = 'Needs --webhook-url, an address at which BildOut reaches this machine';

/** Creates a record, and remembers to delete it. */
async function create(
	{ client, undo }: Probe,
	resource: string,
	body: JsonObject,
	headers: Record<string, string> = {},
): Promise<{ response: ApiResponse; id?: string }> {
	const response = await client.api('POST', [resource], { body, headers });
	const id = recordIn(response)?.id;
	if (id === undefined) return { response };
	undo(`${resource} ${String(id)}`, async () => await client.api('DELETE', [resource, String(id)]));
	return { response, id: String(id) };
}

/** Creates a draft for a customer of its own; or returns what could not be created. */
async function createInvoice(
	probe: Probe,
	more: JsonObject,
): Promise<{ response: ApiResponse; id: string; customer: string } | string> {
	const customer = await create(probe, 'customers', { name: NAME });
	if (customer.id === undefined) {
		return `A customer could not be created: status ${customer.response.status}`;
	}
	const { response, id } = await create(probe, 'invoices', {
		client_id: customer.id,
		due_date: '2100-01-01',
		status: 'draft',
		line_items: [{ name: 'Probe', quantity: 1, unit_price: 1 }],
		...more,
	});
	return id === undefined
		? `An invoice could not be created: status ${response.status}`
		: { response, id, customer: customer.id };
}

/** Whether a record of ours is found among the first hundred of those with our name. */
async function isInList(client: Client, resource: string, id: string): Promise<boolean> {
	const query = { limit: 100, search: NAME };
	const response = await client.api('GET', [resource], { query });
	return recordsIn(response).some((record) => String(record.id) === id);
}

/** The checks that write. */
export const writingChecks: Checks = {
	'put-replaces': async (probe) => {
		const { response, id } = await create(probe, 'customers', { name: NAME, phone: '+1 555 0100' });
		if (id === undefined)
			return notTested(`A customer could not be created: status ${response.status}`);
		const put = await probe.client.api('PUT', ['customers', id], { body: { name: `${NAME} 2` } });
		if (put.status >= 300)
			return differs(`A PUT with the name alone is refused: status ${put.status}`);
		const phone = recordIn(await probe.client.api('GET', ['customers', id]))?.phone;
		return phone
			? differs('What a PUT leaves out stays')
			: holds('What a PUT leaves out is emptied');
	},

	'server-owned-fields': async (probe) => {
		const { response, id } = await create(probe, 'customers', { name: NAME });
		if (id === undefined)
			return notTested(`A customer could not be created: status ${response.status}`);
		const record = recordIn(await probe.client.api('GET', ['customers', id])) ?? {};
		const owned = ['id', 'created_at', 'updated_at'];
		const body = Object.fromEntries(
			Object.entries(record).filter(([name]) => !owned.includes(name)),
		);
		const { status, json } = await probe.client.api('PUT', ['customers', id], { body });
		const unknown = Object.keys(body).filter(
			(name) => !writableFields('CustomerInput').includes(name),
		);
		if (status >= 300) {
			const named = unknown.filter((name) => JSON.stringify(json).includes(name));
			return differs(
				`A PUT of the whole record is refused (status ${status}), naming ${named.join(', ') || 'no field of it'}`,
			);
		}
		return holds(`A PUT of the whole record without ${owned.join(', ')} is accepted`);
	},

	'updated-at': async (probe) => {
		const body = { name: NAME };
		const { response, id } = await create(probe, 'customers', body);
		if (id === undefined)
			return notTested(`A customer could not be created: status ${response.status}`);
		const before = recordIn(response)?.updated_at;
		for (const wait of UPDATE_WAITS_MS) {
			await sleep(wait);
			const put = await probe.client.api('PUT', ['customers', id], {
				body: { name: `${NAME} ${wait}` },
			});
			if (put.status >= 300) return notTested(`A PUT is refused: status ${put.status}`);
			if (recordIn(put)?.updated_at !== before) return holds('It changed with the name');
		}
		return differs(before === undefined ? 'There is none' : 'It stayed when the name changed');
	},

	'deleted-records': async ({ client, undo }) => {
		const response = await client.api('POST', ['vendors'], { body: { name: NAME } });
		const id = String(recordIn(response)?.id ?? '');
		if (id === '') return notTested(`A vendor could not be created: status ${response.status}`);
		let isDeleted = false;
		const remove = async () => await client.api('DELETE', ['vendors', id]);
		undo(`vendors ${id}`, async () => isDeleted || (await remove()));
		const { status } = await remove();
		if (status >= 300) return notTested(`A vendor could not be deleted: status ${status}`);
		isDeleted = true;
		return (await isInList(client, 'vendors', id))
			? differs('It is still listed')
			: holds('It is not listed any more');
	},

	'webhook-secret': async (probe) => {
		const delivery = await delivered(probe);
		if (delivery === NO_SECRET) return differs(delivery);
		const isMade = typeof delivery !== 'string' || delivery.startsWith(NO_DELIVERY);
		return isMade ? holds('It came with a secret') : notTested(String(delivery));
	},

	'idempotency-key': async (probe) => {
		const headers = { 'idempotency-key': randomUUID() };
		const first = await create(probe, 'vendors', { name: NAME }, headers);
		const second = await create(probe, 'vendors', { name: NAME }, headers);
		if (first.id === undefined)
			return notTested(`A vendor could not be created: status ${first.response.status}`);
		return first.id === second.id
			? holds('A repeated key gives the same record')
			: differs('A repeated key gives a second record, or is refused');
	},

	'unknown-fields': async (probe) => {
		const externalId = `probe-${randomUUID().slice(0, 8)}`;
		const made = await createInvoice(probe, { external_id: externalId });
		if (typeof made === 'string') return notTested(made);
		const { client } = probe;
		const hasIt = (record?: JsonObject) => record?.external_id === externalId;
		const list = async (query: Record<string, string | number>) =>
			recordsIn(await client.api('GET', ['invoices'], { query: { limit: 100, ...query } }));
		const narrowed = await list({ external_id: externalId });
		const others = await list({ client_id: made.customer });
		const listed = [...narrowed, ...others].find(({ id }) => String(id) === made.id);
		if (!listed) return notTested('The invoice was not found in the list');
		const isFiltered = narrowed.length === 1 && hasIt(narrowed[0]);
		const filter = `the list can${isFiltered ? '' : 'not'} be filtered by it`;
		if (hasIt(listed)) return holds(`external_id is in the list; ${filter}`);
		const isShown = hasIt(recordIn(await client.api('GET', ['invoices', made.id])));
		return differs(isShown ? 'external_id is kept, but not listed' : 'external_id is dropped');
	},

	'money-in-cents': async (probe) => {
		const line = { name: 'Probe', quantity: 1, unit_price: 0.126 };
		const made = await createInvoice(probe, { line_items: [line] });
		if (typeof made === 'string') return notTested(made);
		const { response } = made;
		const lines = recordIn(response)?.line_items;
		const price = Array.isArray(lines) && isObject(lines[0]) ? Number(lines[0].unit_price) : NaN;
		if (Number.isNaN(price)) return notTested('The created invoice came without its lines');
		return price === 0.13 ? holds('0.126 becomes 0.13') : differs(`0.126 becomes ${price}`);
	},

	'signature-header': async (probe) => judgeSignature(await delivered(probe)),
	'delivery-body': async (probe) => judgeBody(await delivered(probe)),
};

interface Delivery {
	headers: IncomingHttpHeaders;
	body: string;
	secret: string;
}

const deliveries = new WeakMap<Probe, Promise<Delivery | string>>();

/** One signed delivery, or why there is none. Both checks look at the same. */
async function delivered(probe: Probe): Promise<Delivery | string> {
	const known = deliveries.get(probe) ?? haveDelivered(probe);
	deliveries.set(probe, known);
	return await known;
}

async function haveDelivered(probe: Probe): Promise<Delivery | string> {
	const { tunnel } = probe;
	if (!tunnel) return NEEDS_TUNNEL;
	const server = createServer();
	const received = new Promise<Omit<Delivery, 'secret'>>((arrived) => {
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				response.end();
				arrived({ headers: request.headers, body: Buffer.concat(chunks).toString() });
			});
		});
	});
	try {
		server.listen(tunnel.port, '127.0.0.1');
		await once(server, 'listening');
		const body = { url: tunnel.url, events: ['customer.created'] };
		const subscription = await create(probe, 'webhooks', body);
		const secret = recordIn(subscription.response)?.secret;
		if (subscription.id === undefined) {
			return `A webhook subscription could not be made: status ${subscription.response.status}`;
		}
		if (typeof secret !== 'string') return NO_SECRET;
		await create(probe, 'customers', { name: NAME });
		const late = AbortSignal.timeout(DELIVERY_WAIT_MS);
		const delivery = await Promise.race([received, once(late, 'abort').then(() => undefined)]);
		if (!delivery) return `${NO_DELIVERY} to ${tunnel.url} within ${DELIVERY_WAIT_MS / 1000} s`;
		return { ...delivery, secret };
	} finally {
		server.close();
		server.closeAllConnections();
	}
}

function judgeSignature(delivery: Delivery | string): Finding {
	if (typeof delivery === 'string') return notTested(delivery);
	const [name, value] =
		Object.entries(delivery.headers).find(([, header]) => /^t=\d+,.*v1=/.test(String(header))) ??
		[];
	if (name === undefined) return differs('No header has the form t=…,v1=…');
	const seconds = /^t=(\d+)/.exec(String(value))?.[1];
	const expected = createHmac('sha256', delivery.secret)
		.update(`${seconds}.${delivery.body}`)
		.digest('hex');
	if (!String(value).includes(expected))
		return differs(`The signature in ${name} is not the documented one`);
	return name.endsWith('signature') ? holds(`It is in ${name}`) : differs(`It is in ${name}`);
}

function judgeBody(delivery: Delivery | string): Finding {
	if (typeof delivery === 'string') return notTested(delivery);
	let event: unknown;
	try {
		event = JSON.parse(delivery.body);
	} catch {
		return differs('It is no JSON');
	}
	if (!isObject(event)) return differs('It is no JSON object');
	const keys = Object.keys(event).join(', ');
	const complete =
		typeof event.id === 'string' && typeof event.type === 'string' && isObject(event.data);
	return complete ? holds(`It has ${keys}`) : differs(`It has ${keys}`);
}
