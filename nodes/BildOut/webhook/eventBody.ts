import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { PING_EVENTS } from '../assumptions';
import { EVERY_REPORTED_EVENT } from '../events';
import { isObject, parseJson } from '../api/json';

/** One event out of a delivery's body. */
export interface Event {
	/** As BildOut sent it; a number that JavaScript cannot hold is the text of its digits. */
	json: IDataObject;
	/** The documented name where there is one, else `type` or `event`. */
	name: string | undefined;
	/** Tells it from other events, and is the same when it is delivered again. */
	key: string;
}

const MAX_BATCH_LEVELS = 3;
const MAX_CHALLENGE_LENGTH = 500;
/** Anybody can send a ping. */
const MAX_PING_BYTES = 10_000;

/** When the event happened: the same each time it is delivered. */
const EVENT_TIMES = ['created_at', 'createdAt', 'created', 'occurred_at'];

/** What differs between two deliveries of one event, and where it may stand besides the top. */
const ATTEMPT_FIELD =
	/^((delivery|webhook)_?)?(attempts?|retry|retries|redelivery|try)(_?(count|number|no))?$|^(delivery_?id|delivered_?at|is_?retry)$/i;
const ATTEMPT_HOLDERS = ['meta', 'metadata', 'delivery', 'webhook', 'request'];
/** Of those, the ones that are about the attempt alone: their ID is the attempt's. */
const ATTEMPTS = ['delivery', 'request'];

/**
 * The events in a body. What is no object in a list of events is left out.
 *
 * @param foreignIds IDs that are certainly no event's, such as the subscription's
 * @returns undefined when the body is no JSON object, and no list of such
 */
export function readEvents(body: Buffer, foreignIds: string[] = []): Event[] | undefined {
	// A byte order mark is none of the JSON.
	const parsed = parseJson(body.toString('utf8').replace(/^\uFEFF/, ''));
	const events = eventsWithin(parsed);
	if (events.length === 0) return undefined;
	return events.map((json, index) => ({ json, name: nameOf(json), key: keyIn(json, index) }));

	function keyIn(json: IDataObject, index: number): string {
		try {
			return keyOf(json, foreignIds);
		} catch {
			// It is nested too deeply to be written in order.
			return digestOf(`${index} ${body.toString('latin1')}`);
		}
	}
}

/** A body may be one event, or hold several: as a list, or under whatever names, some levels further in. */
function eventsWithin(body: unknown, levels = MAX_BATCH_LEVELS): IDataObject[] {
	if (Array.isArray(body) && levels > 0) {
		return body.flatMap((each: unknown) => eventsWithin(each, levels - 1));
	}
	if (!isObject(body)) return [];
	if (levels <= 0 || isDocumented(namesIn(body)[0])) return [body];
	const batches = holdersIn(body, levels).flatMap((holder) => Object.entries(holder).map(batchIn));
	const inside = eventsWithin(batches.flat(), levels);
	return inside.length > 0 ? inside : [body];
}

/** An object and the objects in it, down to a level. */
function holdersIn(holder: IDataObject, levels: number): IDataObject[] {
	const inner = levels > 0 ? Object.values(holder).filter(isObject) : [];
	return [holder, ...inner.flatMap((each) => holdersIn(each, levels - 1))];
}

/**
 * The events in a list, or in an object that holds them by some key. The events' names tell them from records.
 *
 * @returns an empty list for anything else
 */
function batchIn([key, value]: [string, unknown]): unknown[] {
	const isList = Array.isArray(value);
	const members: unknown[] = isList ? value : isObject(value) ? Object.values(value) : [];
	const names = (isList ? members.flat() : members).filter(isObject).map(nameOf);
	const fewest = isList ? 1 : 2;
	const isBatch =
		names.filter(isDocumented).length >= fewest ||
		(key === 'events' && names.some((name) => name !== undefined));
	return isBatch ? members : [];
}

export function isDocumented(name: string | undefined): boolean {
	return name !== undefined && EVERY_REPORTED_EVENT.includes(name);
}

/** A documented name counts in whichever field of the event it stands, and as a `type` within. */
function nameOf(event: IDataObject): string | undefined {
	const names = namesIn(event);
	const within = Object.values(event).filter(isObject).flatMap(statedNames);
	return [...names, ...within].find(isDocumented) ?? names[0];
}

