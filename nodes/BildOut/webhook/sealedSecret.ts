import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { readCredential } from '../api/credential';
import { pathKey } from './urls';

/** What a seal carries. */
export interface SealedSecret {
	secret: string;
	/** When the secret was learnt, in milliseconds since 1970: of two, the later one counts. */
	since: number;
	/** Tells whether the seal was made for this subscription. */
	belongsTo: (subscriptionId: string) => boolean;
}

const CIPHER = 'aes-256-gcm';
const PURPOSE = 'n8n-nodes-bildout: signing secret in a delivery URL';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SINCE_BYTES = 6;
const ID_BYTES = 4;

/** A shorter client secret could be guessed, and with it a seal be forged. */
const SHORTEST_CLIENT_SECRET = 16;

/** A server may cut longer URLs short. */
const LONGEST_SECRET = 200;

/**
 * Encrypts and authenticates a subscription's signing secret, so that it can travel in the URL that the
 * subscription delivers to: n8n keeps nothing for a node that other nodes could not wipe. The key is
 * derived from the credential's client secret, so only who knows that can make or read a seal. It is
 * bound to the path of our address.
 *
 * @returns undefined where the credential's client secret is too weak, or the secret too long
 */
export async function encryptSecret(
	context: IHookFunctions | IWebhookFunctions,
	url: string,
	{ id, secret, since }: { id: string; secret: string; since: number },
): Promise<string | undefined> {
	const key = await keyOf(context);
	if (key === undefined || secret.length > LONGEST_SECRET) return undefined;
	const head = Buffer.alloc(SINCE_BYTES);
	head.writeUIntBE(since, 0, SINCE_BYTES);
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(pathKey(url)));
	const sealed = [
		nonce,
		cipher.update(Buffer.concat([head, subscriptionTag(id), Buffer.from(secret)])),
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
	const longest = NONCE_BYTES + SINCE_BYTES + ID_BYTES + 4 * LONGEST_SECRET + TAG_BYTES;
	if (bytes.length <= NONCE_BYTES + SINCE_BYTES + ID_BYTES + TAG_BYTES || bytes.length > longest) {
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
		const mark = plain.subarray(SINCE_BYTES, SINCE_BYTES + ID_BYTES);
		return {
			since: plain.readUIntBE(0, SINCE_BYTES),
			secret: plain.subarray(SINCE_BYTES + ID_BYTES).toString('utf8'),
			belongsTo: (subscriptionId) => subscriptionTag(subscriptionId).equals(mark),
		};
	} catch {
		return undefined;
	}
}

async function keyOf(context: IHookFunctions | IWebhookFunctions): Promise<Buffer | undefined> {
	const credential = await readCredential(context).catch(() => undefined);
	const secret = String(credential?.clientSecret ?? '').trim();
	if (secret.length < SHORTEST_CLIENT_SECRET) return undefined;
	return Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32));
}

function subscriptionTag(id: string): Buffer {
	return createHash('sha256').update(id).digest().subarray(0, ID_BYTES);
}
