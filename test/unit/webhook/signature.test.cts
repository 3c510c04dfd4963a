import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import Stripe from 'stripe';

import { verifySignature } from '../../../nodes/BildOut/webhook/signature.ts';

const SECRET = 'whsec_5f1c';
const NOW = 1_733_000_000;
const BODY = Buffer.from('{"id":"evt_1","type":"invoice.paid","data":{"total":6082.5}}');

const digestOf = (secret: string, timestamp: number | string, body: string | Buffer) =>
	createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

const headerFor = (secret: string, timestamp: number | string, body: string | Buffer) =>
	`t=${timestamp},v1=${digestOf(secret, timestamp, body)}`;

const verify = (given: Partial<Parameters<typeof verifySignature>[0]>) =>
	verifySignature({
		header: headerFor(SECRET, NOW, BODY),
		body: BODY,
		secrets: [SECRET],
		tolerance: 300,
		now: NOW,
		...given,
	});

/** Stripe signs its webhooks by the same scheme, so its published library is a second opinion. */
const stripe = new Stripe('sk_test_unused');

const secrets = fc.string({ minLength: 1, maxLength: 64 }).filter((secret) => secret.trim() !== '');
const bodies = fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
const moments = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 });
const ages = fc.integer({ min: -300, max: 300 });

const NO_V1 = `v1=${'0'.repeat(64)}`;

describe('verifySignature', () => {
	const at = (timestamp: number | string, body: string | Buffer = BODY) => ({
		header: headerFor(SECRET, timestamp, body),
	});
	const digest = digestOf(SECRET, NOW, BODY);
	const base64 = Buffer.from(digest, 'hex').toString('base64');

	it.each<[string, Partial<Parameters<typeof verifySignature>[0]>, string]>([
		['no secret', { secrets: [] }, 'secret_missing'],
		['an empty secret', { secrets: [''] }, 'secret_missing'],
		['a blank secret', { secrets: [' \n'], header: headerFor(' \n', NOW, BODY) }, 'secret_missing'],
		['no header', { header: undefined }, 'signature_missing'],
		['an empty header', { header: ' ' }, 'signature_missing'],
		['no timestamp', { header: `v1=${digest}` }, 'timestamp_missing'],
		['an empty timestamp', at(''), 'timestamp_malformed'],
		['a fraction of a second', at(`${NOW}.5`), 'timestamp_malformed'],
		['a sign', at(`+${NOW}`), 'timestamp_malformed'],
		['an exponent', at('1e9'), 'timestamp_malformed'],
		['hexadecimal', at('0x6748c080'), 'timestamp_malformed'],
		['other digits', at('١٧٣٣٠٠٠٠٠٠'), 'timestamp_malformed'],
		['ISO 8601', at('2024-11-30T20:53:20Z'), 'timestamp_malformed'],
		['something behind the digits', at(`${NOW}x`), 'timestamp_malformed'],
		['a second timestamp of "x"', { header: `t=${NOW},t=x,v1=${digest}` }, 'timestamp_malformed'],
		['four timestamps', { header: `t=${NOW},v1=${digest},`.repeat(4) }, 'timestamp_malformed'],
		['no v1', { header: `t=${NOW}` }, 'v1_missing'],
		['another scheme only', { header: `t=${NOW},v0=${digest}` }, 'v1_missing'],
		['an empty v1', { header: `t=${NOW},v1=` }, 'v1_malformed'],
		['a v1 cut short', { header: `t=${NOW},v1=${digest.slice(0, -2)}` }, 'v1_malformed'],
		['a v1 too long', { header: `t=${NOW},v1=${digest}00` }, 'v1_malformed'],
		['a v1 with a prefix', { header: `t=${NOW},v1=sha256=${digest}` }, 'v1_malformed'],
		['a v1 in Base64', { header: `t=${NOW},v1=${base64}` }, 'v1_malformed'],
		['a stale timestamp', at(NOW - 301), 'timestamp_stale'],
		['a future timestamp', at(NOW + 301), 'timestamp_in_future'],
		['no body', { body: undefined }, 'body_missing'],
		['an empty body', { body: Buffer.alloc(0), ...at(NOW, '') }, 'body_missing'],
		['another secret', { secrets: ['whsec_other'] }, 'signature_mismatch'],
		['another body', { body: Buffer.from('{}') }, 'signature_mismatch'],
		['another timestamp', { header: `t=${NOW - 1},v1=${digest}` }, 'signature_mismatch'],
		['a tolerance that is no number', { tolerance: Number.NaN }, 'timestamp_stale'],
	])('refuses %s', (_, given, refusal) => {
		expect(verify(given)).toBe(refusal);
	});

	it.each<[string, (header: string) => string]>([
		['as it is', (header) => header],
		['at the one edge of the tolerance', () => at(NOW - 300).header],
		['at the other edge of the tolerance', () => at(NOW + 300).header],
		[
			'after its v1, beside others',
			(header) => `v1=short,${NO_V1},${header.split(',').reverse().join()}`,
		],
		['in upper case', (header) => header.toUpperCase().replace('T=', 't=').replace('V1=', 'v1=')],
		['sent twice', (header) => `${header}, ${header}`],
		['sent twice, once by another', (header) => `t=${NOW - 9},${NO_V1}, ${header}`],
		['sent twice, once long ago', (header) => `${headerFor(SECRET, 1, BODY)}, ${header}`],
		['with spaces everywhere', (header) => ` ${header.replace(/[=,]/g, ' $& ')} `],
	])('reads a header %s', (_, change) => {
		expect(verify({ header: change(headerFor(SECRET, NOW, BODY)) })).toBeUndefined();
	});

	it('reads milliseconds within the same tolerance', () => {
		const headerAt = (ms: number) => headerFor(SECRET, ms, BODY);
		expect(verify({ header: headerAt(NOW * 1000) })).toBeUndefined();
		expect(verify({ header: headerAt(NOW * 1000 - 300_000) })).toBeUndefined();
		expect(verify({ header: headerAt(NOW * 1000 - 300_001) })).toBe('timestamp_stale');
		expect(verify({ header: headerAt(NOW * 1000 + 300_001) })).toBe('timestamp_in_future');
	});

	it('accepts any body under any secret, and nothing that differs from it in one bit', () => {
		fc.assert(
			fc.property(secrets, bodies, moments, ages, fc.nat(), (secret, body, now, age, bit) => {
				const header = headerFor(secret, now - age, body);
				const given = { header, secrets: [secret], now };
				const changed = Buffer.from(body);
				changed[bit % body.length] ^= 1 << bit % 8;
				expect(verify({ ...given, body })).toBeUndefined();
				expect(verify({ ...given, body: changed })).toBe('signature_mismatch');
				expect(verify({ ...given, body, secrets: [`${secret}x`] })).toBe('signature_mismatch');
			}),
		);
	});

	it('refuses anything whatever, and never throws', () => {
		const piece = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.constantFrom('t=', 'v1=', ',', '=', `${NOW}`, 'a'.repeat(64)),
		);
		const headers = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
		fc.assert(
			fc.property(headers, (header) => {
				expect(typeof verify({ header })).toBe('string');
			}),
		);
	});
});

