import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import {
	ApiFailure,
	type FailedRequest,
	type FailureFacts,
	type FailureKind,
	type IncompleteReason,
	responseFailure,
} from '../../../nodes/BildOut/api/errors.ts';
import {
	ACTION_AUDIENCE,
	type Audience,
	LOCATOR_AUDIENCE,
	POLLING_AUDIENCE,
	TRIGGER_AUDIENCE,
} from '../../../nodes/BildOut/errors/audiences.ts';
import { FAILURES } from '../../../nodes/BildOut/errors/messages.ts';
import { toNodeError, withNodeErrors } from '../../../nodes/BildOut/errors/toNodeError.ts';

const node = { id: '1', name: 'BildOut', parameters: {} } as never as INode;

const AUDIENCES = {
	action: ACTION_AUDIENCE,
	trigger: TRIGGER_AUDIENCE,
	polling: POLLING_AUDIENCE,
	'resource locator': LOCATOR_AUDIENCE,
};

const customer = { resource: 'customer', scopes: { read: 'customers:read' }, id: 'c1' };
const REQUESTS: Record<string, FailedRequest> = {
	get: { method: 'GET', path: ['customers', 'c1'], target: customer },
	create: {
		method: 'POST',
		path: ['customers'],
		target: { resource: 'customer', scopes: { read: 'customers:read', write: 'customers:write' } },
	},
	update: { method: 'PUT', path: ['customers', 'c1'], target: customer },
	delete: { method: 'DELETE', path: ['customers', 'c1'], target: customer },
	send: { method: 'POST', path: ['tags'], target: { resource: 'record', isCustomRequest: true } },
};

const KINDS = Object.keys(FAILURES) as FailureKind[];
const REASONS: IncompleteReason[] = ['error', 'repeated', 'short', 'stuck', 'changing', 'endless'];

/** The kinds after which a write may have been done. */
const UNCERTAIN: FailureKind[] = [
	'unauthorized',
	'serverError',
	'unexpectedContent',
	'noResponse',
	'tokenRefreshFailed',
	'cancelled',
];

/** What BildOut may have returned with a failure. */
const API_ERRORS: Array<Partial<FailureFacts>> = [
	{ status: 400 },
	{
		status: 400,
		apiError: { code: 'some_code', message: 'No more.', details: ['email: is not valid'] },
	},
];

/** What a 402 and a 403 may say. */
const REFUSALS: Array<Partial<FailureFacts>> = [
	['insufficient_scope', 'Not enough scope'],
	['forbidden', 'You do not have permission'],
	['forbidden', 'Invoice limit reached'],
	['plan_required', 'No'],
].map(([code, message]) => ({ status: 403, apiError: { code, message, details: [] } }));

/** Every way in which a kind of failure can come about. */
function casesOf(kind: FailureKind): FailureFacts[] {
	const where = { address: 'http://x.example', badId: '?', connectionCode: 'ECONNRESET' };
	return Object.values(REQUESTS).flatMap((request) =>
		[...API_ERRORS, ...(kind === 'forbidden' ? REFUSALS : [])].flatMap((apiError) =>
			(kind === 'incompleteList' ? REASONS : [undefined]).flatMap((reason) =>
				[false, request.method !== 'GET' && UNCERTAIN.includes(kind)].map((mayHaveSucceeded) => ({
					kind,
					reason,
					request,
					mayHaveSucceeded,
					...where,
					...apiError,
				})),
			),
		),
	);
}

const worded = (facts: FailureFacts, reader: Audience) =>
	toNodeError(node, new ApiFailure(node, facts), reader);

/** Every text that a failure of BildOut can become, so that a change of words is one readable diff. */
it.each(KINDS)('%s', (kind) => {
	const shown = (audience: Audience, of: 'message' | 'description') => [
		...new Set(casesOf(kind).map((facts) => worded(facts, audience)[of])),
	];
	expect({
		message: shown(ACTION_AUDIENCE, 'message'),
		...Object.fromEntries(
			Object.entries(AUDIENCES).map(([name, audience]) => [name, shown(audience, 'description')]),
		),
	}).toMatchSnapshot();
});

