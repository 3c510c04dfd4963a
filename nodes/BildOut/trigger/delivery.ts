import { createHash } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { jsonParse, sleep } from 'n8n-workflow';

import { eventIdOf, eventTypeOf } from '../assumptions';
import { DeliveryMemory } from './deliveryMemory';
import { ANY_EVENT } from './events';
import { type Refusal, verifySignature } from './signature';
import { acceptedSecrets, stateOf } from './state';
import { secretsByHand } from './subscription';

interface DeliveryOptions {
	signatureHeader?: string;
	tolerance?: number;
	ignoreRepeatedDeliveries?: boolean;
}

type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

const DEFAULT_TOLERANCE_SECONDS = 300;
const HEADER_NAME_ENDING = 'signature';
/** Each header tried costs a hash of the whole body, so a sender cannot have many of them tried. */
const MAX_SIGNATURE_HEADERS = 3;

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_REMEMBERED_DELIVERIES = 50_000;
const deliveries = new DeliveryMemory(MAX_REMEMBERED_DELIVERIES, DAY_MS);

const ANSWER_POLL_MS = 500;
const ANSWER_LIMIT_MS = 10 * 60 * 1000;

/**
 * Receives one delivery. Only a genuine delivery of an event that the user chose, and that has not
 * come before, starts an execution; its item is the event as BildOut sent it. n8n answers such a
 * delivery itself, as soon as it has put the execution on record and without waiting for it to end,
 * so that BildOut sends it again when it could not be started.
 */
export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const options = context.getNodeParameter('options', {}) as DeliveryOptions;
	const body = await readBody(context);

	const refusal = await verify(context, options, body);
	if (refusal !== undefined) return refuse(context, 401, refusal);

	const event = parseEvent(body as Buffer);
	if (event === undefined) return refuse(context, 400, 'body_not_an_event');

	const chosen = context.getNodeParameter('events', []) as string[];
	if (!chosen.includes(ANY_EVENT) && !chosen.includes(eventTypeOf(event) ?? '')) {
		return answer(context, 200, { ignored: 'event_not_chosen' });
	}

	// A person who tests the workflow means every delivery.
	const isTest = context.getMode() === 'manual';
	if (!isTest && (options.ignoreRepeatedDeliveries ?? true)) {
		const response = context.getResponseObject();
		const key = deliveryKey(context, event, body as Buffer);
		const isFirst = await deliveries.claim(key, async () => await wasStarted(response));
		if (!isFirst) return answer(context, 200, { ignored: 'repeated_delivery' });
	}
	return { workflowData: [[{ json: event }]] };
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
	{ signatureHeader, tolerance }: DeliveryOptions,
	body: Buffer | undefined,
): Promise<Refusal | undefined> {
	const secrets = await readSecrets(context);
	const headers = signatureHeaders(context.getHeaderData(), signatureHeader);
	let firstRefusal: Refusal | undefined;
	for (const header of headers.length > 0 ? headers : [undefined]) {
		const refusal = verifySignature({
			header,
			body,
			secrets,
			tolerance: tolerance ?? DEFAULT_TOLERANCE_SECONDS,
			now: Date.now() / 1000,
		});
		if (refusal === undefined) return undefined;
		firstRefusal ??= refusal;
	}
	return firstRefusal;
}

/**
 * In automatic registration the secret is at hand; only manual registration has to decrypt the credential.
 * What n8n kept counts there too: the secret of an automatic one given up lately is among it.
 */
async function readSecrets(context: IWebhookFunctions): Promise<string[]> {
	const kept = acceptedSecrets(stateOf(context), Date.now());
	if (context.getNodeParameter('registration', 'automatic') !== 'manual') return kept;
	try {
		return [...(await secretsByHand(context)), ...kept];
	} catch {
		return kept;
	}
}

/** BildOut does not document the header's name, so without one from the user any fitting name will do. */
function signatureHeaders(
	headers: ReturnType<IWebhookFunctions['getHeaderData']>,
	name: string | undefined,
): string[] {
	const wanted = name?.trim().toLowerCase();
	return Object.entries(headers)
		.filter(([header]) => (wanted ? header === wanted : header.endsWith(HEADER_NAME_ENDING)))
		.slice(0, MAX_SIGNATURE_HEADERS)
		.map(([, value]) => String(value));
}

/** The event in the body; undefined when the body is no JSON object. */
function parseEvent(body: Buffer): IDataObject | undefined {
	const event = jsonParse<unknown>(body.toString('utf8'), { fallbackValue: null });
	return typeof event === 'object' && event !== null && !Array.isArray(event)
		? (event as IDataObject)
		: undefined;
}

/**
 * A delivery that comes again is signed anew, so one without an ID is known by its body alone. The type
 * counts beside the ID, which might turn out to be the record's and not the event's.
 */
function deliveryKey(context: IWebhookFunctions, event: IDataObject, body: Buffer): string {
	const id = eventIdOf(event);
	const trigger = `${context.getWorkflow().id} ${context.getNode().id}`;
	const kind = id === undefined ? 'body' : `${eventTypeOf(event)} id`;
	return createHash('sha256')
		.update(`${trigger} ${kind} `)
		.update(id ?? body)
		.digest('base64');
}

/** Whether n8n started the execution: it answers with a success only once it has. */
async function wasStarted(response: Response): Promise<boolean> {
	if (!response.closed) {
		await new Promise<void>((closed) => response.once('close', () => closed()));
	}
	// Where the sender hung up, n8n is still at work; what it then tries to answer gives the outcome.
	for (let waited = 0; !response.writableEnded && waited < ANSWER_LIMIT_MS; ) {
		await sleep(ANSWER_POLL_MS);
		waited += ANSWER_POLL_MS;
	}
	return response.statusCode < 300;
}

function refuse(context: IWebhookFunctions, status: number, reason: string): IWebhookResponseData {
	const { name } = context.getNode();
	context.logger.warn(`BildOut Trigger "${name}" refused a delivery: ${reason}`, {
		workflowId: context.getWorkflow().id,
		reason,
	});
	return answer(context, status, { refused: reason });
}

function answer(
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
