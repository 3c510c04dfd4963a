import {
	type ApiResponse,
	type Client,
	type JsonObject,
	isObject,
	paginationIn,
	recordIn,
	recordsIn,
} from './client.mts';
import { fieldsOf } from './contract.mts';
import {
	type Checks,
	type Probe,
	RESOURCES,
	differs,
	firstOf,
	holds,
	notTested,
} from './probe.mts';

const PLAIN_ID = /^[A-Za-z0-9_-]{1,128}$/;
const PAGE_SIZE = 100;
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/;
const HOUR_MS = 3_600_000;

/** The checks that only read. */
export const readingChecks: Checks = {
	'sign-in-path': async ({ client, signInPath }) => {
		const { status } = await client.fetch(client.baseUrl + signInPath);
		// Without parameters it refuses, or shows a page; an unknown address is not there at all.
		return status === 404 || status === 405
			? differs(`${signInPath} responds with ${status}`)
			: holds(`${signInPath} responds with ${status}`);
	},

	'refresh-tokens': async ({ signedIn }) => {
		const refreshToken = signedIn?.tokens.refreshToken;
		if (!signedIn || !refreshToken) return notTested('Needs a sign-in with a Client ID');
		const renewed = await signedIn.renew(refreshToken);
		const rotated = renewed.refreshToken !== undefined && renewed.refreshToken !== refreshToken;
		return rotated
			? holds('The renewal came with a new refresh token')
			: differs('The renewal came without a new refresh token');
	},

	'rate-headers': async ({ client }) => {
		const reset = Number(client.rateLimit?.get('x-ratelimit-reset') ?? NaN);
		if (Number.isNaN(reset)) return differs('No response had X-RateLimit-Reset');
		const date = Date.parse(client.rateLimit?.get('date') ?? '') || Date.now();
		const ahead = Math.round(reset - date / 1000);
		return ahead >= -5 && ahead <= 3600
			? holds(`The reset is ${ahead} s after the response's Date`)
			: differs(
					`The reset is ${ahead} s after the response's Date, so it is no Unix time in seconds`,
				);
	},

	'error-bodies': async ({ client }) => {
		const responses = [
			await client.api('GET', ['customers'], { token: 'not-a-token' }),
			await client.api('GET', ['customers', '00000000-0000-4000-8000-000000000000']),
			await client.api('GET', ['customers'], { query: { limit: 'many' } }),
		];
		const refused = responses.filter(({ status }) => status >= 400);
		const odd = refused.filter(({ json }) => {
			const error = isObject(json) && isObject(json.error) ? json.error : {};
			return ['code', 'message', 'request_id'].some((key) => typeof error[key] !== 'string');
		});
		const statuses = refused.map(({ status }) => status).join(', ');
		return odd.length > 0
			? differs(`Of the errors ${statuses}, ${odd.length} have another shape`)
			: holds(`All of the errors ${statuses} have the documented shape`);
	},

	'record-envelope': async (probe) => {
		const record = firstOf(probe, 'customers');
		if (!record) return notTested('There is no customer to read');
		const { json, status } = await probe.client.api('GET', ['customers', String(record.id)]);
		return isObject(json) && isObject(json.data)
			? holds('A customer comes in data')
			: differs(`A customer comes without data (status ${status})`);
	},

	'field-names': async ({ lists }) => {
		const missing: string[] = [];
		const wrong: string[] = [];
		const further: string[] = [];
		let read = 0;
		for (const resource of RESOURCES) {
			const records = recordsIn(lists[resource]);
			if (records.length === 0) continue;
			read += records.length;
			const fields = fieldsOf(resource);
			const names = new Set(records.flatMap((record) => Object.keys(record)));
			for (const [name, types] of Object.entries(fields)) {
				if (!names.has(name)) missing.push(`${resource}.${name}`);
				else if (!records.every((record) => isOfType(record[name], types))) {
					wrong.push(`${resource}.${name}`);
				}
			}
			further.push(
				...[...names].filter((name) => !(name in fields)).map((name) => `${resource}.${name}`),
			);
		}
		if (read === 0) return notTested('There are no records to read');
		const more = further.length > 0 ? `; further fields: ${further.join(', ')}` : '';
		const faults = [
			...missing.map((name) => `no ${name}`),
			...wrong.map((name) => `another type: ${name}`),
		];
		return faults.length > 0
			? differs(`${faults.join(', ')}${more}`)
			: holds(`All fields are there in ${read} records${more}`);
	},

	'plain-ids': async ({ lists }) => {
		const ids = RESOURCES.flatMap((resource) =>
			recordsIn(lists[resource]).map(({ id }) => String(id)),
		);
		if (ids.length === 0) return notTested('There are no records to read');
		const odd = ids.filter((id) => !PLAIN_ID.test(id)).length;
		return odd > 0
			? differs(`${odd} of ${ids.length} IDs have other characters`)
			: holds(`All of ${ids.length} IDs are plain`);
	},

	'created-at': async ({ lists }) => {
		const times = RESOURCES.flatMap((resource) =>
			recordsIn(lists[resource]).map(({ created_at: createdAt }) => createdAt),
		);
		if (times.length === 0) return notTested('There are no records to read');
		const odd = times.filter((time) => typeof time !== 'string' || !MOMENT.test(time));
		const future = times.filter((time) => Date.parse(String(time)) > Date.now() + HOUR_MS);
		if (odd.length > 0) {
			return differs(`${odd.length} of ${times.length} are no time with a zone`);
		}
		return future.length > 0
			? differs(`${future.length} of ${times.length} lie in the future`)
			: holds(`All of ${times.length} are a time with a zone`);
	},

	'page-size': async ({ client, lists }) => {
		const sizes = RESOURCES.map((resource) => recordsIn(lists[resource]).length);
		const longest = RESOURCES[sizes.indexOf(Math.max(...sizes))]!;
		const received = Math.max(...sizes);
		const { total } = paginationIn(lists[longest]);
		const above = await client.api('GET', [longest], { query: { limit: PAGE_SIZE + 50 } });
		const gave = recordsIn(above).length;
		const asked = `limit ${PAGE_SIZE + 50} gives ${above.status === 200 ? gave : `status ${above.status}`}`;
		if (gave > PAGE_SIZE) return differs(`A page can have more: ${asked}`);
		if (received === PAGE_SIZE) return holds(`limit ${PAGE_SIZE} gives ${received}; ${asked}`);
		const more = Number(total) > received || (await hasFurtherPage(client, longest, received));
		if (more)
			return differs(`limit ${PAGE_SIZE} gives ${received}, though there are more; ${asked}`);
		return notTested(`No list has ${PAGE_SIZE} records; the longest has ${received}`);
	},

	'page-numbers': async ({ client, lists }) => {
		const pagination = paginationIn(lists.invoices);
		const keys = Object.keys(pagination).join(', ') || 'nothing';
		const numbered = ['page', 'limit', 'total'].every((key) => typeof pagination[key] === 'number');
		if (!numbered) return differs(`pagination has ${keys}`);
		const first = recordsIn(
			await client.api('GET', ['invoices'], { query: { limit: 1, page: 1 } }),
		);
		const second = recordsIn(
			await client.api('GET', ['invoices'], { query: { limit: 1, page: 2 } }),
		);
		const beyond = await client.api('GET', ['invoices'], { query: { limit: 1, page: 1_000_000 } });
		const evidence = `pagination has ${keys}; beyond the last page: status ${beyond.status}, ${recordsIn(beyond).length} records`;
		if (Number(pagination.total) < 2) return holds(evidence);
		return first[0]?.id === second[0]?.id
			? differs(`Page 2 is page 1 again; ${evidence}`)
			: holds(evidence);
	},

	search: async ({ client, lists }) => {
		const customers = recordsIn(lists.customers);
		const name = String(customers.at(-1)?.name ?? '');
		if (customers.length < 2 || name === '')
			return notTested('There are not two customers to tell apart');
		const found = recordsIn(
			await client.api('GET', ['customers'], { query: { search: name, limit: PAGE_SIZE } }),
		);
		const narrowed = found.length > 0 && found.length < customers.length;
		return narrowed
			? holds(`A name narrows ${customers.length} to ${found.length}`)
			: differs(`A name gives ${found.length} of ${customers.length}`);
	},

	'invoices-by-id': async (probe) => {
		const invoice = firstOf(probe, 'invoices');
		if (!invoice) return notTested('There is no invoice to read');
		const response = await readInvoice(probe, invoice);
		return recordIn(response) ? holds('An invoice was read') : differs(`Status ${response.status}`);
	},

	'invoice-lines': async (probe) => {
		const invoice = firstOf(probe, 'invoices');
		if (!invoice) return notTested('There is no invoice to read');
		const record = recordIn(await readInvoice(probe, invoice));
		if (!record) return notTested('An invoice cannot be read alone');
		return Array.isArray(record.line_items)
			? holds('line_items is a list')
			: differs('line_items is missing');
	},

	'web-pages': async (probe) => {
		const found = RESOURCES.filter((resource) => firstOf(probe, resource));
		if (found.length === 0) return notTested('There is no record to look at');
		const { client } = probe;
		const statuses: string[] = [];
		for (const resource of found) {
			const id = encodeURIComponent(String(firstOf(probe, resource)!.id));
			const { status } = await client.fetch(`${client.baseUrl}/${resource}/${id}`);
			statuses.push(`${resource} ${status}`);
		}
		const evidence = `Statuses: ${statuses.join(', ')}`;
		return evidence.includes('404') ? differs(evidence) : holds(evidence);
	},

	'webhooks-path': async ({ client }) => {
		const response = await client.api('GET', ['webhooks']);
		if (response.status === 403) return notTested('The token lacks the scope webhooks:manage');
		return response.status === 200
			? holds(`A list of ${recordsIn(response).length}`)
			: differs(`Status ${response.status}`);
	},
};

const invoicesRead = new WeakMap<Probe, Promise<ApiResponse>>();

/** One invoice, which two checks look at. */
async function readInvoice(probe: Probe, { id }: JsonObject): Promise<ApiResponse> {
	const known = invoicesRead.get(probe) ?? probe.client.api('GET', ['invoices', String(id)]);
	invoicesRead.set(probe, known);
	return await known;
}

async function hasFurtherPage(
	client: Client,
	resource: string,
	received: number,
): Promise<boolean> {
	const query = { limit: received, page: 2, offset: received };
	return received > 0 && recordsIn(await client.api('GET', [resource], { query })).length > 0;
}

function isOfType(value: unknown, types: string[]): boolean {
	if (value === null || value === undefined) return true;
	const type = Array.isArray(value) ? 'array' : typeof value;
	// Numbers may come as text: numeric columns often do, and the nodes take both.
	return (
		types.length === 0 || types.includes(type) || (type === 'number' && types.includes('integer'))
	);
}
