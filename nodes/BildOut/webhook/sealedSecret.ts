import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';
import { readCredential } from '../api/connection';
import { ownUrl } from './state';
import { findSubscription } from './subscriptionApi';
import { isSameAddress, pathKey, sealOf } from './urls';

/** What a seal carries. */
export interface SealedSecret {
	/** The ID of the subscription whose deliveries the secret signs. */
	id: string;
	secret: string;
	/** When the secret was learned, in milliseconds since 1970 and not after now. */
	since: number;
}

const CIPHER = 'aes-256-gcm';
const PURPOSE = 'n8n-nodes-bildout: signing secret of a subscription in its delivery URL';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A server may cut longer URLs short. */
const MAX_BYTES = 300;

/** A shorter client secret could be guessed, and with it a seal be forged. */
const MIN_CLIENT_SECRET_LENGTH = 16;

/** A delivery waits for it. */
const CONFIRMATION_MS = 8_000;

/**
 * Encrypts a subscription's signing secret for the URL that it delivers to, because other nodes can wipe what
 * n8n keeps. The key is derived from the credential's client secret and bound to the path of our address.
 *
 * @returns undefined where the credential's client secret is too weak, or the secret or ID too long
 */
export async function encryptSecret(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	{ id, secret, since }: SealedSecret,
): Promise<string | undefined> {
	const key = await keyOf(context);
	const plain = Buffer.from(JSON.stringify([id, secret, since]));
	if (key === undefined || plain.length > MAX_BYTES) return undefined;
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(pathKey(url)));
	const sealed = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
	return Buffer.concat(sealed).toString('base64url');
}

/** Opens a seal that was made for this address under this credential; undefined for any other text. */
export async function decryptSecret(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	sealed = '',
): Promise<SealedSecret | undefined> {
	const bytes = Buffer.from(sealed, 'base64url');
	const length = bytes.length - NONCE_BYTES - TAG_BYTES;
	if (length <= 0 || length > MAX_BYTES) return undefined;
	const key = await keyOf(context);
	if (key === undefined) return undefined;
	const nonce = bytes.subarray(0, NONCE_BYTES);
	try {
		const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
			.setAAD(Buffer.from(pathKey(url)))
			.setAuthTag(bytes.subarray(-TAG_BYTES));
		const text = Buffer.concat([
			decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
			decipher.final(),
		]).toString();
		const [id, secret, since] = JSON.parse(text) as [string, string, number];
		return { id, secret, since: Math.min(since, Date.now()) };
	} catch {
		return undefined;
	}
}

async function keyOf(context: IHookFunctions | IWebhookFunctions): Promise<Buffer | undefined> {
	const credential = await readCredential(context).catch(() => undefined);
	const secret = String(credential?.clientSecret ?? '').trim();
	if (secret.length < MIN_CLIENT_SECRET_LENGTH) return undefined;
	return Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32));
}

/** Whether BildOut confirmed each seal that it was asked about. */
const confirmations = new TtlCache<Promise<boolean>>({ ttlMs: DAY_MS, maxWeight: 10_000 });

/** Seals that BildOut did not confirm lately: old ones must not use up its rate limit. */
const unconfirmed = new TtlCache<true>({ ttlMs: 60_000, maxWeight: 10_000 });

/**
 * Whether BildOut has the subscription that a seal names, active, at exactly the address with the seal: old
 * and forged seals open too. BildOut is asked once for each seal.
 *
 * @returns false also where BildOut cannot be asked
 */
export async function isConfirmed(
	context: IWebhookFunctions,
	seal: string,
	{ id }: SealedSecret,
): Promise<boolean> {
	const key = `${id} ${seal}`;
	if (unconfirmed.get(key)) return false;
	const asked = confirmations.get(key) ?? isDeliveredWith(context, seal, id);
	confirmations.set(key, asked);
	if (await asked) return true;
	confirmations.delete(key);
	unconfirmed.set(key, true);
	return false;
}

async function isDeliveredWith(
	context: IWebhookFunctions,
	seal: string,
	id: string,
): Promise<boolean> {
	const url = ownUrl(context);
	const until = Date.now() + CONFIRMATION_MS;
	const settings = { timeoutMs: CONFIRMATION_MS, maxRetries: 0, until };
	const found = await findSubscription({ context, url, settings }, id).catch(() => undefined);
	return found?.isPaused === false && isSameAddress(found.url, url) && sealOf(found.url) === seal;
}
