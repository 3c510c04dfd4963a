import type { FastifyRequest } from 'fastify';
import { ApiError } from '../api/errors.mts';
import { isLoopbackUrl } from '../oauth/grants.mts';

/** For every page: nothing from elsewhere runs in it, and no other site can frame it. */
export const pageHeaders = {
	'content-security-policy':
		"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
	'referrer-policy': 'same-origin',
	'x-content-type-options': 'nosniff',
	'cache-control': 'no-store',
};

/**
 * The pages ask nobody to sign in, so they serve this machine only, and only under one of its own
 * names: a foreign name that leads here is a trick.
 */
export async function refuseOtherMachines({ ip, host }: FastifyRequest): Promise<void> {
	const fromHere = ip === '::1' || ip.replace('::ffff:', '').startsWith('127.');
	if (!fromHere || !isLoopbackUrl(`http://${host}`)) {
		throw new ApiError(403, 'This page is for people on the machine that the sandbox runs on.');
	}
}

/** Takes no request that another site's page sends, besides. */
export async function refuseOtherSites(request: FastifyRequest): Promise<void> {
	await refuseOtherMachines(request);
	const { headers, host } = request;
	const site = headers['sec-fetch-site'] ?? 'none';
	const origin = headers.origin ?? `http://${host}`;
	if ((site !== 'none' && site !== 'same-origin') || origin !== `http://${host}`) {
		throw new ApiError(403, 'Another site may not press the buttons of this page.');
	}
}
