import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isObject } from '../api/json';
import { paymentStateOf } from '../assumptions';
import { ANY_EVENT, nodeKey, readChosenEvents, warn } from '../events';
import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';
import { DeliveryDeduplicator } from './deduplicator';
import { type Event, isDocumented, readEvents, readPing, readUnsignedPing } from './eventBody';
import { decryptSecret, isConfirmed } from './sealedSecret';
import { type Refusal, isSigned, verifySignature } from './signature';
import { isManual, isUnderRegistration, ownUrl, readState, storedSecrets } from './state';

interface DeliveryOptions {
	signatureHeader?: string;
	tolerance?: number;
	ignoreRepeatedDeliveries?: boolean;
}

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

const DEFAULT_TOLERANCE_SECONDS = 300;
const HEADER_NAME_ENDING = 'signature';
/** Each header tried costs a hash of the whole body, so a sender cannot have many of them tried. */
const MAX_SIGNATURE_HEADERS = 5;

const deliveries = new DeliveryDeduplicator();

/** Of which payment statuses a user was warned, by node. */
const warnedOfStatus = new TtlCache<true>({ ttlMs: DAY_MS, maxWeight: 1000 });

/**
 * Receives one delivery. Only genuine events that the user chose, and that have not come before, start an
 * execution; each is an item, as BildOut sent it. n8n responds once the execution is on record, so that
 * BildOut sends again what could not be started.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const options = context.getNodeParameter('options', {}) as DeliveryOptions;
	const body = await readBody(context);

	const refusal = await verify(context, options, body);
	if (refusal !== undefined) {
		// BildOut may be checking the address, before it signs anything.
		const isAsked = isUnderRegistration(context) || (await storedSecrets(context)).length === 0;
		const ping = readUnsignedPing(body);
		// Before a subscription is made, BildOut may send anything to see whether the address responds.
		const isTrial =
			isAsked &&
			body !== undefined &&
			(readEvents(body) ?? []).every(({ json }) => Object.keys(json).length === 0);
		if (ping === undefined && !isTrial) return refuse(context, 401, refusal);
		return respondToPing(context, isAsked && ping ? ping : {});
	}

	const { subscriptionId } = readState(context);
	const events = readEvents(body as Buffer, subscriptionId === undefined ? [] : [subscriptionId]);
	if (events === undefined) return refuse(context, 400, 'body_not_an_event');
	const ping = events.length === 1 ? readPing(events[0]) : undefined;
	if (ping !== undefined) return respondToPing(context, ping);

	const wanted = events.filter((event) => isChosen(context, event));
	for (const event of wanted) warnOfUnknownStatus(context, event);
	if (wanted.length === 0) return respond(context, 200, { ignored: 'event_not_chosen' });

	// A person who tests the workflow means every delivery.
	const isTest = context.getMode() === 'manual';
	if (isTest || options.ignoreRepeatedDeliveries === false) return start(context, wanted);

	const fresh = await claim(context, wanted);
	if (fresh === undefined) return respond(context, 503, { refused: 'in_progress' });
	if (fresh.length === 0) return respond(context, 200, { ignored: 'repeated_delivery' });
	return start(context, fresh);
}

/** A ping need not come from BildOut, so it starts nothing. */
function respondToPing(
	context: IWebhookFunctions,
	{ challenge }: { challenge?: string },
): IWebhookResponseData {
	return respond(context, 200, challenge === undefined ? { ignored: 'ping' } : { challenge });
}

function start(context: IWebhookFunctions, events: Event[]): IWebhookResponseData {
	// Otherwise n8n sends the description's `responseData` as a web page.
	context.getResponseObject().setHeader('content-type', 'application/json');
	return { workflowData: [events.map(({ json }) => ({ json }))] };
}

/** Whether the user chose the event. One that BildOut does not document is not passed over silently. */
function isChosen(context: IWebhookFunctions, { name }: Event): boolean {
	const chosen = readChosenEvents(context);
	if (!isDocumented(name)) {
		const described =
			name === undefined ? 'without a name' : `of the unknown kind ${shortened(name)}`;
		warn(context, 'BildOut Trigger', `received an event ${described}`);
	}
	return chosen.includes(ANY_EVENT) || (name !== undefined && chosen.includes(name));
}

/** A payment with an unknown status is not held back: the workflow decides whether the money has arrived. */
function warnOfUnknownStatus(context: IWebhookFunctions, { name, json: { data } }: Event): void {
	if (!name?.startsWith('payment.') || !isObject(data) || paymentStateOf(data)) return;
	const status = shortened(String(data.status));
	const key = `${nodeKey(context)} ${status}`;
	if (warnedOfStatus.get(key)) return;
	warnedOfStatus.set(key, true);
	warn(
		context,
		'BildOut Trigger',
		`received '${name}' for a payment with the unknown status ${status}: check that the money has arrived`,
	);
}

