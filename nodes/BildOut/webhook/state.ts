import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';
import { readCredential } from '../api/connection';
import { addressKey } from './urls';

/**
 * What n8n keeps for the node in the workflow's static data, as plain text. n8n saves static data as a whole,
 * so other nodes of the workflow can overwrite it with an older state, or none.
 */
export interface SubscriptionState {
	subscriptionId?: string;
	/** The address that the subscription was made for: a copied workflow brings its twin's state along. */
	url?: string;
	/** Signs what the present subscription delivers. */
	secret?: string;
	/** From BildOut's response to a change of the subscription, which may sign with it or with `secret`. */
	changedSecret?: string;
	/** What BildOut was last asked to report, for a BildOut that does not show it. */
	events?: string[];
	/** When the subscription was made or ended, in milliseconds since 1970. An older seal opens nothing. */
	since?: number;
	/** Whether the subscription's URL carries the sealed secret; undefined where nobody has tried. */
	isSealed?: boolean;
	/** This is the state of a test, which n8n keeps apart. */
	isTest?: boolean;
	/** Secrets of subscriptions given up lately, newest first. */
	formerSecrets?: FormerSecret[];
}

export interface FormerSecret {
	secret: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
}

type TriggerContext = IHookFunctions | IWebhookFunctions;

const OF_SUBSCRIPTION = [
	'subscriptionId',
	'url',
	'secret',
	'changedSecret',
	'events',
	'isSealed',
] as const;

const MAX_FORMER_SECRETS = 5;

/** Former secrets by address, for a node that was renamed: n8n keeps static data by the node's name. */
const formerByAddress = new TtlCache<FormerSecret[]>({ ttlMs: DAY_MS, maxWeight: 10_000 });

/** The URL that the node's subscription delivers to, without a seal. */
export function ownUrl(context: TriggerContext): string {
	return context.getNodeWebhookUrl('default') as string;
}

/** What is known of the node's subscription; a hook's changes to it are kept. */
export function readState(context: TriggerContext): SubscriptionState {
	return context.getWorkflowStaticData('node') as SubscriptionState;
}

/** Whether a hook belongs to a test: in `delete`, n8n's mode does not show it. */
export function isTest(context: IHookFunctions): boolean {
	const isMarked = readState(context).isTest === true || context.getMode() === 'manual';
	return isMarked || ownUrl(context).includes('/webhook-test/');
}

/** Keeps a subscription that was just made, or whose secret was just learned. */
export function saveSubscription(
	context: IHookFunctions,
	subscription: { id: string; secret: string; isSealed?: boolean; events?: string[] },
): void {
	const { id, secret, isSealed, events } = subscription;
	const state = readState(context);
	const url = ownUrl(context);
	replaceSubscription(state, { subscriptionId: id, url, secret, events, isSealed });
	const former = [...unexpired(state), ...(formerByAddress.get(addressKey(url)) ?? [])];
	const bySecret = new Map(former.map((one) => [one.secret, one]));
	bySecret.delete(secret);
	if (bySecret.size > 0) state.formerSecrets = [...bySecret.values()].slice(0, MAX_FORMER_SECRETS);
}

/** Keeps a secret that a change of the subscription brought. An earlier one stays good for a day. */
export function saveChangedSecret(context: IHookFunctions, secret: string): void {
	const state = readState(context);
	if (state.changedSecret !== secret) keepForADay(state, [state.changedSecret]);
	state.changedSecret = secret;
	// Each change may bring another secret, so the seal is not renewed.
	state.isSealed = false;
}

/**
 * Forgets the subscription.
 *
 * @param keepSecret its secret then stays good for a day, for deliveries still under way
 */
export function forgetSubscription(context: IHookFunctions, keepSecret: boolean): void {
	const state = readState(context);
	if (Object.keys(state).length === 0) return;
	if (keepSecret && state.secret !== undefined) {
		keepForADay(state, [state.changedSecret, state.secret]);
		formerByAddress.set(addressKey(ownUrl(context)), state.formerSecrets!);
	}
	replaceSubscription(state, {});
}

function replaceSubscription(state: SubscriptionState, subscription: SubscriptionState): void {
	for (const field of OF_SUBSCRIPTION) delete state[field];
	// Later than before, also where the clock was set back.
	Object.assign(state, subscription, { since: Math.max(Date.now(), (state.since ?? 0) + 1) });
}

/** Has secrets stay good for a day. */
function keepForADay(state: SubscriptionState, secrets: Array<string | undefined>): void {
	const expiresAt = Date.now() + DAY_MS;
	const latest = secrets
		.filter((secret) => secret !== undefined)
		.map((secret) => ({ secret, expiresAt }));
	state.formerSecrets = [...latest, ...unexpired(state)].slice(0, MAX_FORMER_SECRETS);
}

function unexpired({ formerSecrets = [] }: SubscriptionState): FormerSecret[] {
	return formerSecrets.filter(({ expiresAt }) => expiresAt > Date.now());
}

/**
 * The secrets that a delivery may be signed with now, as far as they are known without asking BildOut. Under manual
 * registration, those of an automatic one stay valid beside those of the credential.
 */
export async function storedSecrets(context: IWebhookFunctions): Promise<string[]> {
	const state = readState(context);
	const former = unexpired(state).map(({ secret }) => secret);
	const manual = isManual(context) ? await manualSecrets(context).catch(() => []) : [];
	return [...manual, state.secret, state.changedSecret, ...former].filter(
		(secret): secret is string => secret !== undefined && secret !== '',
	);
}

/** The signing secrets in the credential: each webhook added by hand may have its own, with commas between. */
export async function manualSecrets(context: TriggerContext): Promise<string[]> {
	const { webhookSigningSecret } = await readCredential(context);
	const secrets = String(webhookSigningSecret ?? '').split(',');
	return secrets.map((secret) => secret.trim()).filter((secret) => secret !== '');
}

/** Whether a person adds the webhook in BildOut, and not the node. */
export function isManual(context: TriggerContext): boolean {
	return context.getNodeParameter('registration', 'automatic') === 'manual';
}

/** Addresses whose subscription is being made or changed: BildOut may send pings there. */
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
