import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { type Subscription, WEBHOOKS_PATH } from '../assumptions';
import { listRecords } from '../transport/pagination';
import { apiRequest } from '../transport/request';

const SUBJECT = {
	what: 'webhook subscription',
	scopes: { read: 'webhooks:manage' },
};
const ABSENT = ['404', '410'];
const NO_SUCH_ENDPOINT = ['404', '405', '410', '501'];

/**
 * The subscription, or undefined when BildOut says clearly that it is not there.
 *
 * @throws NodeApiError when BildOut answers with something that is no subscription: that is no absence
 */
export async function findSubscription(
	context: IHookFunctions,
	id: string,
): Promise<Subscription | undefined> {
	const answer = await apiRequest(context, { method: 'GET', ...at(id) }).catch(unlessAbsent);
	if (answer === undefined) return undefined;
	const subscription = (answer.data ?? answer) as Partial<Subscription>;
	if (typeof subscription.url === 'string' && Array.isArray(subscription.events)) {
		return subscription as Subscription;
	}
	throw new NodeApiError(
		context.getNode(),
		{},
		{
			message: `BildOut did not tell where the ${SUBJECT.what} '${id}' delivers to`,
			description: 'Nothing was changed. Try again later.',
		},
	);
}

/** The subscriptions that deliver to exactly this URL. */
export async function listSubscriptionsTo(
	context: IHookFunctions,
	url: string,
): Promise<Subscription[]> {
	const records = await listRecords(context, {
		path: [WEBHOOKS_PATH],
		subject: SUBJECT,
		wanted: Infinity,
		keep: (subscription) => subscription.url === url,
	}).catch((error) => unlessUnknown(context, error));
	return records as unknown as Subscription[];
}

/** Makes a subscription. What BildOut answers is given as it is: it may lack what it should have. */
export async function postSubscription(
	context: IHookFunctions,
	url: string,
	events: string[],
): Promise<Partial<Subscription>> {
	const answer = await apiRequest(context, {
		method: 'POST',
		path: [WEBHOOKS_PATH],
		subject: SUBJECT,
		body: { url, events },
	}).catch((error) => unlessUnknown(context, error));
	return (answer.data ?? answer) as Partial<Subscription>;
}

/** Gives a subscription these events and has it deliver, whatever it did before. */
export async function putSubscription(
	context: IHookFunctions,
	{ id, url }: Subscription,
	events: string[],
): Promise<void> {
	await apiRequest(context, { method: 'PUT', ...at(id), body: { url, events, active: true } });
}

/** Ends a subscription; one that is not there has ended. */
export async function deleteSubscription(context: IHookFunctions, id: string): Promise<void> {
	await apiRequest(context, { method: 'DELETE', ...at(id) }).catch(unlessAbsent);
}

function at(id: string) {
	return { path: [WEBHOOKS_PATH, id], subject: { ...SUBJECT, id } };
}

function unlessAbsent(error: Error): IDataObject | undefined {
	if (hasStatus(error, ABSENT)) return undefined;
	throw error;
}

/** BildOut does not document this endpoint: where it does not exist, the user needs another way. */
function unlessUnknown(context: IHookFunctions, error: Error): never {
	if (!hasStatus(error, NO_SUCH_ENDPOINT)) throw error;
	throw new NodeOperationError(
		context.getNode(),
		'BildOut does not let this workflow subscribe to events by itself',
		{
			description: "Set 'Registration' to 'Manual' and follow the steps shown there.",
		},
	);
}

function hasStatus(error: Error, statuses: string[]): boolean {
	return error instanceof NodeApiError && statuses.includes(error.httpCode ?? '');
}
