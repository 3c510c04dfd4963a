import type { IDataObject } from 'n8n-workflow';

import { WEBHOOKS_PATH } from '../assumptions';
import { statusOf } from '../api/errors';
import { listRecords } from '../api/pagination/listRecords';
import { apiRequest } from '../api/client';
import { isSameAddress } from './urls';
import type { Hook } from './hook';
import { type Subscription, readSubscription } from './readSubscription';

/** A subscription that stands in BildOut. */
export type RegisteredSubscription = Subscription & { id: string; url: string };

const SUBJECT = {
	resource: 'webhook subscription',
	scopes: { read: 'webhooks:manage' },
};
const ABSENT = [404, 410];
const NO_SUCH_ENDPOINT = [404, 405, 410, 501];

/** Answers that do not tell one subscription: an error in the place of a record is one of them. */
const NOT_A_SUBSCRIPTION = [200, ...NO_SUCH_ENDPOINT];

/** Answers that say nothing about the request itself: it may well be taken another time. */
const PASSING = [401, 403, 408, 425, 429];

/**
 * Asks for one subscription.
 *
 * @returns undefined when BildOut says that it is not there, or does not say where it delivers to: some
 *   servers have no such endpoint
 */
export async function findSubscription(
	hook: Hook,
	id: string,
): Promise<RegisteredSubscription | undefined> {
	const answer = await send(hook, { method: 'GET', ...at(id) }).catch(
		ignoreStatuses(NOT_A_SUBSCRIPTION),
	);
	const found = answer && readSubscription(answer);
	return found?.url === undefined ? undefined : { ...found, id, url: found.url };
}

/** The subscriptions that deliver to our address; undefined where BildOut has no such list. */
export async function listForThisUrl(hook: Hook): Promise<RegisteredSubscription[] | undefined> {
	const isOurs = (record: IDataObject) => isSameAddress(readSubscription(record).url, hook.url);
	const records = await listRecords(
		hook.context,
		{ path: [WEBHOOKS_PATH], target: SUBJECT, wanted: Infinity, keep: isOurs },
		hook.settings,
	).catch(ignoreStatuses(NO_SUCH_ENDPOINT));
	return records
		?.map(readSubscription)
		.filter((found): found is RegisteredSubscription => found.id !== undefined);
}

/**
 * Makes a subscription. What BildOut answers is given as it is: it may lack what it should have.
 *
 * @returns undefined where BildOut has no such endpoint
 */
export async function postSubscription(
	hook: Hook,
	events: string[],
): Promise<Subscription | undefined> {
	const answer = await send(hook, {
		method: 'POST',
		path: [WEBHOOKS_PATH],
		target: SUBJECT,
		body: { url: hook.url, events },
	}).catch(ignoreStatuses(NO_SUCH_ENDPOINT));
	return answer && readSubscription(answer);
}

/**
 * Gives a subscription this URL and these events, and has it deliver.
 *
 * @returns what BildOut answers, which may be nothing; undefined where it does not take the change
 */
export async function putSubscription(
	hook: Hook,
	{ id, running }: RegisteredSubscription,
	url: string,
	events: string[],
): Promise<Subscription | undefined> {
	const body = { url, events, ...running };
	const answer = await send(hook, { method: 'PUT', ...at(id), body }).catch((error: Error) => {
		const status = statusOf(error) ?? 0;
		const isFinal = status === 501 || (status >= 400 && status < 500);
		const isRefused = isFinal && !PASSING.includes(status);
		if (isRefused) return undefined;
		throw error;
	});
	return answer && readSubscription(answer);
}

/** Ends a subscription, and tells whether it was there. */
export async function deleteSubscription(hook: Hook, id: string): Promise<boolean> {
	const answer = await send(hook, { method: 'DELETE', ...at(id) }).catch(ignoreStatuses(ABSENT));
	return answer !== undefined;
}

async function send(hook: Hook, request: Parameters<typeof apiRequest>[1]): Promise<IDataObject> {
	return await apiRequest(hook.context, request, hook.settings);
}

function at(id: string) {
	return { path: [WEBHOOKS_PATH, id], target: { ...SUBJECT, id } };
}

function ignoreStatuses(statuses: number[]) {
	return (error: Error): undefined => {
		if (!statuses.includes(statusOf(error) ?? 0)) throw error;
	};
}
