import { createHmac } from 'node:crypto';

/**
 * `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 with the subscription's secret over `<t>.<raw body>`.
 * Grade: documented.
 */
export function signature(secret: string, body: string, seconds: number): string {
	return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
