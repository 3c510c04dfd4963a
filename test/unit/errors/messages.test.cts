import type { INode } from 'n8n-workflow';
import {
	ApiFailure,
	type FailedRequest,
	type FailureFacts,
	type FailureKind,
} from '../../../nodes/BildOut/api/errors.ts';
import { ACTION_AUDIENCE } from '../../../nodes/BildOut/errors/action.ts';
import { POLLING_AUDIENCE } from '../../../nodes/BildOut/errors/polling.ts';
import { LOCATOR_AUDIENCE } from '../../../nodes/BildOut/errors/resourceLocator.ts';
import type { Audience } from '../../../nodes/BildOut/errors/remedies.ts';
import { toNodeError } from '../../../nodes/BildOut/errors/toNodeError.ts';
import { TRIGGER_AUDIENCE } from '../../../nodes/BildOut/errors/trigger.ts';

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
	send: {
		method: 'POST',
		path: ['tags'],
		target: { resource: 'record', isCustomRequest: true },
	},
};

const KINDS = Object.keys(ACTION_AUDIENCE.remedies) as FailureKind[];

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

/** Every way in which a kind of failure can come about. */
function casesOf(kind: FailureKind): FailureFacts[] {
	const where = { address: 'http://x.example', badId: '?', connectionCode: 'ECONNRESET' };
	return Object.values(REQUESTS).flatMap((request) =>
		API_ERRORS.flatMap((apiError) =>
			[false, request.method !== 'GET' && UNCERTAIN.includes(kind)].map((mayHaveSucceeded) => ({
				kind,
				request,
				mayHaveSucceeded,
				...where,
				...apiError,
			})),
		),
	);
}

/** Every text that a failure of BildOut can become, so that a change of words is one readable diff. */
it.each(KINDS)('%s', (kind) => {
	const shown = (audience: Audience, of: 'message' | 'description') => [
		...new Set(
			casesOf(kind).map((facts) => toNodeError(node, new ApiFailure(node, facts), audience)[of]),
		),
	];
	expect({
		message: shown(ACTION_AUDIENCE, 'message'),
		...Object.fromEntries(
			Object.entries(AUDIENCES).map(([name, audience]) => [name, shown(audience, 'description')]),
		),
	}).toMatchSnapshot();
});
