import type { Reply, Respond } from './scripted-server.cts';
import type { Json, JsonObject } from './sandbox.cts';

/** What happens to one write: it is refused with a status, or its response is lost before or after it is done. */
export type Fate = 'lost before' | 'lost after' | number | Reply;

/** How a BildOut alters records. */
export interface Forms {
	/** What it stores of a body. */
	stored?: (body: JsonObject) => JsonObject;
	/** What it shows of a record in the response to a write, when it is read, and in a list. */
	shown?: (record: JsonObject) => Json;
	read?: (record: JsonObject) => JsonObject;
	listed?: (record: JsonObject) => JsonObject;
}

const NOT_FOUND: Reply = [404, { error: { message: 'Not found' } }];
const OWN = ['id', 'created_at', 'invoice_number'];
const same = <T,>(record: T) => record;

/**
 * The records of a BildOut in which each test decides what becomes of every write. A lost response is a 500,
 * after which nobody knows whether the write was done. New records have the IDs `new-1`, `new-2` and so on.
 */
export function account(
	records: Record<string, JsonObject[]>,
	{ stored = same, shown = same, read = same, listed = same }: Forms = {},
) {
	const fates: Array<[match: string, fate: Fate]> = [];
	const writes: Array<[request: string, body?: JsonObject]> = [];
	let made = 0;

	const created = (path: string): JsonObject => ({
		id: `new-${++made}`,
		created_at: new Date().toISOString(),
		...(path === 'invoices' && { invoice_number: `INV-${1000 + made}` }),
	});

	const write = (method: string, path: string, id: string, body: JsonObject): Reply => {
		const all = records[path];
		const at = all.findIndex((record) => record.id === id);
		if (method !== 'POST' && at < 0) return NOT_FOUND;
		if (method === 'DELETE') {
			all.splice(at, 1);
			return [204];
		}
		const own = Object.entries(all[at] ?? created(path)).filter(([name]) => OWN.includes(name));
		const after = { ...Object.fromEntries(own), ...stored(body) };
		all[at < 0 ? all.length : at] = after;
		return [at < 0 ? 201 : 200, { data: shown(after) }];
	};

	const respond: Respond = (request, _, text) => {
		const [method, address] = request.split(' ');
		const [, path, id] = address.split('/');
		// A token that was revoked is not refreshed.
		if (address.endsWith('/token')) return [400, { error: 'invalid_grant' }];
		if (method === 'GET' && id === undefined) return [200, { data: records[path].map(listed) }];
		if (method === 'GET') {
			const record = records[path].find((one) => one.id === id);
			return record ? [200, { data: read(record) }] : NOT_FOUND;
		}
		const body = text === '' ? {} : (JSON.parse(text) as JsonObject);
		writes.push(text === '' ? [request] : [request, body]);
		const next = fates.findIndex(([match]) => `${request} ${text}`.includes(match));
		const fate = next < 0 ? undefined : fates.splice(next, 1)[0][1];
		if (Array.isArray(fate)) return fate;
		if (typeof fate === 'number') return [fate, { error: { message: 'Refused' } }];
		const reply = fate === 'lost before' ? undefined : write(method, path, id, body);
		return fate === undefined ? reply! : [500, { error: { message: 'Lost' } }];
	};

	return {
		respond,
		records,
		/** Each write that came, in order. */
		writes,
		/** Decides about the next write whose method, path or body contains the text. */
		fate(match: string, fate: Fate) {
			fates.push([match, fate]);
		},
	};
}
