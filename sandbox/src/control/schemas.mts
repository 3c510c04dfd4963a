import { scopes } from '../contract/contract.mts';
import { forEachKind } from '../records/kinds.mts';
import { CHOICES, defaultSettings } from '../settings.mts';

const count = { type: 'integer', minimum: 0 };
const atLeastOne = { type: 'integer', minimum: 1 };
const ms = { type: 'number', minimum: 0 };
const aboveZero = { type: 'number', exclusiveMinimum: 0 };
const exactly = (properties: Record<string, object>, required: string[] = []) => ({
	type: 'object',
	additionalProperties: false,
	properties,
	required,
});

/** By their defaults: one of its choices, or a value of the same type. */
const typesOf = (settings: object) =>
	Object.fromEntries(
		Object.entries(settings).map(([name, value]) => [
			name,
			name in CHOICES ? { enum: CHOICES[name as keyof typeof CHOICES] } : { type: typeof value },
		]),
	);

/** What each control request may say; a misspelt name is refused, so that a test cannot believe in it. */
export const controlBodies = {
	nothing: exactly({}),
	reset: exactly({ seed: { type: 'boolean' } }),
	seed: exactly(forEachKind(() => count)),
	config: exactly({
		...typesOf(defaultSettings),
		latencyMs: ms,
		maxLimit: atLeastOne,
		announcedLimit: { ...atLeastOne, type: ['integer', 'null'] },
		rateLimit: exactly({
			...typesOf(defaultSettings.rateLimit),
			limit: atLeastOne,
			burst: atLeastOne,
			windowScale: aboveZero,
		}),
		webhooks: exactly({
			...typesOf(defaultSettings.webhooks),
			timeoutMs: aboveZero,
			retryDelaysMs: { type: 'array', items: ms },
		}),
		quirks: exactly(typesOf(defaultSettings.quirks)),
	}),
	clock: exactly({ to: { type: 'string', format: 'date-time' } }, ['to']),
	faults: exactly(
		{
			method: { type: 'string' },
			path: { type: 'string', format: 'regex' },
			times: atLeastOne,
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
			amount: aboveZero,
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