describe('which of the causes of a 403 is named', () => {
	const hint = (code: string | undefined, message: string, status = 403) => {
		const apiError = { code, message, details: [] };
		const request = REQUESTS.create;
		return worded({ kind: 'forbidden', status, request, apiError }, ACTION_AUDIENCE).description;
	};
	const PLAN = /^The plan of the BildOut account does not include this, or its limit is reached/;

	it.each<[string | undefined, string]>([
		['forbidden', 'Invoice limit reached'],
		['plan_limit_exceeded', 'No'],
		['forbidden', 'Upgrade to the Agency plan to use the API'],
		['quota-exceeded', 'Forbidden'],
		[undefined, 'Your free plan allows 10 invoices a month.'],
		['trial_expired', 'Your trial has ended'],
		['forbidden', 'Maximum number of clients reached (5).'],
		['forbidden', 'API access is only available on Agency.'],
		['feature_not_available', 'No'],
		[undefined, 'Monthly quota used up'],
		['usage_exceeded', 'You have 10 invoices this month'],
		['forbidden', 'Your subscription does not include API access'],
		['entitlement_required', 'No'],
	])('the plan: %s, %s', (code, message) => {
		expect(hint(code, message)).toMatch(PLAN);
	});

	it('the plan, whatever a 402 says', () => {
		expect(hint(undefined, 'status 402', 402)).toMatch(PLAN);
	});

	it.each<[string | undefined, string]>([
		['insufficient_scope', 'No'],
		['forbidden', 'The token lacks invoices:write'],
		['forbidden', 'Missing scope'],
	])('the scope: %s, %s', (code, message) => {
		expect(hint(code, message)).toMatch(/^Open the BildOut credential, turn 'Custom Scopes' off/);
	});

	it.each([
		['permission_denied', 'No'],
		['forbidden', 'Only administrators can do this'],
	])('the scope and the permission of the person: %s, %s', (code, message) => {
		expect(hint(code, message)).toMatch(/Custom Scopes.*may not have the permission/);
	});

	it.each([
		'Forbidden',
		'You may not manage webhook subscriptions',
		'Access is limited to owners',
		'Rate limit exceeded',
	])('both the plan and the credential where it is not clear: %s', (message) => {
		expect(hint('forbidden', message)).toMatch(/^Either the plan .*'Custom Scopes' off/);
	});
});

describe('no text is longer than 1,000 characters', () => {
	const LONE_SURROGATE = /\p{Cs}/u;
	const long = '\u{1f600}'.repeat(50_000);

	it.each(Object.entries(AUDIENCES))('of a failure, for the audience %s', (_, audience) => {
		for (const kind of KINDS) {
			const target = { resource: long, id: long, confusedWith: long };
			const request = { ...REQUESTS.get, target };
			const apiError = { code: long, message: long, details: [long, long] };
			const values = { address: long, badId: long, requestId: long, connectionCode: long };
			const error = worded({ kind, request, status: 400, apiError, ...values }, audience);
			expect(error.message.length).toBeLessThanOrEqual(1_000);
			expect(String(error.description).length).toBeLessThanOrEqual(1_000);
			expect(error.message).not.toMatch(LONE_SURROGATE);
		}
	});

	it('of an error of our own, whose beginning and end stay', () => {
		const message = `'Email' must be an email address, got '${long}'. Correct it.`;
		const description = `Look. ${long} Run again.`;
		const error = new NodeOperationError(node, message, { description });
		const shown = toNodeError(node, error, ACTION_AUDIENCE);
		expect(shown.message).toMatch(/^'Email' must be .* … .*'\. Correct it\.$/u);
		expect(shown.description).toMatch(/^Look\. .* … .* Run again\.$/u);
		for (const text of [shown.message, shown.description!]) {
			expect(text.length).toBeLessThanOrEqual(1_000);
			expect(text).not.toMatch(LONE_SURROGATE);
		}
		expect(shown.stack!.length).toBeLessThan(20_000);
	});
});

const subscribe = {
	method: 'POST' as const,
	path: ['webhooks'],
	target: { resource: 'webhook subscription', scopes: { read: 'webhooks:manage' } },
};
const { get } = REQUESTS;
const everyError = (reader: Audience) =>
	KINDS.flatMap((kind) =>
		[subscribe, get].map((request) =>
			worded({ kind, request, status: 500, requestId: 'req_1', mayHaveSucceeded: true }, reader),
		),
	);
/** The error of a response with this status. */
const errorOf = (
	status: number,
	error: object,
	request = get,
	reader: Audience = ACTION_AUDIENCE,
) => {
	const response = { statusCode: status, headers: { 'retry-after': '7' }, body: { error } };
	return toNodeError(node, responseFailure(node, request, response), reader);
};

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
		errorOf(status, error, subscribe, TRIGGER_AUDIENCE).message;

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
		expect(errorOf(422, { message: `${message}.` }).message).toBe(message);
	});

	it.each(['No customer has the ID c1.', 'Not found.', 'not_found', 'The customer was not found.'])(
		'does not say twice that a record was not found: %s',
		(message) => {
			expect(errorOf(404, { message }).message).toBe("The customer 'c1' was not found");
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
		const retryAfterMs = [429, 503].includes(status) ? { retryAfterMs: 7_000 } : {};
		expect(errorOf(status, { message: 'No' }).failure).toEqual({ cause, ...retryAfterMs });
	});

	it('nothing where the values are faulty, and that a lost connection passes', () => {
		expect(errorOf(422, { message: 'No' }).failure).toBeUndefined();
		const lost = worded({ kind: 'noResponse', request: get }, ACTION_AUDIENCE);
		expect(lost.failure).toEqual({ cause: 'temporarily-unavailable' });
	});
});

it('leaves errors alone that are in words already, whatever they are', async () => {
	const own = worded({ kind: 'rateLimited', request: get, status: 429 }, ACTION_AUDIENCE);
	expect(toNodeError(node, own, TRIGGER_AUDIENCE)).toBe(own);
	const foreign = new Error('The path is taken');
	const thrown = withNodeErrors(TRIGGER_AUDIENCE, node, async () => await Promise.reject(foreign));
	await expect(thrown).rejects.toBe(foreign);
});
