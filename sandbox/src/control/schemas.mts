import { scopes } from '../contract/contract.mts';
import { forEachKind } from '../records/kinds.mts';

const count = { type: 'integer', minimum: 0 };
const ms = { type: 'number', minimum: 0 };
const exactly = (properties: Record<string, object>, required: string[] = []) => ({
	type: 'object',
	additionalProperties: false,
	properties,
	required,
});

/** What each control request may say; a misspelt name is refused, so that a test cannot believe in it. */
export const controlBodies = {
	nothing: exactly({}),
	reset: exactly({ seed: { type: 'boolean' } }),
	seed: exactly(forEachKind(() => count)),
	config: exactly({
		latencyMs: ms,
		pagination: { enum: ['page', 'offset', 'cursor'] },
		ignorePage: { type: 'boolean' },
		maxLimit: { type: 'integer', minimum: 1 },
		announcedLimit: { type: ['integer', 'null'], minimum: 1 },
		rateLimit: exactly({
			limit: { type: 'integer', minimum: 1 },
			burst: { type: 'integer', minimum: 1 },
			windowScale: { type: 'number', exclusiveMinimum: 0 },
			form: { enum: ['fixed', 'sliding'] },
			headers: { type: 'boolean' },
			retryAfter: { enum: ['seconds', 'date', 'none'] },
		}),
		webhooks: exactly({
			timeoutMs: { type: 'number', exclusiveMinimum: 0 },
			retryDelaysMs: { type: 'array', items: ms },
			omitSecret: { type: 'boolean' },
			eventKey: { type: 'boolean' },
		}),
		quirks: exactly({
			signInPath: { type: 'string' },
			webhooksPath: { type: 'string' },
			invoicesById: { type: 'boolean' },
			webPages: { type: 'boolean' },
			search: { type: 'boolean' },
			put: { enum: ['replaces', 'merges'] },
			unknownServerField: { type: 'boolean' },
			invoiceLines: { type: 'boolean' },
			envelope: { enum: ['data', 'none'] },
			otherFieldNames: { type: 'boolean' },
			prefixedIds: { type: 'boolean' },
			idempotency: { type: 'boolean' },
			rotatesRefreshTokens: { type: 'boolean' },
			signatureHeader: { type: 'string' },
			errors: { enum: ['documented', 'message'] },
			finePrices: { type: 'boolean' },
			keepsUnknownFields: { type: 'boolean' },
			statusFilter: { type: 'boolean' },
			createdAt: { enum: ['moment', 'day', 'local', 'seconds', 'missing'] },
			updatedAt: { type: 'boolean' },
			keepsDeleted: { type: 'boolean' },
			otherWords: {
				enum: [
					'none',
					'invoice numbers',
					'overdue invoices',
					'invoice statuses',
					'payment statuses',
					'payment directions',
				],
			},
		}),
	}),
	clock: exactly({ to: { type: 'string', format: 'date-time' } }, ['to']),
	faults: exactly(
		{
			method: { type: 'string' },
			path: { type: 'string', format: 'regex' },
			times: { type: 'integer', minimum: 1 },
			after: count,
			kind: { enum: ['status', 'html', 'drop_before', 'drop_after', 'slow'] },
			status: { type: 'integer', minimum: 200, maximum: 599 },
			code: { type: 'string' },
			message: { type: 'string' },
			details: {
				type: 'array',
				items: exactly({ field: { type: 'string' }, message: { type: 'string' } }, [
					'field',
					'message',
				]),
			},
			headers: { type: 'object', additionalProperties: { type: 'string' } },
			delayMs: ms,
		},
		['kind'],
	),
	tokens: exactly({
		scopes: { type: 'array', minItems: 1, items: { enum: Object.keys(scopes) } },
		expiresIn: { type: 'number' },
	}),
	expire: exactly({ access_token: { type: 'string' } }),
	payment: exactly(
		{
			invoice_id: { type: 'string' },
			amount: { type: 'number', exclusiveMinimum: 0 },
			status: { enum: ['processing', 'succeeded'] },
		},
		['invoice_id'],
	),
	settle: exactly({ status: { enum: ['succeeded', 'failed'] } }, ['status']),
	emit: exactly(
		{
			type: { type: 'string' },
			data: {},
			id: { type: 'string' },
			created_at: { type: 'string' },
		},
		['type'],
	),
};
