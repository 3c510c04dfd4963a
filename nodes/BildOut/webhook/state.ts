import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { addressKey } from './urls';

/** What n8n keeps for the node, in the workflow's static data: plain text in n8n's database. */
export interface SubscriptionState {
	subscriptionId?: string;
	/** The address that the subscription was made for: a copied workflow brings its twin's state along. */
	url?: string;
	/** Signs what the present subscription delivers. */
	secret?: string;
	/**
	 * When the subscription was made or ended, in milliseconds since 1970. Of two states the later one
	 * counts; one without a subscription says that it has ended, not that there never was one.
	 */
	since?: number;
	/** Whether the subscription's URL carries the sealed secret; undefined where nobody has tried. */
	isSealed?: boolean;
	/** Secrets of subscriptions given up lately, newest first. */
	formerSecrets?: FormerSecret[];
}

export interface FormerSecret {
	secret: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
}

type TriggerContext = IHookFunctions | IWebhookFunctions;

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_FORMER_SECRETS = 5;

/**
 * The latest state that this process has seen, by the subscription's address. n8n saves a workflow's
 * static data as a whole, so other nodes can put an older state back, or none: see CONTRIBUTING.
 */
const latest = new TtlCache<SubscriptionState>({ ttlMs: Infinity, maxWeight: 10_000 });

/** The URL that the node's subscription delivers to, without a seal. */
export function ownUrl(context: TriggerContext): string {
	return context.getNodeWebhookUrl('default') as string;
}

/** Addresses whose subscription is being made or changed: BildOut may ask there whether they answer. */
const underRegistration = new TtlCache<true>({ ttlMs: 2 * 60_000, maxWeight: 10_000 });

/** Does work that makes or changes the subscription. */
export async function whileRegistering<Result>(
	context: IHookFunctions,
	work: () => Promise<Result>,
): Promise<Result> {
	const key = addressKey(ownUrl(context));
	underRegistration.set(key, true);
	try {
		return await work();
	} finally {
		underRegistration.delete(key);
	}
}

export function isUnderRegistration(context: IWebhookFunctions): boolean {
	return underRegistration.get(addressKey(ownUrl(context))) !== undefined;
}

/** What is known of the node's subscription, for reading. */
export function readState(context: TriggerContext): SubscriptionState {
	const kept = context.getWorkflowStaticData('node') as SubscriptionState;
	// While a person tests the workflow, n8n keeps a state of its own beside that of the published one.
	if (context.getMode() === 'manual') return kept;
	const key = addressKey(ownUrl(context));
	const seen = latest.get(key);
	if (seen !== undefined && isOlder(kept, seen)) return seen;
	if (kept.since !== undefined && (seen === undefined || isOlder(seen, kept))) {
		latest.set(key, copyOf(kept));
	}
	return kept;
}

/** What is known of the node's subscription; changes to it are kept. An older state that n8n holds is replaced. */
export function loadLatestIntoStaticData(context: TriggerContext): SubscriptionState {
	const kept = context.getWorkflowStaticData('node') as SubscriptionState;
	const newest = readState(context);
	return newest === kept ? kept : replace(kept, newest);
}

/** Keeps a subscription that was just made, or whose secret was just learnt. */
export function saveSubscription(
	context: IHookFunctions,
	{ id, secret, isSealed }: { id: string; secret: string; isSealed?: boolean },
): SubscriptionState {
	const state = loadLatestIntoStaticData(context);
	Object.assign(state, { subscriptionId: id, url: ownUrl(context), secret });
	if (isSealed === undefined) delete state.isSealed;
	else state.isSealed = isSealed;
	return stamp(context, state);
}

/** Notes whether the present subscription's URL carries the sealed secret. */
export function keepSealed(context: IHookFunctions, isSealed: boolean): void {
	const state = loadLatestIntoStaticData(context);
	state.isSealed = isSealed;
	latest.set(addressKey(ownUrl(context)), copyOf(state));
}

/** Remembers, in this process only, a secret that a delivery brought and that proved to be genuine. */
export function rememberSecret(context: IWebhookFunctions, secret: string, since: number): void {
	const url = ownUrl(context);
	const { formerSecrets } = copyOf(readState(context));
	latest.set(addressKey(url), { url, secret, since, isSealed: true, formerSecrets });
}

/**
 * Forgets the subscription.
 *
 * @param keepSecret its secret then stays good for a day, for deliveries still under way
 */
export function forgetSubscription(context: IHookFunctions, keepSecret: boolean): void {
	const state = loadLatestIntoStaticData(context);
	const { secret } = state;
	if (keepSecret && secret) {
		const now = Date.now();
		const retired = { secret, expiresAt: now + DAY_MS };
		state.formerSecrets = [retired, ...unexpired(state, now)].slice(0, MAX_FORMER_SECRETS);
	}
	if (Object.keys(state).length === 0) return;
	for (const field of ['subscriptionId', 'url', 'secret', 'isSealed'] as const) delete state[field];
	stamp(context, state);
}

/** The former secrets that are good at the moment `now`, in milliseconds since 1970. */
export function unexpired({ formerSecrets = [] }: SubscriptionState, now: number): FormerSecret[] {
	return formerSecrets.filter(({ expiresAt: goodUntil }) => goodUntil > now);
}

/** Makes a changed state the latest, also where the clock was set back. */
function stamp(context: IHookFunctions, state: SubscriptionState): SubscriptionState {
	state.since = Math.max(Date.now(), (state.since ?? 0) + 1);
	latest.set(addressKey(ownUrl(context)), copyOf(state));
	return state;
}

function isOlder(one: SubscriptionState, other: SubscriptionState): boolean {
	return (one.since ?? 0) < (other.since ?? 0);
}

function replace(state: SubscriptionState, by: SubscriptionState): SubscriptionState {
	for (const field of Object.keys(state) as Array<keyof SubscriptionState>) delete state[field];
	return Object.assign(state, copyOf(by));
}

function copyOf(state: SubscriptionState): SubscriptionState {
	const { formerSecrets } = state;
	return {
		...state,
		...(formerSecrets && { formerSecrets: formerSecrets.map((former) => ({ ...former })) }),
	};
}
