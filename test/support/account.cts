import { randomUUID } from 'node:crypto';
import type { Reply, Respond } from './scripted-server.cts';
import type { JsonObject } from './sandbox.cts';

/** What happens to one write: it is refused with a status, or its response is lost before or after it is done. */
export type Fate = 'lost before' | 'lost after' | number | Reply;

/**
 * The records of a BildOut in which each test decides what becomes of every write. A lost response is a 500,
 * after which nobody knows whether the write was done.
 */
export function account(records: Record<string, JsonObject[]>) {
	const fates: Array<[match: string, fate: Fate]> = [];
	const listed: Array<(record: JsonObject) => JsonObject> = [];
	const writes: Array<[request: string, body?: JsonObject]> = [];

	const write = (method: string, path: string, id: string, body: JsonObject): Reply => {
		const all = records[path];
		const at = all.findIndex((record) => record.id === id);
		if (method === 'POST') {
			const record = { id: randomUUID(), created_at: new Date().toISOString(), ...body };
			all.push(record);
			return [201, { data: record }];
		}
		if (at < 0) return [404, { error: { message: 'Not found' } }];
		if (method === 'DELETE') all.splice(at, 1);
		else all[at] = { id, created_at: all[at].created_at, ...body };
		return method === 'DELETE' ? [204] : [200, { data: all[at] }];
	};

	const respond: Respond = (request, _, text) => {
		const [method, address] = request.split(' ');
		const [, path, id] = address.split('/');
		// A token that was revoked is not refreshed.
		if (address.endsWith('/token')) return [400, { error: 'invalid_grant' }];
		if (method === 'GET' && id === undefined) {
			return [
				200,
				{ data: records[path].map((record) => listed.reduce((one, by) => by(one), record)) },
			];
		}
		if (method === 'GET') {
			const record = records[path].find((one) => one.id === id);
			return record ? [200, { data: record }] : [404, { error: { message: 'Not found' } }];
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
		/** What a list shows of each record. */
		lists(by: (record: JsonObject) => JsonObject) {
			listed.push(by);
		},
	};
}
