import type { IDataObject } from 'n8n-workflow';

import { WEBHOOKS_PATH } from '../assumptions';
import { type ApiContext, type ApiRequest, type RequestSettings, apiRequest } from '../api/client';
import { statusOf } from '../api/errors';
import { isObject } from '../api/json';
import { listRecords } from '../api/listReader';
import { isSameAddress } from './urls';

/** A webhook subscription as BildOut returned it. What a response leaves out is undefined. */
export interface Subscription {
	id?: string;
	/** Where BildOut delivers to. */
	url?: string;
	events?: string[];
	/** BildOut shows it in the response to POST, and perhaps in that to a change. A mask of it is none. */
	secret?: string;
	isPaused: boolean;
	/** The fields that show whether BildOut delivers, with the values for yes. */
	activationFields: IDataObject;
}

/** A subscription that BildOut has. */
export type RegisteredSubscription = Subscription & { id: string; url: string };

/** What a request about subscriptions is made with. */
export interface SubscriptionRequest {
	context: ApiContext;
	/** Our address, without a seal. */
	url: string;
	/** What each request may take. */
	settings: RequestSettings;
}

const SUBJECT = {
	resource: 'webhook subscription',
	scopes: { read: 'webhooks:manage' },
};
const ABSENT = [404, 410];
const NO_SUCH_ENDPOINT = [404, 405, 410, 501];

/** Responses that are no subscription: 200 where an error stands instead of the record. */
const NOT_A_SUBSCRIPTION = [200, ...NO_SUCH_ENDPOINT];

/** Another time, BildOut may accept the same request. */
const PASSING = [401, 403, 408, 425, 429];

/** A `status` of a subscription that does not deliver; the opposite is `active`, but for `disabled`. */
const PAUSED =
	/^(paused|inactive|deactivated|suspended|disabled|stopped|blocked|failed|error|off)$/i;

/** How a flag may be written: off, and on. */
const SWITCHES = [
	[false, true],
	[0, 1],
	['false', 'true'],
];

/** What no secret is: a character that none has, one that is repeated as in a mask, or a prefix alone. */
const MASK =
	/[^!-~]|\*|\.{2}|([^\w+/=-])\1\1|([+/=_-])\2{4}|x{4}|x{3}$|(.)\3{7}|^(.)\4*$|^[a-z]{2,10}_$/i;

/** Words that a server shows instead of a secret. */
const NO_SECRET =
	/hidden|redact|mask|encrypted|protected|filtered|omitted|removed|conceal|obfuscat|censor|sensitive|confidential|placeholder|unavailable|not.?(shown|available|returned|stored|set)|(shown|only).?once|already.?(shown|issued)|ends?[\W_](in|with)|write.?only|your.?secret|change.?me|^\W*(secret|none|null|nil|undefined|n.?a|true|false|yes|no|(un)?set)\W*$/i;

/**
 * Asks for one subscription.
 *
 * @returns undefined when it is not there, or where BildOut has no such endpoint
 */
export async function findSubscription(
	request: SubscriptionRequest,
	id: string,
): Promise<RegisteredSubscription | undefined> {
	const response = await send(request, 'GET', id).catch(ignoreStatuses(NOT_A_SUBSCRIPTION));
	const found = response && readSubscription(response);
	return found?.url === undefined ? undefined : { ...found, id, url: found.url };
}

/** The subscriptions that deliver to our address; undefined where BildOut has no such list. */
export async function listForThisUrl({
	context,
	url,
	settings,
}: SubscriptionRequest): Promise<RegisteredSubscription[] | undefined> {
	const isOurs = (record: IDataObject) => isSameAddress(readSubscription(record).url, url);
	const records = await listRecords(
		context,
		{ path: [WEBHOOKS_PATH], target: SUBJECT, wanted: Infinity, keep: isOurs },
		settings,
	).catch(ignoreStatuses(NO_SUCH_ENDPOINT));
	return records
		?.map(readSubscription)
		.filter((found): found is RegisteredSubscription => found.id !== undefined);
}

/**
 * Makes a subscription.
 *
 * @returns undefined where BildOut has no such endpoint
 */
export async function postSubscription(
	request: SubscriptionRequest,
	events: string[],
): Promise<Subscription | undefined> {
	const body = { url: request.url, events };
	const response = await send(request, 'POST', undefined, body).catch(
		ignoreStatuses(NO_SUCH_ENDPOINT),
	);
	return response && readSubscription(response);
}

/**
 * Gives a subscription this URL and these events, and has it deliver.
 *
 * @returns undefined where BildOut refused the change
 */
export async function putSubscription(
	request: SubscriptionRequest,
	{ id, activationFields }: RegisteredSubscription,
	url: string,
	events: string[],
): Promise<Subscription | undefined> {
	const body = { url, events, ...activationFields };
	const response = await send(request, 'PUT', id, body).catch((error: Error) => {
		const status = statusOf(error) ?? 0;
		const isFinal = status === 501 || (status >= 400 && status < 500);
		if (isFinal && !PASSING.includes(status)) return undefined;
		throw error;
	});
	return response && readSubscription(response);
}

/** Removes a subscription. Returns whether it was there. */
export async function deleteSubscription(
	request: SubscriptionRequest,
	id: string,
): Promise<boolean> {
	const response = await send(request, 'DELETE', id).catch(ignoreStatuses(ABSENT));
	return response !== undefined;
}

/** The fields as the contract has them, bare or in `data`. */
function readSubscription(response: IDataObject): Subscription {
	const fields = unwrap(response);
	const events = fields.events as unknown;
	const isList = Array.isArray(events) && events.every((event) => typeof event === 'string');
	const secrets = [fields.secret, fields.signing_secret].filter((one) => typeof one === 'string');
	return {
		id: asText(fields.id),
		url: asText(fields.url),
		events: isList ? events : undefined,
		secret: secrets.map(asText).find((text) => text && !MASK.test(text) && !NO_SECRET.test(text)),
		...readActiveFlags(fields),
	};
}

/** All fields in one object; those further inside win, unless they are empty. */
function unwrap(response: IDataObject): IDataObject {
	const { data } = response;
	if (!isObject(data)) return response;
	const stated = Object.entries(data).filter(([, value]) => value !== null);
	return { ...response, ...Object.fromEntries(stated) };
}

function asText(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readActiveFlags(fields: IDataObject): Pick<Subscription, 'isPaused' | 'activationFields'> {
	const activationFields: IDataObject = {};
	let isPaused = false;
	for (const name of ['active', 'enabled']) {
		const value = fields[name];
		const [off, on] = SWITCHES.find((values) => values.includes(value as never)) ?? [];
		if (on === undefined) continue;
		activationFields[name] = on;
		isPaused ||= value === off;
	}
	const status = String(fields.status).toLowerCase();
	if (PAUSED.test(status)) {
		activationFields.status = status === 'disabled' ? 'enabled' : 'active';
		isPaused = true;
	}
	return { isPaused, activationFields };
}

async function send(
	{ context, settings }: SubscriptionRequest,
	method: ApiRequest['method'],
	id?: string,
	body?: IDataObject,
): Promise<IDataObject> {
	const path = id === undefined ? [WEBHOOKS_PATH] : [WEBHOOKS_PATH, id];
	return await apiRequest(context, { method, path, target: { ...SUBJECT, id }, body }, settings);
}

function ignoreStatuses(statuses: number[]) {
	return (error: Error): undefined => {
		if (!statuses.includes(statusOf(error) ?? 0)) throw error;
	};
}