function shortened(text: string): string {
	return JSON.stringify(text.slice(0, 100));
}

/**
 * Claims the events for this delivery.
 *
 * @returns those that have not come before; undefined when another delivery is just starting one of them
 */
async function claim(context: IWebhookFunctions, events: Event[]): Promise<Event[] | undefined> {
	const response = context.getResponseObject();
	const started = isStarted(response);
	const gone = new AbortController();
	response.once('close', () => gone.abort());
	const byKey = new Map(events.map((event) => [event.key, event]));

	const fresh: string[] = [];
	// In one order, so that no two deliveries of the same events wait for each other.
	for (const key of [...byKey.keys()].sort()) {
		const claimed = await deliveries.claim(`${nodeKey(context)} ${key}`, started, gone.signal);
		if (claimed === 'inProgress') return undefined;
		if (claimed === 'new') fresh.push(key);
	}
	return [...byKey.values()].filter(({ key }) => fresh.includes(key));
}

/** Whether n8n responds with a success, which means that it started the execution. It responds to a sender that hung up, too. */
async function isStarted(response: Response): Promise<boolean> {
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...given: unknown[]) => Response;
		response.end = ((...given: unknown[]) => {
			resolve(response.statusCode < 300);
			return end(...given);
		}) as Response['end'];
	});
}

/** The bytes as they came, after n8n has undone a compression; undefined when there are none to read. */
async function readBody(context: IWebhookFunctions): Promise<Buffer | undefined> {
	const request = context.getRequestObject();
	if (request.rawBody === undefined) {
		try {
			await request.readRawBody();
		} catch {
			return undefined;
		}
	}
	return request.rawBody;
}

async function verify(
	context: IWebhookFunctions,
	{ signatureHeader, tolerance = DEFAULT_TOLERANCE_SECONDS }: DeliveryOptions,
	body: Buffer | undefined,
): Promise<Refusal | undefined> {
	const now = Date.now() / 1000;
	const headers = signatureHeaders(context.getHeaderData(), signatureHeader);
	const verifyWith = (secrets: string[]) => {
		const refusals = (headers.length > 0 ? headers : [undefined]).map((header) =>
			verifySignature({ header, body, secrets, tolerance, now }),
		);
		if (refusals.includes(undefined)) return undefined;
		return refusals.find(isSecretFailure) ?? refusals[0];
	};

	const refusal = verifyWith(await storedSecrets(context));
	const { sealed: seal } = context.getQueryData() as { sealed?: unknown };
	if (!isSecretFailure(refusal) || typeof seal !== 'string' || isManual(context)) return refusal;
	const opened = await decryptSecret(context, ownUrl(context), seal);
	// Where the seal is later than the state, another node has overwritten the state.
	if (!opened || opened.since <= (readState(context).since ?? 0)) return refusal;
	const withSeal = verifyWith([opened.secret]);
	if (withSeal !== undefined) return withSeal;
	return (await isConfirmed(context, seal, opened)) ? undefined : 'seal_not_confirmed';
}

/** Whether another secret may verify the delivery. */
function isSecretFailure(refusal: Refusal | undefined): boolean {
	return refusal === 'secret_missing' || refusal === 'signature_mismatch';
}

/**
 * The headers that may carry the signature, whose name BildOut does not document. Proxies may add others of
 * their own.
 */
function signatureHeaders(
	headers: ReturnType<IWebhookFunctions['getHeaderData']>,
	name: string | undefined,
): string[] {
	const wanted = name?.trim().toLowerCase();
	const rank = ([header, value]: [string, unknown]) =>
		(isSigned(String(value)) ? 0 : 2) + (header.includes('bildout') ? 0 : 1);
	return Object.entries(headers)
		.filter(([header]) => (wanted ? header === wanted : header.endsWith(HEADER_NAME_ENDING)))
		.sort((one, other) => rank(one) - rank(other))
		.slice(0, MAX_SIGNATURE_HEADERS)
		.map(([, value]) => String(value));
}

function refuse(context: IWebhookFunctions, status: number, reason: string): IWebhookResponseData {
	warn(context, 'BildOut Trigger', `refused a delivery: ${reason}`, { reason });
	return respond(context, status, { refused: reason });
}

function respond(
	context: IWebhookFunctions,
	status: number,
	body: Record<string, string>,
): IWebhookResponseData {
	context
		.getResponseObject()
		.writeHead(status, { 'content-type': 'application/json' })
		.end(JSON.stringify(body));
	return { noWebhookResponse: true };
}
