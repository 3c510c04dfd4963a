import { createHmac, timingSafeEqual } from 'crypto';

/** Why a delivery is refused, as the sender and n8n's log are told. */
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
	| 'signature_mismatch';

/** A signature header taken apart: `t=<unix seconds>,v1=<hex>`, with one `v1` or several. */
export interface Signature {
	/** The digits as they were sent: they are part of what is signed. */
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

const UNIX_SECONDS = /^\d{1,15}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Checks a delivery by the scheme in the section Verifying Signatures of BildOut's developer page:
 * HMAC-SHA256 with the subscription's secret over `<t>.<raw body>`.
 *
 * @returns undefined when the delivery is genuine and recent, otherwise why it is not
 */
export function verifySignature(delivery: SignedDelivery): Refusal | undefined {
	const secrets = delivery.secrets.filter((secret) => secret.trim() !== '');
	if (secrets.length === 0) return 'secret_missing';

	const signature = parseSignature(delivery.header);
	if (typeof signature === 'string') return signature;

	const age = delivery.now - Number(signature.timestamp);
	if (!(age <= delivery.tolerance)) return 'timestamp_stale';
	if (!(age >= -delivery.tolerance)) return 'timestamp_in_future';

	const { body } = delivery;
	if (body === undefined || body.length === 0) return 'body_missing';

	const genuine = secrets.some((secret) => {
		const expected = createHmac('sha256', secret)
			.update(`${signature.timestamp}.`)
			.update(body)
			.digest();
		return signature.digests.some((digest) => timingSafeEqual(digest, expected));
	});
	return genuine ? undefined : 'signature_mismatch';
}

/** Takes a signature header apart, or says what is wrong with it. Schemes other than `v1` are passed over. */
export function parseSignature(header: string | undefined): Signature | Refusal {
	if (header === undefined || header.trim() === '') return 'signature_missing';
	const parts = header.split(',').map((part) => part.trim());
	const valuesOf = (key: string) =>
		parts.filter((part) => part.startsWith(`${key}=`)).map((part) => part.slice(key.length + 1));

	const [timestamp, ...furtherTimestamps] = valuesOf('t');
	if (timestamp === undefined) return 'timestamp_missing';
	if (!UNIX_SECONDS.test(timestamp) || furtherTimestamps.length > 0) return 'timestamp_malformed';

	const values = valuesOf('v1');
	if (values.length === 0) return 'v1_missing';
	const digests = values
		.filter((value) => SHA256_HEX.test(value))
		.map((value) => Buffer.from(value, 'hex'));
	return digests.length > 0 ? { timestamp, digests } : 'v1_malformed';
}
