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
const MAX_TIMESTAMPS = 3;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Checks a delivery by the scheme in the section Verifying Signatures of BildOut's developer page:
 * HMAC-SHA256 with the subscription's secret over `<t>.<raw body>`.
 *
 * @returns undefined when the delivery is genuine and recent, otherwise why it is not
 */
export function verifySignature(delivery: SignedDelivery): Refusal | undefined {
	const signature = parseSignature(delivery.header);
	if (typeof signature === 'string') return signature;
	const { timestamps, digests } = signature;

	const ageOf = (timestamp: string) => delivery.now - inSeconds(timestamp);
	const recent = timestamps.filter((one) => Math.abs(ageOf(one)) <= delivery.tolerance);
	if (recent.length === 0) {
		return ageOf(timestamps[0]) < 0 ? 'timestamp_in_future' : 'timestamp_stale';
	}

	const { body } = delivery;
	if (body === undefined || body.length === 0) return 'body_missing';

	const secrets = delivery.secrets.filter((secret) => secret.trim() !== '');
	if (secrets.length === 0) return 'secret_missing';
	const isGenuine = recent.some((timestamp) =>
		secrets.some((secret) => {
			const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
			return digests.some((digest) => timingSafeEqual(digest, expected));
		}),
	);
	return isGenuine ? undefined : 'signature_mismatch';
}

/** Whether a header is of the form that BildOut documents. */
export function isSigned(header: string): boolean {
	return typeof parseSignature(header) !== 'string';
}

/**
 * Parses `t=<unix seconds>,v1=<hex>`, with one `v1` or several; other schemes are ignored. A header that was sent
 * twice arrives as one, with a comma between, and has several timestamps.
 */
function parseSignature(
	header: string | undefined,
): { timestamps: string[]; digests: Buffer[] } | Refusal {
	if (header === undefined || header.trim() === '') return 'signature_missing';
	const parts = header.split(',').map((part) => part.split(/=(.*)/s).map((text) => text.trim()));
	const valuesOf = (wanted: string) =>
		parts.filter(([key]) => key === wanted).map(([, value = '']) => value);
	const timestamps = valuesOf('t');
	if (timestamps.length === 0) return 'timestamp_missing';
	const isWell = timestamps.every((timestamp) => UNIX_TIME.test(timestamp));
	if (!isWell || timestamps.length > MAX_TIMESTAMPS) return 'timestamp_malformed';

	const values = valuesOf('v1');
	if (values.length === 0) return 'v1_missing';
	const digests = values
		.filter((value) => SHA256_HEX.test(value))
		.map((value) => Buffer.from(value, 'hex'));
	return digests.length > 0 ? { timestamps, digests } : 'v1_malformed';
}

/** BildOut documents seconds; what would be the year 5138 or later are milliseconds. */
function inSeconds(timestamp: string): number {
	const time = Number(timestamp);
	return time > LAST_SECOND ? time / 1000 : time;
}
