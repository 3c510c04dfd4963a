import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings.mts';
import { ApiError } from './errors.mts';

/** What `make` returns; for a repeated key, what it returned the first time. */
export type Once = <Result>(request: FastifyRequest, make: () => Result) => Result;

/**
 * The Idempotency-Key header: a repeated POST with the same key and body changes nothing and gets the
 * first response again; with another body it is refused. Grade: assumed, after the practice of payment APIs.
 */
export function openIdempotency(
	database: DatabaseSync,
	change: <Result>(work: () => Result) => Result,
	settings: () => Settings,
): Once {
	const find = database.prepare(
		'SELECT fingerprint, response FROM idempotent_responses WHERE key = ?',
	);
	const keep = database.prepare(
		'INSERT INTO idempotent_responses (key, fingerprint, response) VALUES (?, ?, ?)',
	);
	return (request, make) => {
		const given = request.headers['idempotency-key'];
		if (given === undefined || !settings().quirks.idempotency) return change(make);
		const key = `${request.url} ${String(given)}`;
		const fingerprint = createHash('sha256').update(request.rawBody).digest('hex');
		const first = find.get(key);
		if (!first) {
			return change(() => {
				const response = make();
				keep.run(key, fingerprint, JSON.stringify(response));
				return response;
			});
		}
		if (first.fingerprint !== fingerprint) {
			throw new ApiError(409, 'This Idempotency-Key was used before, with another body.');
		}
		return JSON.parse(first.response as string);
	};
}
