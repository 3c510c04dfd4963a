import type { IHookFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { ANY_EVENT, EVERY_REPORTED_EVENT } from '../events';
import { addressKey, isSameAddress, sealOf, withSeal } from './urls';
import { type Hook, withHookTimeout } from './hook';
import type { Subscription } from './readSubscription';
import { NonRetryableActivationError } from './activation';
import { decryptSecret, encryptSecret } from './sealedSecret';
import { isManual } from './secrets';
import { chosenEvents, requireReachableUrl, requireSigningSecret } from './settings';
import {
	forgetSubscription,
	keepSealed,
	saveSubscription,
	ownUrl,
	loadLatestIntoStaticData,
	whileRegistering,
} from './state';
import {
	type RegisteredSubscription,
	deleteSubscription,
	findSubscription,
	listForThisUrl,
	postSubscription,
	putSubscription,
} from './subscriptionApi';

/**
 * Addresses whose check has just failed. n8n then calls `delete`, to clean up before it tries again: that
 * must not end a subscription that has worked all the time.
 */
const failedChecks = new TtlCache<true>({ ttlMs: 30_000, maxWeight: 10_000 });

/**
 * Whether BildOut has our subscription, which is put right where it drifted. Only a clear "not there"
 * counts as absence: any other failure is thrown, so that it never leads to a second subscription.
 * Subscriptions to other addresses are never touched; one to ours whose secret is not known is removed.
 *
 * @throws PermanentError before any request when the node's settings cannot work
 */
export async function checkSubscription(context: IHookFunctions): Promise<boolean> {
	const events = chosenEvents(context);
	if (isManual(context)) {
		await requireSigningSecret(context);
		return await removeSubscription(context);
	}
	await requireReachableUrl(context);

	const key = addressKey(ownUrl(context));
	let isOver = false;
	try {
		const isThere = await withHookTimeout(context, async (hook) => {
			const standing = await findRegistered(hook);
			if (standing === undefined) return false;
			return await whileRegistering(context, async () => await reconcile(hook, standing, events));
		});
		isOver = true;
		return isThere;
	} finally {
		if (!isOver && context.getMode() !== 'manual') failedChecks.set(key, true);
	}
}

/**
 * Subscribes our address to the chosen events and keeps the subscription's ID and secret.
 *
 * @throws PermanentError when BildOut cannot reach the address, has no such endpoint, or does not tell
 *   the secret
 */
export async function createSubscription(context: IHookFunctions): Promise<boolean> {
	const events = chosenEvents(context);
	await requireReachableUrl(context);
	return await withHookTimeout(context, async (hook) => {
		return await whileRegistering(context, async () => {
			const made = await makeSubscription(hook, events);
			saveSubscription(context, made);
			await trySeal(hook, made, events);
			return true;
		});
	});
}

/**
 * Ends our subscription, and whatever else in BildOut delivers to our address. After a failure, which is
 * thrown, what is not known to have ended stays in the stored state, so that it can be tried again.
 */
export async function removeSubscription(context: IHookFunctions): Promise<boolean> {
	const key = addressKey(ownUrl(context));
	const isCleanUp = failedChecks.get(key) !== undefined;
	failedChecks.delete(key);
	if (isCleanUp) return true;

	const { subscriptionId } = loadLatestIntoStaticData(context);
	// What a person added by hand in BildOut delivers to our address too.
	const byUrl = !isManual(context);
	if (subscriptionId === undefined && !byUrl) return true;
	return await withHookTimeout(context, async (hook) => {
		const hasEnded = await deleteStored(hook);
		if (hasEnded) forgetSubscription(context, true);
		const ours = byUrl ? await removeAll(hook, await listForThisUrl(hook)) : [];
		if (!hasEnded) forgetSubscription(context, ours.includes(subscriptionId ?? ''));
		return true;
	});
}

/** Our subscription whose secret is known, if BildOut has it. All others at our address are removed. */
async function findRegistered(hook: Hook): Promise<RegisteredSubscription | undefined> {
	const { context, url } = hook;
	const { subscriptionId, secret } = loadLatestIntoStaticData(context);
	const found =
		subscriptionId === undefined ? undefined : await findSubscription(hook, subscriptionId);
	if (secret && isSameAddress(found?.url, url)) return found;

	const ours = await listForThisUrl(hook);
	const standing = ours && (await withKnownSecret(hook, ours));
	const removed = await removeAll(
		hook,
		ours?.filter(({ id }) => id !== standing?.id),
	);
	if (standing === undefined) {
		// Where nobody can tell whether it is still there, a new one takes its place.
		const hasEnded = ours === undefined && (await deleteStored(hook));
		forgetSubscription(context, hasEnded || removed.includes(subscriptionId ?? ''));
	}
	return standing;
}

/** Of the subscriptions at our address, the one whose secret is stored or can be read from its seal. */
async function withKnownSecret(
	hook: Hook,
	ours: RegisteredSubscription[],
): Promise<RegisteredSubscription | undefined> {
	const { context, url } = hook;
	const { subscriptionId, secret } = loadLatestIntoStaticData(context);
	const stored = ours.find(({ id }) => id === subscriptionId);
	if (stored && secret) return stored;

	const sealed = [];
	for (const standing of ours) {
		const text = sealOf(standing.url);
		const opened = text === undefined ? undefined : await decryptSecret(context, url, text);
		if (opened?.belongsTo(standing.id)) sealed.push({ standing, opened });
	}
	const [latest] = sealed.sort((one, other) => other.opened.since - one.opened.since);
	if (latest === undefined) return undefined;
	const { standing, opened } = latest;
	saveSubscription(context, { id: standing.id, secret: opened.secret, isSealed: true });
	return standing;
}

/**
 * Has our subscription deliver the wanted events, with its seal where BildOut keeps one.
 *
 * @returns false when that was not possible, and the subscription was removed so that a new one can be made
 */
async function reconcile(
	hook: Hook,
	standing: RegisteredSubscription,
	events: string[],
): Promise<boolean> {
	if (coversEvents(standing, events, 'exactly')) {
		await trySeal(hook, standing, events);
		return true;
	}
	const url = await wantedUrl(hook, standing);
	if (await change(hook, standing, url, events)) return true;
	await deleteSubscription(hook, standing.id);
	forgetSubscription(hook.context, true);
	return false;
}

/** The subscription's URL as it should be: it stays as it is where it has its seal, or cannot have one. */
async function wantedUrl(hook: Hook, { id, url }: RegisteredSubscription): Promise<string> {
	const { context } = hook;
	const { secret, since = 0, isSealed } = loadLatestIntoStaticData(context);
	if (isSealed === false || !secret || context.getMode() === 'manual') return url;
	const present = sealOf(url);
	const opened =
		present === undefined ? undefined : await decryptSecret(context, hook.url, present);
	if (opened?.secret === secret) return url;
	const text = await encryptSecret(context, hook.url, { id, secret, since });
	return text === undefined ? url : withSeal(hook.url, text);
}

/** Changes a subscription in BildOut, and tells whether it now delivers the wanted events. */
async function change(
	hook: Hook,
	standing: RegisteredSubscription,
	url: string,
	events: string[],
): Promise<boolean> {
	const { context } = hook;
	const answer = await putSubscription(hook, standing, url, events);
	const told = answer?.url === undefined ? await findSubscription(hook, standing.id) : answer;
	const text = sealOf(url);
	if (text !== undefined) keepSealed(context, sealOf(told?.url ?? '') === text);
	const { secret } = loadLatestIntoStaticData(context);
	if (answer?.secret !== undefined && answer.secret !== secret) {
		forgetSubscription(context, true);
		saveSubscription(context, { id: standing.id, secret: answer.secret, isSealed: false });
	}
	return answer !== undefined && coversEvents(answer, events, 'at least');
}

/** Deliveries are verified without a seal too, so a failure here is none of publishing. */
async function trySeal(hook: Hook, made: RegisteredSubscription, events: string[]): Promise<void> {
	const url = await wantedUrl(hook, made);
	if (url === made.url) return;
	try {
		await change(hook, made, url, events);
	} catch (error) {
		hook.context.logger.debug(
			`BildOut Trigger could not seal its URL: ${(error as Error).message}`,
			{ workflowId: hook.context.getWorkflow().id },
		);
	}
}

function coversEvents(
	{ events, isPaused }: Subscription,
	wanted: string[],
	how: 'exactly' | 'at least',
): boolean {
	if (isPaused) return false;
	if (events === undefined) return true;
	const all = events.includes(ANY_EVENT) ? EVERY_REPORTED_EVENT : events;
	if (!wanted.every((event) => all.includes(event))) return false;
	return how === 'at least' || all.every((event) => wanted.includes(event));
}

/** Makes a subscription, and takes it back when BildOut does not tell all that is needed. */
async function makeSubscription(
	hook: Hook,
	events: string[],
): Promise<RegisteredSubscription & { secret: string }> {
	const made = await postSubscription(hook, events);
	if (made === undefined) {
		throw new NonRetryableActivationError(
			hook.context,
			"BildOut does not let this workflow subscribe to events by itself. Set 'Registration' to 'Manual' and follow the steps shown there.",
		);
	}
	const { id, secret } = await fillMissingFromApi(hook, made);
	if (id !== undefined && secret !== undefined) {
		return { ...made, id, secret, url: made.url ?? hook.url };
	}
	if (id !== undefined) await deleteSubscription(hook, id);
	const outcome =
		id === undefined
			? 'without telling its ID, so remove it in BildOut'
			: 'without telling its signing secret, so it was removed again';
	throw new NonRetryableActivationError(
		hook.context,
		`BildOut made a webhook subscription ${outcome}. Set 'Registration' to 'Manual' and follow the steps shown there.`,
	);
}

/** The ID and secret of a subscription that was just made; what the answer lacks may be shown elsewhere. */
async function fillMissingFromApi(
	hook: Hook,
	{ id, secret }: Subscription,
): Promise<Pick<Subscription, 'id' | 'secret'>> {
	if (id !== undefined && secret !== undefined) return { id, secret };
	const shown =
		id === undefined ? (await listForThisUrl(hook))?.[0] : await findSubscription(hook, id);
	return { id: id ?? shown?.id, secret: secret ?? shown?.secret };
}

/**
 * Ends the stored subscription, unless it turns out to be another's: a copied workflow brings its twin's
 * state along.
 *
 * @returns whether BildOut had it, and has it no more
 */
async function deleteStored(hook: Hook): Promise<boolean> {
	const { context, url } = hook;
	const { subscriptionId, url: storedUrl } = loadLatestIntoStaticData(context);
	if (subscriptionId === undefined) return false;
	const found = await findSubscription(hook, subscriptionId);
	if (isSameAddress(found?.url ?? storedUrl, url)) {
		return await deleteSubscription(hook, subscriptionId);
	}
	if (found !== undefined) {
		context.logger.warn(
			`BildOut Trigger "${context.getNode().name}" left the webhook subscription ${subscriptionId} alone because it delivers to another address`,
			{ workflowId: context.getWorkflow().id, subscriptionId },
		);
	}
	return false;
}

/** Removes subscriptions, and gives their IDs. */
async function removeAll(
	hook: Hook,
	subscriptions: RegisteredSubscription[] = [],
): Promise<string[]> {
	for (const { id } of subscriptions) await deleteSubscription(hook, id);
	return subscriptions.map(({ id }) => id);
}