/** A documented name first, else `type` or `event`. */
function namesIn(event: IDataObject): string[] {
	const documented = Object.values(event).filter(
		(value): value is string => typeof value === 'string' && isDocumented(value),
	);
	const { event: inner } = event;
	return [...documented, ...statedNames(event), ...(isObject(inner) ? statedNames(inner) : [])];
}

function statedNames({ type, event }: IDataObject): string[] {
	return [type, event]
		.map((name) => (isObject(name) ? (name.type ?? name.name) : name))
		.filter((name): name is string => typeof name === 'string' && name !== '');
}

/**
 * An event is recognized by its own ID, its name, its time and the IDs of its records. Without an ID that is
 * certainly its own, all of it counts but what changes with each attempt.
 */
function keyOf(event: IDataObject, foreignIds: string[]): string {
	const head = isObject(event.event) ? { ...event.event, ...event } : event;
	const recordsIn = (isRecord: (name: string) => boolean) =>
		Object.entries(event)
			.filter(([name]) => name !== 'event' && isRecord(name))
			.map(([, holder]) => holder)
			.filter(isObject)
			.flatMap((holder) => [holder, ...Object.values(holder).filter(isObject)]);
	const records = recordsIn(() => true);
	const idsOf = (holders: IDataObject[]) => holders.map(({ id }) => id).filter(isId);
	const recordIds = idsOf(recordsIn((name) => !ATTEMPT_HOLDERS.includes(name)));
	const others = [head, ...records]
		.flatMap((holder) => Object.entries(holder))
		.filter(([name]) => /.(_id|Id)$/.test(name) && !/^event(_id|Id)$/.test(name))
		.map(([, value]) => value);
	const isForeign = (id: unknown) =>
		[...idsOf(records), ...others, ...foreignIds].some((other) => String(other) === String(id));

	const { id = undefined, event_id: eventId, eventId: eventIdToo } = head;
	const stated = [eventId, eventIdToo].find(isId);
	const own = stated ?? (isId(id) && records.length > 0 && !isForeign(id) ? id : undefined);
	const time = EVENT_TIMES.map((name) => head[name]).find(
		(value) => value !== undefined && value !== null,
	);
	const identity =
		own === undefined
			? withoutAttempt(event)
			: ['id', nameOf(event), own, time, recordIds.map(String).sort()];
	return digestOf(JSON.stringify(identity, inOrder));
}

function digestOf(text: string): string {
	return createHash('sha256').update(text).digest('base64');
}

function isId(id: unknown): id is string | number {
	return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

function withoutAttempt(holder: IDataObject, holderName = ''): IDataObject {
	const isAttempts = (name: string) =>
		ATTEMPT_FIELD.test(name) || (name === 'id' && ATTEMPTS.includes(holderName));
	const fields = Object.entries(holder).filter(([name]) => !isAttempts(name));
	return Object.fromEntries(
		fields.map(([name, value]) => [
			name,
			ATTEMPT_HOLDERS.includes(name) && isObject(value) ? withoutAttempt(value, name) : value,
		]),
	);
}

/** Has `JSON.stringify` write the fields of each object in one order, however they came. */
function inOrder(_: string, value: unknown): unknown {
	return isObject(value)
		? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
		: value;
}

/**
 * Whether an event is a ping: by its name, or by a challenge without a name.
 *
 * @returns the challenge to send back, if any; undefined for any other event
 */
export function readPing({ name, json }: Event): { challenge?: string } | undefined {
	const { challenge } = json;
	const isShort = typeof challenge === 'string' && challenge.length <= MAX_CHALLENGE_LENGTH;
	if (name === undefined ? !isShort : !PING_EVENTS.includes(name)) return undefined;
	return isShort ? { challenge } : {};
}

/** The same for an unsigned body, where a challenge counts under any name that is not documented. */
export function readUnsignedPing(body?: Buffer): { challenge?: string } | undefined {
	if (body === undefined || body.length > MAX_PING_BYTES) return undefined;
	const [event, ...others] = readEvents(body) ?? [];
	if (event === undefined || others.length > 0 || isDocumented(event.name)) return undefined;
	return readPing(event) ?? readPing({ ...event, name: undefined });
}
