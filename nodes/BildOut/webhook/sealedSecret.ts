import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';
import { readCredential } from '../api/credential';
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
const SINCE_BYTES = 6;
const HEAD_BYTES = SINCE_BYTES + 1;
const LAST_MOMENT = 2 ** (8 * SINCE_BYTES) - 1;

/** A shorter client secret could be guessed, and with it a seal be forged. */
const MIN_CLIENT_SECRET_LENGTH = 16;

/** A server may cut longer URLs short. */
const MAX_ID_BYTES = 64;
const MAX_SECRET_BYTES = 200;

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
	const [idBytes, secretBytes] = [Buffer.from(id), Buffer.from(secret)];
	const isLong = idBytes.length > MAX_ID_BYTES || secretBytes.length > MAX_SECRET_BYTES;
	if (key === undefined || isLong) return undefined;
	const head = Buffer.alloc(HEAD_BYTES);
	head.writeUIntBE(Math.min(since, LAST_MOMENT), 0, SINCE_BYTES);
	head.writeUInt8(idBytes.length, SINCE_BYTES);
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(pathKey(url)));
	const sealed = [
		nonce,
		cipher.update(Buffer.concat([head, idBytes, secretBytes])),
		cipher.final(),
		cipher.getAuthTag(),
	];
	return Buffer.concat(sealed).toString('base64url');
}

/** Opens a seal that was made for this address under this credential; undefined for any other text. */
export async function decryptSecret(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	sealed: string,
): Promise<SealedSecret | undefined> {
	const bytes = Buffer.from(sealed, 'base64url');
	const shortest = NONCE_BYTES + HEAD_BYTES + TAG_BYTES;
	if (bytes.length <= shortest || bytes.length > shortest + MAX_ID_BYTES + MAX_SECRET_BYTES) {
		return undefined;
	}
	const key = await keyOf(context);
	if (key === undefined) return undefined;
	try {
		const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
			authTagLength: TAG_BYTES,
		})
			.setAAD(Buffer.from(pathKey(url)))
			.setAuthTag(bytes.subarray(-TAG_BYTES));
		const plain = Buffer.concat([
			decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
			decipher.final(),
		]);
		const idEnd = HEAD_BYTES + plain.readUInt8(SINCE_BYTES);
		return {
			since: Math.min(plain.readUIntBE(0, SINCE_BYTES), Date.now()),
			id: plain.toString('utf8', HEAD_BYTES, idEnd),
			secret: plain.toString('utf8', idEnd),
		};
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
	const url = ownUrl(context);
	const key = `${id} ${seal}`;
	if (unconfirmed.get(key)) return false;
	const asked = confirmations.get(key) ?? ask();
	confirmations.set(key, asked);
	const isGood = await asked;
	if (!isGood) {
		confirmations.delete(key);
		unconfirmed.set(key, true);
	}
	return isGood;

	async function ask(): Promise<boolean> {
		const until = Date.now() + CONFIRMATION_MS;
		const settings = { timeoutMs: CONFIRMATION_MS, maxRetries: 0, until };
		try {
			const found = await findSubscription({ context, url, settings }, id);
			return (
				found?.isPaused === false && isSameAddress(found.url, url) && sealOf(found.url) === seal
			);
		} catch {
			return false;
		}
	}
}
