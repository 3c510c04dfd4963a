import { createHmac } from 'node:crypto';

/** Grade: assumed. That there is one header, and its form, is documented. */
export const signatureHeader = 'X-BildOut-Signature';

/**
 * `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 with the subscription's secret over `<t>.<raw body>`.
 * Grade: documented.
 */
export function signature(secret: string, body: string, seconds: number): string {
	return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
