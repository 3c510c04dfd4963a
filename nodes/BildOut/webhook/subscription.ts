import type { IHookFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { TRIGGER_AUDIENCE } from '../errors/audiences';
import { toNodeError } from '../errors/toNodeError';
import { ANY_EVENT, EVERY_REPORTED_EVENT, nodeKey, warn } from '../events';
import {
	type Hook,
	NonRetryableActivationError,
	chosenEvents,
	hookOf,
	isRateLimitFailure,
	requireReachableUrl,
	requireSigningSecret,
} from './activation';
import { decryptSecret, encryptSecret } from './sealedSecret';
import {
	forgetSubscription,
	isManual,
	isTest,
	ownUrl,
	readState,
	saveChangedSecret,
	saveSubscription,
	whileRegistering,
} from './state';
import {
	type RegisteredSubscription,
	type Subscription,
	deleteSubscription,
	findSubscription,
	listForThisUrl,
	postSubscription,
	putSubscription,
} from './subscriptionApi';
import { addressKey, isSameAddress, sealOf, withSeal } from './urls';

/** Addresses at which a hook just failed before it made anything: the `delete` that n8n calls then must remove nothing. */
const failedHooks = new TtlCache<true>({ ttlMs: 30_000, maxWeight: 10_000 });

/** The addresses of tests whose subscriptions may still be in BildOut, by workflow and node. */
const leftByTests = new TtlCache<string>({ ttlMs: Infinity, maxWeight: 1_000 });

/**
 * Whether BildOut has our subscription, which is reconciled with the node's settings. Only a clear "not there"
 * counts as absence: any other failure is thrown, so that it never leads to a second subscription.
 * Subscriptions to other addresses are never touched; one to ours whose secret is unknown is removed.
 *
 * @throws NonRetryableActivationError before any request when the node's settings cannot work
 */
export async function checkSubscription(context: IHookFunctions): Promise<boolean> {
	if (isTest(context)) readState(context).isTest = true;
	const hook = hookOf(context);
	return await noteFailure(hook, async () => {
		const events = chosenEvents(context);
		if (isManual(context)) {
			await requireSigningSecret(context);
			return await removeSubscription(context);
		}
		await requireReachableUrl(context);
		await removeLeftByTest(hook);
		const found = await findRegistered(hook);
		if (isTest(context)) leftByTests.delete(nodeKey(context));
		if (found === undefined) return false;
		return await whileRegistering(context, async () => await reconcile(hook, found, events));
	});
}

/**
 * Subscribes our address to the chosen events and keeps the subscription's ID and secret.
 *
 * @throws NonRetryableActivationError when BildOut has no such endpoint, or does not return the secret
 */
export async function createSubscription(context: IHookFunctions): Promise<boolean> {
	const events = chosenEvents(context);
	const hook = hookOf(context);
	const create = async () => {
		const made = { ...(await makeSubscription(hook, events)), events };
		saveSubscription(context, made);
		if (await reconcile(hook, made, events)) return true;
		throw unusable(context, 'but paused it');
	};
	return await noteFailure(
		hook,
		async () => await whileRegistering(context, create),
		isRateLimitFailure,
	);
}

/** Does the work of a hook; after a failure that made nothing, nothing is cleaned up. */
async function noteFailure(
	{ url }: Hook,
	work: () => Promise<boolean>,
	madeNothing: (error: unknown) => boolean = () => true,
): Promise<boolean> {
	return await work().catch((error: Error) => {
		if (madeNothing(error)) failedHooks.set(addressKey(url), true);
		throw error;
	});
}

/**
 * Removes our subscription and all others that deliver to our address. After a failure, what may still be there
 * stays in the state. The failure is thrown, except in a test.
 */
export async function removeSubscription(context: IHookFunctions): Promise<boolean> {
	await removeOurs(context).catch((error: Error) => {
		if (!isTest(context)) throw error;
		const url = ownUrl(context);
		leftByTests.set(nodeKey(context), url);
		const { message } = toNodeError(context.getNode(), error, TRIGGER_AUDIENCE);
		warn(
			context,
			'BildOut Trigger',
			`could not remove the webhook subscription of a test, so BildOut may still deliver to ${url}. The next test or publication of this workflow removes it. ${message}`,
		);
	});
	return true;
}

async function removeOurs(context: IHookFunctions): Promise<void> {
	const key = addressKey(ownUrl(context));
	const isCleanUp = failedHooks.get(key) !== undefined;
	failedHooks.delete(key);
	if (isCleanUp) return;

	// What a person added by hand in BildOut delivers to our address too.
	const byUrl = !isManual(context);
	if (readState(context).subscriptionId === undefined && !byUrl) return;
	const hook = hookOf(context);
	await removeStored(hook);
	if (byUrl) await removeAll(hook, await listForThisUrl(hook));
	forgetSubscription(context, false);
}

/** Removes what an earlier test could not. If that fails, publishing goes on. */
async function removeLeftByTest(hook: Hook): Promise<void> {
	const { context } = hook;
	const key = nodeKey(context);
	const url = leftByTests.get(key);
	if (url === undefined || isTest(context)) return;
	await orGoOn(hook, 'remove the subscription of a test', async () => {
		await removeAll(hook, await listForThisUrl({ ...hook, url }));
		leftByTests.delete(key);
	});
}

/** Does what publishing can go on without. */
async function orGoOn({ context }: Hook, what: string, work: () => Promise<unknown>) {
	await work().catch(({ message }: Error) => {
		const workflowId = context.getWorkflow().id;
		context.logger.debug(`BildOut Trigger could not ${what}: ${message}`, { workflowId });
	});
}

/** Our subscription whose secret is known, if BildOut has it. All others at our address are removed. */
async function findRegistered(hook: Hook): Promise<RegisteredSubscription | undefined> {
	const { context, url } = hook;
	const { subscriptionId, secret } = readState(context);
	const found =
		subscriptionId === undefined ? undefined : await findSubscription(hook, subscriptionId);
	if (secret && isSameAddress(found?.url, url)) return found;

	const ours = await listForThisUrl(hook);
	const registered = ours && (await withKnownSecret(hook, ours));
	const others = ours?.filter(({ id }) => id !== registered?.id);
	await removeAll(hook, others);
	if (registered) return registered;
	// Where nobody can tell whether it is still there, a new one replaces it.
	if (ours === undefined) await removeStored(hook);
	forgetSubscription(context, false);
	return undefined;
}

/** Of the subscriptions at our address, the one whose secret is stored or can be read from its seal. */
async function withKnownSecret(
	hook: Hook,
	ours: RegisteredSubscription[],
): Promise<RegisteredSubscription | undefined> {
	const { context } = hook;
	const { subscriptionId, secret } = readState(context);
	const stored = ours.find(({ id }) => id === subscriptionId);
	if (stored && secret) return stored;

	const seals = await Promise.all(ours.map(async (each) => await openSeal(hook, each)));
	const [latest] = seals
		.filter((seal) => seal !== undefined)
		.sort((one, other) => other.since - one.since);
	if (latest === undefined) return undefined;
	saveSubscription(context, { ...latest, isSealed: true });
	return ours.find(({ id }) => id === latest.id);
}

/** What the seal in a subscription's URL holds, where it was made for this subscription. */
async function openSeal({ context, url }: Hook, registered: RegisteredSubscription) {
	const opened = await decryptSecret(context, url, sealOf(registered.url));
	return opened?.id === registered.id ? opened : undefined;
}

/**
 * Has our subscription deliver the wanted events, with its seal where BildOut keeps one.
 *
 * @returns false when that was not possible, and the subscription was removed so that a new one can be made
 */
async function reconcile(
	hook: Hook,
	registered: RegisteredSubscription,
	events: string[],
): Promise<boolean> {
	const shown = registered.events ?? readState(hook.context).events ?? [];
	const url = await wantedUrl(hook, registered);
	const work = async () => await change(hook, registered, url, events);
	if (coversEvents({ ...registered, events: shown }, events, { exact: true })) {
		// Deliveries are verified without a seal too, so publishing goes on where it fails.
		if (url !== registered.url) await orGoOn(hook, 'seal its URL', work);
		return true;
	}
	if (await work()) return true;
	await remove(hook, registered.id);
	return false;
}

/** The subscription's URL as it should be: it stays as it is where it has its seal, or cannot have one. */
async function wantedUrl(hook: Hook, registered: RegisteredSubscription): Promise<string> {
	const { context } = hook;
	const { id, url } = registered;
	const { secret, since = 0, isSealed } = readState(context);
	if (isSealed === false || !secret || isTest(context)) return url;
	if ((await openSeal(hook, registered))?.secret === secret) return url;
	const seal = await encryptSecret(context, hook.url, { id, secret, since });
	return seal === undefined ? url : withSeal(hook.url, seal);
}

/** Changes a subscription in BildOut. Returns whether it now delivers the wanted events. */
async function change(
	hook: Hook,
	registered: RegisteredSubscription,
	url: string,
	events: string[],
): Promise<boolean> {
	const state = readState(hook.context);
	const response = await putSubscription(hook, registered, url, events);
	// A response that leaves out what it did is no proof that it did anything.
	const isClear = response?.url !== undefined && response.events !== undefined;
	const shown = isClear ? response : await findSubscription(hook, registered.id);
	const seal = sealOf(url);
	if (seal !== undefined) state.isSealed = sealOf(shown?.url) === seal;
	if (response === undefined) return false;
	const { secret } = response;
	if (secret !== undefined && secret !== state.secret) saveChangedSecret(hook.context, secret);
	state.events = events;
	return coversEvents(response, events) && (shown === undefined || coversEvents(shown, events));
}

function coversEvents(
	{ events, isPaused }: Subscription,
	wanted: string[],
	{ exact = false } = {},
): boolean {
	if (isPaused) return false;
	if (events === undefined) return true;
	const all = events.includes(ANY_EVENT) ? EVERY_REPORTED_EVENT : events;
	if (!wanted.every((event) => all.includes(event))) return false;
	return !exact || all.every((event) => wanted.includes(event));
}

/** Makes a subscription, and removes it again when BildOut does not return all that is needed. */
async function makeSubscription(
	hook: Hook,
	events: string[],
): Promise<RegisteredSubscription & { secret: string }> {
	const made = await postSubscription(hook, events);
	if (made === undefined) {
		throw new NonRetryableActivationError(
			hook.context,
			"BildOut does not support automatic webhook registration for this account. Set 'Registration' to 'Manual' and follow the steps shown there.",
		);
	}
	const { secret } = made;
	const id = made.id ?? (await listForThisUrl(hook))?.[0]?.id;
	if (id !== undefined && secret !== undefined) {
		return { ...made, id, secret, url: made.url ?? hook.url };
	}
	if (id !== undefined) await deleteSubscription(hook, id);
	throw unusable(
		hook.context,
		id === undefined
			? 'but did not return its ID, so remove it in BildOut'
			: 'but did not return its signing secret, so it was removed again',
	);
}

function unusable(context: IHookFunctions, outcome: string): NonRetryableActivationError {
	return new NonRetryableActivationError(
		context,
		`BildOut created a webhook subscription ${outcome}. Set 'Registration' to 'Manual' and follow the steps shown there.`,
	);
}

/**
 * Removes the stored subscription, unless it turns out to be another's: a copied workflow brings its twin's
 * state along.
 */
async function removeStored(hook: Hook): Promise<void> {
	const { context, url } = hook;
	const { subscriptionId, url: storedUrl } = readState(context);
	if (subscriptionId === undefined) return;
	const found = await findSubscription(hook, subscriptionId);
	if (isSameAddress(found?.url ?? storedUrl, url)) {
		await remove(hook, subscriptionId);
	} else if (found !== undefined) {
		warn(
			context,
			'BildOut Trigger',
			`left the webhook subscription ${subscriptionId} alone because it delivers to another address`,
			{ subscriptionId },
		);
	}
}

async function removeAll(hook: Hook, subscriptions: RegisteredSubscription[] = []): Promise<void> {
	for (const { id } of subscriptions) await remove(hook, id);
}

/** Removes a subscription. The secret of the stored one stays good for deliveries still under way. */
async function remove(hook: Hook, id: string): Promise<void> {
	const wasThere = await deleteSubscription(hook, id);
	if (id === readState(hook.context).subscriptionId) forgetSubscription(hook.context, wasThere);
}
