import { createHmac, timingSafeEqual } from 'crypto';

/** Why a delivery is refused, as the sender and n8n's log get it. */
export type Refusal =
	| 'secret_missing'
	| 'signature_missing'
	| 'timestamp_missing'
	| 'timestamp_malformed'
	| 'timestamp_stale'
	| 'timestamp_in_future'
	| 'v1_missing'
	| 'v1_malformed'
	| 'body_missing'
	| 'signature_mismatch'
	/** Only the secret in a seal fits, and BildOut did not confirm the seal. */
	| 'seal_not_confirmed';

/** A parsed signature header: `t=<unix seconds>,v1=<hex>`, with one `v1` or several. */
export interface Signature {
	/** As it was sent: it is part of what is signed. */
	timestamp: string;
	/** The well-formed `v1` values, 32 bytes each; at least one. */
	digests: Buffer[];
}

export interface SignedDelivery {
	/** The signature header's value; undefined when there was no such header. */
	header: string | undefined;
	/** The bytes as they arrived. */
	body: Buffer | undefined;
	/** The secrets that are good at this moment; blank ones do not count. */
	secrets: string[];
	/** How many seconds the timestamp may differ from `now`, either way. */
	tolerance: number;
	/** Unix seconds. */
	now: number;
}

const UNIX_TIME = /^\d{1,15}$/;
const LAST_SECOND = 100_000_000_000;
/** Each costs a hash of the whole body. */
const MAX_SIGNATURES = 3;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Checks a delivery by the scheme in the section Verifying Signatures of BildOut's developer page:
 * HMAC-SHA256 with the subscription's secret over `<t>.<raw body>`.
 *
 * @returns undefined when the delivery is genuine and recent, otherwise why it is not
 */
export function verifySignature(delivery: SignedDelivery): Refusal | undefined {
	const signatures = parseSignatures(delivery.header);
	if (typeof signatures === 'string') return signatures;

	const ages = signatures.map(({ timestamp }) => delivery.now - inSeconds(timestamp));
	const recent = signatures.filter((_, index) => Math.abs(ages[index]) <= delivery.tolerance);
	if (recent.length === 0) return ages[0] < 0 ? 'timestamp_in_future' : 'timestamp_stale';

	const { body } = delivery;
	if (body === undefined || body.length === 0) return 'body_missing';

	const secrets = delivery.secrets.filter((secret) => secret.trim() !== '');
	if (secrets.length === 0) return 'secret_missing';
	const isGenuine = recent.some(({ timestamp, digests }) =>
		secrets.some((secret) => {
			const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
			return digests.some((digest) => timingSafeEqual(digest, expected));
		}),
	);
	return isGenuine ? undefined : 'signature_mismatch';
}

/** Whether a header is of the form that BildOut documents. */
export function isSigned(header: string): boolean {
	return typeof parseSignatures(header) !== 'string';
}

/**
 * Parses a signature header. Schemes other than `v1` are ignored. A header that was sent twice arrives as
 * one, with a comma between.
 */
function parseSignatures(header: string | undefined): Signature[] | Refusal {
	if (header === undefined || header.trim() === '') return 'signature_missing';
	const parts = header.split(',').map((part) => {
		const [key, ...value] = part.split('=');
		return { key: key.trim(), value: value.join('=').trim() };
	});
	const isTime = parts.map(({ key }) => key === 't');
	const starts = [...isTime.keys()].filter((index) => isTime[index]);
	if (starts.length === 0) return 'timestamp_missing';
	if (starts.length > MAX_SIGNATURES) return 'timestamp_malformed';
	if (starts.length === 1) return parseOne(parts);

	const signatures = [];
	for (const [at, start] of starts.entries()) {
		const signature = parseOne(parts.slice(start, starts[at + 1]));
		if (typeof signature === 'string') return 'timestamp_malformed';
		signatures.push(...signature);
	}
	return signatures;
}

function parseOne(parts: Array<{ key: string; value: string }>): Signature[] | Refusal {
	const valuesOf = (wanted: string) =>
		parts.filter(({ key }) => key === wanted).map(({ value }) => value);
	const [timestamp] = valuesOf('t');
	if (!UNIX_TIME.test(timestamp)) return 'timestamp_malformed';

	const values = valuesOf('v1');
	if (values.length === 0) return 'v1_missing';
	const digests = values
		.filter((value) => SHA256_HEX.test(value))
		.map((value) => Buffer.from(value, 'hex'));
	return digests.length > 0 ? [{ timestamp, digests }] : 'v1_malformed';
}

/** BildOut documents seconds; what would be the year 5138 or later are milliseconds. */
function inSeconds(timestamp: string): number {
	const time = Number(timestamp);
	return time > LAST_SECOND ? time / 1000 : time;
}
