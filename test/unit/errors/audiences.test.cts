import type { INode } from 'n8n-workflow';
import {
	responseFailure,
	ApiFailure,
	type FailureFacts,
	type FailureKind,
} from '../../../nodes/BildOut/api/errors.ts';
import {
	ACTION_AUDIENCE,
	type Audience,
	LOCATOR_AUDIENCE,
	TRIGGER_AUDIENCE,
} from '../../../nodes/BildOut/errors/audiences.ts';
import { FAILURES } from '../../../nodes/BildOut/errors/messages.ts';
import { toNodeError, withNodeErrors } from '../../../nodes/BildOut/errors/toNodeError.ts';

const node = { id: '1', name: 'BildOut', parameters: {} } as never as INode;
const subscribe = {
	method: 'POST' as const,
	path: ['webhooks'],
	target: { resource: 'webhook subscription', scopes: { read: 'webhooks:manage' } },
};
const get = {
	method: 'GET' as const,
	path: ['customers', 'c1'],
	target: { resource: 'customer', id: 'c1' },
};

const KINDS = Object.keys(FAILURES) as FailureKind[];
const worded = (facts: FailureFacts, reader: Audience) =>
	toNodeError(node, new ApiFailure(node, facts), reader);
const everyError = (reader: Audience) =>
	KINDS.flatMap((kind) =>
		[subscribe, get].map((request) =>
			worded({ kind, request, status: 500, requestId: 'req_1', mayHaveSucceeded: true }, reader),
		),
	);
const response = (status: number, error: object = {}, headers = {}) => ({
	statusCode: status,
	headers,
	body: { error },
});

describe('an error names only what its reader sees', () => {
	it.each<[string, Audience, RegExp]>([
		['trigger', TRIGGER_AUDIENCE, /Options|'Max Retries'|'Timeout|'Limit'|Run the node|By ID/],
		[
			'chooser',
			LOCATOR_AUDIENCE,
			/Options|'Max Retries'|'Timeout|'Limit'|Run the node|Registration/,
		],
		['action', ACTION_AUDIENCE, /Registration|N8N_WEBHOOK_URL|By ID/],
	])('%s', (_, reader, foreign) => {
		for (const { message, description } of everyError(reader)) {
			expect(`${message} ${description}`).not.toMatch(foreign);
			expect(description).toMatch(/\. Request ID: req_1\.$/);
		}
	});
});

describe('the trigger, whose message is all that n8n shows', () => {
	const message = (status: number, error: object) =>
		toNodeError(node, responseFailure(node, subscribe, response(status, error)), TRIGGER_AUDIENCE)
			.message;

	it('says what to do in the message, in two sentences', () => {
		for (const { message: said, description } of everyError(TRIGGER_AUDIENCE)) {
			const remedy = String(description).replace(/ Request ID: .*$/, '');
			expect(said).toMatch(new RegExp(`\\. ${remedy.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
			expect(said.split(/[.?!](?= [A-Z]|$)/).filter(Boolean)).toHaveLength(2);
		}
	});

	it('names the address of n8n where BildOut does not take it', () => {
		const details = [{ field: 'url', message: 'must be https' }];
		expect(message(422, { message: 'Some fields are not valid.', details })).toMatch(
			/url: must be https.*N8N_WEBHOOK_URL/,
		);
	});

	it('has no word in it at which n8n stops to try again', () => {
		expect(message(503, { message: 'The Authorization service is down.' })).toMatch(
			/BildOut returned a server error: The authorization service is down/,
		);
	});
});

describe('what happened', () => {
	it.each([
		'A preexisting invoice has this number',
		'Keeperman Roofing owes too much',
		'getaddrinfo ENOTFOUND db.internal',
	])('stays in BildOut’s own words: %s', (message) => {
		const failure = responseFailure(node, get, response(422, { message: `${message}.` }));
		expect(toNodeError(node, failure, ACTION_AUDIENCE).message).toBe(message);
	});

	it.each(['No customer has the ID c1.', 'Not found.', 'not_found', 'The customer was not found.'])(
		'does not say twice that a record was not found: %s',
		(message) => {
			const failure = responseFailure(node, get, response(404, { message }));
			expect(toNodeError(node, failure, ACTION_AUDIENCE).message).toBe(
				"The customer 'c1' was not found",
			);
		},
	);
});

describe('the cause that n8n is given', () => {
	it.each([
		[401, 'credential-invalid'],
		[403, 'configuration-invalid'],
		[404, 'configuration-invalid'],
		[429, 'rate-limited'],
		[503, 'temporarily-unavailable'],
	])('%i: %s', (status, cause) => {
		const failure = responseFailure(
			node,
			get,
			response(status, { message: 'No' }, { 'retry-after': '7' }),
		);
		const retryAfterMs = [429, 503].includes(status) ? { retryAfterMs: 7_000 } : {};
		expect(toNodeError(node, failure, ACTION_AUDIENCE).failure).toEqual({ cause, ...retryAfterMs });
	});

	it('nothing where the values are faulty, and that a lost connection passes', () => {
		const invalid = responseFailure(node, get, response(422, { message: 'No' }));
		expect(toNodeError(node, invalid, ACTION_AUDIENCE).failure).toBeUndefined();
		const lost = new ApiFailure(node, { kind: 'noResponse', request: get });
		expect(toNodeError(node, lost, ACTION_AUDIENCE).failure).toEqual({
			cause: 'temporarily-unavailable',
		});
	});
});

it('leaves errors alone that are in words already, whatever they are', async () => {
	const own = worded({ kind: 'rateLimited', request: get, status: 429 }, ACTION_AUDIENCE);
	expect(toNodeError(node, own, TRIGGER_AUDIENCE)).toBe(own);
	const foreign = new Error('The path is taken');
	const thrown = withNodeErrors(TRIGGER_AUDIENCE, node, async () => await Promise.reject(foreign));
	await expect(thrown).rejects.toBe(foreign);
});
