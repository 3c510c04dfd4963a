import type { IDataObject } from 'n8n-workflow';

import {
	PAUSED_STATUSES,
	SUBSCRIPTION_ENVELOPES,
	SUBSCRIPTION_FIELDS,
	SUBSCRIPTION_SWITCHES,
} from '../assumptions';
import { isObject } from '../api/json';

/** A webhook subscription as BildOut told it. What an answer leaves out is undefined. */
export interface Subscription {
	id?: string;
	/** Where BildOut delivers to. */
	url?: string;
	events?: string[];
	/** What deliveries are signed with. */
	secret?: string;
	isPaused: boolean;
	/** The fields that tell whether BildOut delivers, with the values that let it. */
	running: IDataObject;
}

/** Reads a subscription from an answer, in whatever envelope and under whatever names it comes. */
export function readSubscription(answer: IDataObject): Subscription {
	const fields = unwrap(answer);
	const { isPaused, running } = readSwitches(fields);
	return {
		id: asText(pick(fields, SUBSCRIPTION_FIELDS.id)),
		url: asText(pick(fields, SUBSCRIPTION_FIELDS.url)),
		events: readEvents(pick(fields, SUBSCRIPTION_FIELDS.events)),
		secret: asText(pick(fields, SUBSCRIPTION_FIELDS.secret)),
		isPaused,
		running,
	};
}

/** All fields in one object; those further inside win. */
function unwrap(answer: IDataObject): IDataObject {
	const inner = SUBSCRIPTION_ENVELOPES.map((key) => answer[key]).find(isObject);
	return inner ? { ...answer, ...unwrap(inner) } : answer;
}

function pick(fields: IDataObject, names: string[]): unknown {
	const name = names.find((candidate) => fields[candidate] !== undefined);
	return name === undefined ? undefined : fields[name];
}

function asText(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A list of names, of objects that have one, a text with commas, or an object with a switch for each name. */
function readEvents(events: unknown): string[] | undefined {
	if (typeof events === 'string') return events.split(',').map((name) => name.trim());
	if (isObject(events)) return Object.keys(events).filter((name) => events[name] === true);
	if (!Array.isArray(events)) return undefined;
	return (events as unknown[]).flatMap((event) => {
		if (typeof event === 'string') return [event];
		if (!isObject(event)) return [];
		const name = [event.type, event.name, event.event, event.id].find(
			(candidate) => typeof candidate === 'string',
		);
		return name === undefined ? [] : [name as string];
	});
}

function readSwitches(fields: IDataObject): { isPaused: boolean; running: IDataObject } {
	const told = Object.keys(SUBSCRIPTION_SWITCHES).filter(
		(name) => typeof fields[name] === 'boolean',
	);
	const running: IDataObject = {};
	for (const name of told) running[name] = SUBSCRIPTION_SWITCHES[name];
	const resumed = PAUSED_STATUSES[String(fields.status).toLowerCase()];
	if (resumed !== undefined) running.status = resumed;
	const isPaused =
		resumed !== undefined || told.some((name) => fields[name] !== SUBSCRIPTION_SWITCHES[name]);
	return { isPaused, running };
}
