import fc from 'fast-check';
import { RateLimiter } from '../../sandbox/src/ratelimit/limiter.mts';
import { defaultSettings } from '../../sandbox/src/settings.mts';
import { type ApiResponse, useSandbox } from './client.cts';

const sandbox = useSandbox();

type Limits = NonNullable<Parameters<typeof sandbox.control.config>[0]['rateLimit']>;

const get = async (headers = {}) =>
	await sandbox.api('GET', '/vendors?limit=1', undefined, headers);
const header = ({ headers }: ApiResponse, name: string) => headers.get(name);
const many = async (count: number) =>
	await Promise.all(Array.from({ length: count }, async () => await get()));
const passed = (responses: ApiResponse[]) =>
	responses.filter(({ status }) => status === 200).length;

/** Stretches the second of a burst to half a minute: on a busy machine a burst takes longer than a second. */
const windowScale = 30;

const limits = async (rateLimit: Limits = {}, announcedLimit: number | null = null) =>
	await sandbox.control.config({ announcedLimit, rateLimit });

it('hold by default what BildOut documents: 100 a minute, 20 a second', async () => {
	await limits();
	const first = await get();
	const now = Date.now() / 1000;
	expect(header(first, 'x-ratelimit-limit')).toBe('100');
	expect(header(first, 'x-ratelimit-remaining')).toBe('99');
	expect(Number(header(first, 'x-ratelimit-reset'))).toBeGreaterThan(now + 50);
	expect(Number(header(first, 'x-ratelimit-reset'))).toBeLessThanOrEqual(Math.ceil(now) + 60);

	await limits({ windowScale });
	const burst = await many(30);
	expect(passed(burst)).toBe(20);
	const refused = burst.find(({ status }) => status === 429)!;
	expect(refused.body.error.code).toBe('rate_limit_exceeded');
	expect(Number(header(refused, 'retry-after'))).toBeLessThanOrEqual(windowScale);
	expect(header(refused, 'x-ratelimit-remaining')).toBe('80');
});

it('can be announced higher, and are held there, burst alike', async () => {
	await limits({ windowScale }, 200);
	const responses = await many(60);
	expect(header(responses[0]!, 'x-ratelimit-limit')).toBe('200');
	expect(passed(responses)).toBe(40);
});

it('are counted for each access token, requests that are refused otherwise among them', async () => {
	await limits({ limit: 1, burst: 20 });
	expect((await sandbox.api('POST', '/customers', '{')).status).toBe(400);
	expect((await get()).status).toBe(429);
	const { access_token } = await sandbox.control.token();
	expect((await get({ authorization: `Bearer ${access_token}` })).status).toBe(200);
});

it('report when to come back as seconds, as a date or not at all', async () => {
	const refused = async (rateLimit: Limits) => {
		await limits({ limit: 1, ...rateLimit });
		await get();
		return await get();
	};
	const seconds = Number(header(await refused({ retryAfter: 'seconds' }), 'retry-after'));
	expect(seconds).toBeGreaterThan(50);
	expect(seconds).toBeLessThanOrEqual(60);
	const date = header(await refused({ retryAfter: 'date' }), 'retry-after')!;
	expect(date).toMatch(/GMT$/);
	expect(Date.parse(date) - Date.now()).toBeGreaterThan(50_000);
	const silent = await refused({ retryAfter: 'none', headers: false });
	expect([silent.status, header(silent, 'retry-after')]).toEqual([429, null]);
	expect(header(silent, 'x-ratelimit-limit')).toBeNull();
});

it.each(['fixed', 'sliding'] as const)(
	'allow as much as they can and no more, whatever comes (%s)',
	(form) => {
		const [limit, burst] = [7, 3];
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 300 }),
				fc.constantFrom(1, 0.5, 0.01),
				(gaps, scale) => {
					const given = { limit, burst, form, windowScale: scale };
					const rateLimit = { ...defaultSettings.rateLimit, ...given };
					const limiter = new RateLimiter(() => ({ ...defaultSettings, rateLimit }));
					const [minute, second] = [60_000 * scale, 1_000 * scale];
					const allowed: number[] = [];
					let start = -Infinity;
					let now = 0;
					for (const gap of gaps) {
						now += gap * scale;
						if (now - start >= minute) start = now;
						const inMinute = allowed.filter((time) =>
							form === 'fixed' ? time >= start : time > now - minute,
						);
						const inSecond = allowed.filter((time) => time > now - second);
						const fits = inMinute.length < limit && inSecond.length < burst;
						const verdict = limiter.take('token', now);
						expect(verdict.allowed).toBe(fits);
						expect(verdict.remaining).toBe(limit - inMinute.length - (fits ? 1 : 0));
						if (form === 'fixed') expect(verdict.resetAt).toBe(start + minute);
						if (fits) allowed.push(now);
						else {
							const frees = [
								...(inMinute.length < limit
									? []
									: [(form === 'fixed' ? start : inMinute[0]!) + minute]),
								...(inSecond.length < burst ? [] : [inSecond[0]! + second]),
							];
							expect(verdict.retryAfterMs).toBe(Math.max(...frees) - now);
						}
					}
				},
			),
		);
	},
);
