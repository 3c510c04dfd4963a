import type { FastifyRequest } from 'fastify';
import { invalidFields } from './api/errors.mts';
import { type Kind, kinds } from './records/kinds.mts';
import type { QuirkSettings } from './settings.mts';

/**
 * The sandbox follows what the package assumes about BildOut. Here it gets quirks, each by a
 * setting of its own, so that the nodes and the probe can be tried against a BildOut that differs. They
 * change requests before anything else reads them, and responses after all else is done with them.
 */

const NOWHERE = '/there-is-no-such-address';
const API = '/api/v1';
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const ID_PREFIX = 'rec:';
const SERVER_FIELD = 'org_id';

/** Field names of vendors that BildOut might have instead of those that are assumed. */
const OTHER_NAMES: Array<[assumed: string, other: string]> = [
	['phone', 'phone_number'],
	['type', 'vendor_type'],
];

/** How BildOut might put something, in the lists and records of which path. */
type OtherWords = Exclude<QuirkSettings['otherWords'], 'none'>;
const OTHER_WORDS: Record<OtherWords, [path: string, assumed: string, other: string]> = {
	'invoice numbers': ['invoices', '"invoice_number":"INV-', '"invoice_number":"2026/'],
	'overdue invoices': ['invoices', '"status":"overdue"', '"status":"sent"'],
	'invoice statuses': ['invoices', '"status":"partial"', '"status":"partially_paid"'],
	'payment statuses': ['payments', '"status":"succeeded"', '"status":"completed"'],
	'payment directions': ['payments', '"direction":"outgoing"', '"direction":"out"'],
};

/** How BildOut might write when a record was created. */
const CREATED_AT: Record<QuirkSettings['createdAt'], (moment: string) => unknown> = {
	moment: (moment) => moment,
	day: (moment) => moment.slice(0, 10),
	local: (moment) => {
		const inDenver = new Date(Date.parse(moment) - 7 * 3_600_000).toISOString();
		return inDenver.slice(0, 19).replace('T', ' ');
	},
	seconds: (moment) => Math.floor(Date.parse(moment) / 1000),
	missing: () => undefined,
};

const isDated = (record: JsonObject): record is { created_at: string } =>
	typeof record.created_at === 'string';

/** The address that the sandbox is asked at, as the rest of it knows it. */
export function canonicalUrl(url: string, quirks: QuirkSettings): string {
	const [path = '', query] = withoutPrefixes(url).split('?');
	const known = canonicalPath(path, quirks);
	return query === undefined ? known : `${known}?${canonicalQuery(path, query, quirks)}`;
}

function canonicalPath(path: string, quirks: QuirkSettings): string {
	if (path === '/oauth/authorize' && quirks.signInPath !== path) return NOWHERE;
	if (path === quirks.signInPath) return '/oauth/authorize';
	if (path.startsWith(`${API}/`)) return canonicalApiPath(path, quirks);
	const [, kind, id, ...deeper] = path.split('/');
	const isWebPage = kinds.includes(kind as Kind) && id && deeper.length === 0;
	return isWebPage && !quirks.webPages ? NOWHERE : path;
}

function canonicalApiPath(path: string, quirks: QuirkSettings): string {
	const [collection, ...rest] = path.slice(API.length + 1).split('/');
	if (collection === 'webhooks' && quirks.webhooksPath !== 'webhooks') return NOWHERE;
	if (collection === quirks.webhooksPath) return [API, 'webhooks', ...rest].join('/');
	const isOneInvoice = collection === 'invoices' && rest.length > 0;
	return isOneInvoice && !quirks.invoicesById ? NOWHERE : path;
}

function canonicalQuery(path: string, query: string, quirks: QuirkSettings): string {
	if (!path.startsWith(API)) return query;
	const ignored = [quirks.search || 'search', quirks.statusFilter || 'status'];
	if (ignored.every((name) => name === true)) return query;
	const parameters = new URLSearchParams(query);
	for (const name of ignored) parameters.delete(String(name));
	return parameters.toString();
}

/** The body of a request, as the rest of the sandbox knows it. */
export function canonicalBody(path: string, text: string, quirks: QuirkSettings): string {
	const body = withoutPrefixes(text);
	if (!isOfVendors(path) || !quirks.otherFieldNames) return body;
	return OTHER_NAMES.reduce((json, [assumed, other]) => renamed(json, other, assumed), body);
}

/** The body of a response, as a BildOut with these quirks writes it. */
export function quirkyBody(
	response: { method: string; path: string; status: number },
	text: string,
	quirks: QuirkSettings,
): string {
	const { path, status } = response;
	if (!path.startsWith(API)) return text;
	const body = quirkyText(path, text, quirks);
	if (status >= 400 && quirks.errors === 'message') {
		return JSON.stringify({ message: (JSON.parse(body) as Failure).error.message });
	}
	if (status >= 300 || !body.startsWith('{')) return body;
	return quirkyRecords(response, JSON.parse(body) as { data?: unknown }, quirks);
}

function quirkyText(path: string, text: string, quirks: QuirkSettings): string {
	let body = withOtherWords(path, text, quirks);
	if (quirks.prefixedIds) body = body.replace(UUID, `${ID_PREFIX}$&`);
	if (!isOfVendors(path) || !quirks.otherFieldNames) return body;
	return OTHER_NAMES.reduce((json, [assumed, other]) => renamed(json, assumed, other), body);
}

function quirkyRecords(
	{ method, path }: { method: string; path: string },
	body: { data?: unknown },
	quirks: QuirkSettings,
): string {
	const { data } = body;
	const isOne = isObject(data);
	const records = [data].flat().filter(isObject);
	if (!quirks.updatedAt) for (const record of records) record.updated_at = record.created_at;
	for (const record of records.filter(isDated)) {
		Object.assign(record, { created_at: CREATED_AT[quirks.createdAt](record.created_at) });
	}
	if (quirks.unknownServerField) {
		for (const record of records) record[SERVER_FIELD] = 'org_1';
	}
	const isRead = method === 'GET' && path.startsWith(`${API}/invoices`);
	if (isRead && isOne && !quirks.invoiceLines) delete data.line_items;
	return JSON.stringify(isOne && quirks.envelope === 'none' ? data : body);
}

/** Refuses a write that names the field which is the server's own. */
export function refuseServerField({ body }: FastifyRequest): void {
	if (!isObject(body) || !(SERVER_FIELD in body)) return;
	throw invalidFields({ field: SERVER_FIELD, message: 'is set by BildOut and cannot be written' });
}

interface Failure {
	error: { message: string };
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isOfVendors = (path: string) => path.startsWith(`${API}/vendors`);

function withOtherWords(path: string, text: string, { otherWords }: QuirkSettings): string {
	if (otherWords === 'none') return text;
	const [collection, assumed, other] = OTHER_WORDS[otherWords];
	return path.startsWith(`${API}/${collection}`) ? text.replaceAll(assumed, other) : text;
}

const renamed = (json: string, from: string, to: string) =>
	json.replaceAll(new RegExp(`"${from}"\\s*:`, 'g'), `"${to}":`);

const withoutPrefixes = (text: string) =>
	text.replaceAll(ID_PREFIX, '').replaceAll(encodeURIComponent(ID_PREFIX), '');
