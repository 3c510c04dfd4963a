import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/** What n8n keeps for the node, in the workflow's static data: plain text in n8n's database. */
export interface SubscriptionState {
	subscriptionId?: string;
	/** Signs what the present subscription delivers. */
	secret?: string;
	/** When the present subscription was made, in milliseconds since 1970. */
	since?: number;
	/** Secrets of subscriptions given up lately, newest first. */
	formerSecrets?: FormerSecret[];
}

interface FormerSecret {
	secret: string;
	/** Milliseconds since 1970. */
	goodUntil: number;
}

type TriggerContext = IHookFunctions | IWebhookFunctions;

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_FORMER_SECRETS = 5;

/**
 * The latest subscription that this process made, by its URL. n8n saves a workflow's static data as a
 * whole: a polling trigger in the same workflow, or an execution that keeps data of its own and ends after
 * a new registration, puts back what was there before it.
 */
const latest = new Map<string, SubscriptionState>();

/** What is known of the node's subscription; changes to it are kept. */
export function stateOf(context: TriggerContext): SubscriptionState {
	const state = context.getWorkflowStaticData('node') as SubscriptionState;
	const made = latest.get(ownUrl(context));
	const isOlder = made !== undefined && (state.since ?? 0) < (made.since ?? 0);
	return isOlder && state.secret !== undefined ? Object.assign(state, made) : state;
}

/** The URL that the node's subscription delivers to. */
export function ownUrl(context: TriggerContext): string {
	return context.getNodeWebhookUrl('default') as string;
}

/** Keeps a subscription that was just made. */
export function keepSubscription(context: TriggerContext, id: string, secret: string): void {
	const state = Object.assign(stateOf(context), { subscriptionId: id, secret, since: Date.now() });
	latest.set(ownUrl(context), { ...state });
}

/**
 * Forgets the subscription.
 *
 * @param wasOurs its secret then stays good for a day, for deliveries still under way
 */
export function forgetSubscription(context: TriggerContext, wasOurs: boolean): void {
	const state = stateOf(context);
	const { secret } = state;
	if (wasOurs && secret) {
		const now = Date.now();
		const retired = { secret, goodUntil: now + DAY_MS };
		state.formerSecrets = [retired, ...stillGood(state, now)].slice(0, MAX_FORMER_SECRETS);
	}
	delete state.subscriptionId;
	delete state.secret;
	delete state.since;
	latest.delete(ownUrl(context));
}

/** The secrets that a delivery may be signed with at the moment `now`, in milliseconds since 1970. */
export function acceptedSecrets(state: SubscriptionState, now: number): string[] {
	const former = stillGood(state, now).map(({ secret }) => secret);
	return state.secret ? [state.secret, ...former] : former;
}

function stillGood({ formerSecrets = [] }: SubscriptionState, now: number): FormerSecret[] {
	return formerSecrets.filter(({ goodUntil }) => goodUntil > now);
}