describe("beside Stripe's library", () => {
	it('comes to the same verdict on headers that were tampered with', () => {
		const tampering = fc.constantFrom<(header: string) => string>(
			(header) => header,
			(header) => header.replace('v1=', 'v0='),
			(header) => header.replace(/v1=../, 'v1=00'),
			(header) => header.slice(0, -1),
			(header) => `${header},${NO_V1}`,
			(header) => header.replace('v1=', `${NO_V1},v1=`),
			(header) => header.replace('t=', 'time='),
			(header) => header.replace(/t=(\d+)/, (_, t: string) => `t=${Number(t) + 1}`),
			(header) => header.split(',').reverse().join(','),
			() => '',
		);
		const age = fc.integer({ min: 0, max: 600 });
		const anySecret = fc.oneof(secrets, fc.constantFrom(' ', '\t\n'));
		const payloads = fc.string({ minLength: 1 });
		const { webhooks } = stripe;
		const verdictOfStripe = (payload: string, header: string, secret: string) => {
			const at = NOW * 1000;
			try {
				return webhooks.signature!.verifyHeader(payload, header, secret, 300, undefined, at);
			} catch {
				return false;
			}
		};
		fc.assert(
			fc.property(payloads, anySecret, age, tampering, (payload, secret, seconds, tamper) => {
				const timestamp = NOW - seconds;
				const header = tamper(webhooks.generateTestHeaderString({ payload, secret, timestamp }));
				const refusal = verify({ header, body: Buffer.from(payload), secrets: [secret] });
				expect(refusal === undefined).toBe(verdictOfStripe(payload, header, secret));
			}),
			{ numRuns: 500 },
		);
	});
});
