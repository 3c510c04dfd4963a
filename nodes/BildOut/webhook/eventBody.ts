import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';

import {
	BATCH_KEYS,
	EVENT_ENVELOPES,
	EVENT_NAME_KEYS,
	EVENT_TIME_KEYS,
	PING_EVENTS,
} from '../assumptions';
import { EVERY_REPORTED_EVENT } from '../events';
import { isObject } from '../api/json';

/** One event out of a delivery's body. */
export interface Event {
	/** As BildOut sent it. */
	json: IDataObject;
	/** The documented name where there is one, otherwise what stands in its place. */
	name: string | undefined;
	/** Tells it from other events, and is the same when it is delivered again. */
	key: string;
}

const LONGEST_CHALLENGE = 500;

/** The events in a body; undefined when the body is no JSON object, and no list of such. */
export function readEvents(body: Buffer): Event[] | undefined {
	const parsed = jsonParse<unknown>(body.toString('utf8'), { fallbackValue: null });
	const list = Array.isArray(parsed) ? (parsed as unknown[]) : eventsWithin(parsed);
	if (list.length === 0 || !list.every(isObject)) return undefined;
	return list.map((json) => ({
		json,
		name: nameOf(json),
		key: keyOf(json, list.length === 1 ? body : JSON.stringify(json)),
	}));
}

/** A body may be one event, or an envelope around several. */
function eventsWithin(body: unknown): unknown[] {
	if (!isObject(body) || isDocumented(nameOf(body))) return [body];
	const batch = BATCH_KEYS.map((key) => body[key]).find(
		(value) =>
			Array.isArray(value) &&
			value.length > 0 &&
			value.every((entry) => isObject(entry) && isDocumented(nameOf(entry))),
	);
	return (batch as unknown[] | undefined) ?? [body];
}

export function isDocumented(name: string | undefined): boolean {
	return name !== undefined && EVERY_REPORTED_EVENT.includes(name);
}

/** A documented name wins wherever it stands; otherwise it is the first text where one may stand. */
function nameOf(event: IDataObject): string | undefined {
	const names = namesIn(event);
	const wrapped = EVENT_ENVELOPES.map((key) => event[key])
		.filter(isObject)
		.flatMap(namesIn);
	const own = isObject(event.event) ? [...names, ...namesIn(event.event)] : names;
	return [...names, ...wrapped].find(isDocumented) ?? own[0];
}

function namesIn(holder: IDataObject): string[] {
	return EVENT_NAME_KEYS.map((key) => holder[key])
		.flatMap((name) => (isObject(name) ? [name.type, name.name] : [name]))
		.filter((name): name is string => typeof name === 'string' && name !== '');
}

/**
 * An event is known by its own ID, its name and its time. Without an ID of its own it is known by all that
 * it says: an ID that the record within has too is the record's, and comes with each change of it.
 */
function keyOf(event: IDataObject, whole: Buffer | string): string {
	const { id } = isObject(event.event) && event.id === undefined ? event.event : event;
	const wrapped = Object.values(event).filter(isObject);
	const records = wrapped.flatMap((each) => [each, ...Object.values(each).filter(isObject)]);
	const isOwn =
		((typeof id === 'string' && id !== '') || typeof id === 'number') &&
		records.length > 0 &&
		!records.some((record) => record.id === id && record !== event.event);
	const time = EVENT_TIME_KEYS.map((name) => event[name]).find((value) => value !== undefined);
	const hash = createHash('sha256');
	return isOwn
		? hash.update(JSON.stringify(['id', nameOf(event), id, time])).digest('base64')
		: hash.update(whole).digest('base64');
}

/** What a ping asks to be answered with; undefined when the body is an event. */
export function pingAnswer(body: Buffer): Record<string, string> | undefined {
	if (body.length > 10_000) return undefined;
	const [event, ...others] = readEvents(body) ?? [];
	if (event === undefined || others.length > 0 || isDocumented(event.name)) return undefined;
	const { challenge } = event.json;
	if (typeof challenge === 'string' && challenge.length <= LONGEST_CHALLENGE) return { challenge };
	return event.name !== undefined && PING_EVENTS.includes(event.name)
		? { ignored: 'ping' }
		: undefined;
}
