import fc from 'fast-check';
import { RateLimiter } from '../../sandbox/src/ratelimit/limiter.mts';
import { defaultSettings } from '../../sandbox/src/settings.mts';
import { type Answer, useSandbox } from './client.cts';

const sandbox = useSandbox();

type Limits = NonNullable<Parameters<typeof sandbox.control.config>[0]['rateLimit']>;

const get = async (headers = {}) =>
	await sandbox.api('GET', '/vendors?limit=1', undefined, headers);
const header = ({ headers }: Answer, name: string) => headers.get(name);
const many = async (count: number) =>
	await Promise.all(Array.from({ length: count }, async () => await get()));
const passed = (answers: Answer[]) => answers.filter(({ status }) => status === 200).length;
const sleep = async (ms: number) => await new Promise((later) => setTimeout(later, ms));

/** Stretches the second of a burst to half a minute: on a busy machine a burst takes longer than a second. */
const LONG_SECOND = 30;

/** BildOut's limits, with whatever a test says of them. */
const limits = async (rateLimit: Limits = {}) => {
	await sandbox.raw('POST', '/__control/config', { announcedLimit: null, rateLimit });
};

it('hold by default what BildOut documents: 100 a minute, 20 a second', async () => {
	await limits();
	const first = await get();
	const now = Date.now() / 1000;
	expect(header(first, 'x-ratelimit-limit')).toBe('100');
	expect(header(first, 'x-ratelimit-remaining')).toBe('99');
	expect(Number(header(first, 'x-ratelimit-reset'))).toBeGreaterThan(now + 50);
	expect(Number(header(first, 'x-ratelimit-reset'))).toBeLessThanOrEqual(Math.ceil(now) + 60);

	await limits({ windowScale: LONG_SECOND });
	const burst = await many(30);
	expect(passed(burst)).toBe(20);
	const refused = burst.find(({ status }) => status === 429)!;
	expect(refused.body.error.code).toBe('rate_limit_exceeded');
	expect(Number(header(refused, 'retry-after'))).toBeLessThanOrEqual(LONG_SECOND);
	expect(header(refused, 'x-ratelimit-remaining')).toBe('80');
});

it('are counted for each access token', async () => {
	await limits({ limit: 1, burst: 20 });
	expect((await get()).status).toBe(200);
	expect((await get()).status).toBe(429);
	const { access_token } = await sandbox.control.token();
	expect((await get({ authorization: `Bearer ${access_token}` })).status).toBe(200);
});

it('count requests that are refused for another reason, but not those that are refused for the limit', async () => {
	await limits({ limit: 4, burst: 3, windowScale: 4 });
	expect((await sandbox.api('GET', '/customers/1')).status).toBe(404);
	const { status, headers } = await sandbox.api('POST', '/customers', '{');
	expect([status, headers.get('x-ratelimit-remaining')]).toEqual([400, '2']);
	const answers = await many(5);
	expect(passed(answers)).toBe(1);
	await sleep(4_200);
	expect(passed(await many(2))).toBe(1);
});

it('say when to come back as seconds, as a date or not at all', async () => {
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
	expect(header(await refused({ retryAfter: 'none' }), 'retry-after')).toBeNull();
	const silent = await refused({ retryAfter: 'none', headers: false });
	expect([silent.status, header(silent, 'x-ratelimit-limit')]).toEqual([429, null]);
});

it('can be announced higher, and are held there, burst alike', async () => {
	const rateLimit = { windowScale: LONG_SECOND };
	await sandbox.raw('POST', '/__control/config', { announcedLimit: 200, rateLimit });
	const answers = await many(60);
	expect(header(answers[0]!, 'x-ratelimit-limit')).toBe('200');
	expect(passed(answers)).toBe(40);
	await sandbox.control.config({ announcedLimit: 1_000_000 });
	expect(header(await get(), 'x-ratelimit-remaining')).toBe('999999');
});

describe('the windows', () => {
	const limiterWith = (rateLimit: Limits) => {
		const settings = {
			...defaultSettings,
			rateLimit: { ...defaultSettings.rateLimit, ...rateLimit },
		};
		const limiter = new RateLimiter(() => settings);
		return (now: number) => limiter.take('token', now);
	};

	it('begin the fixed minute with the first request, and anew when it is over', () => {
		const take = limiterWith({ limit: 2, burst: 9 });
		const answers = [500, 700, 60_499, 60_500].map(take);
		expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, true]);
		expect(answers.map(({ remaining }) => remaining)).toEqual([1, 0, 0, 1]);
		expect(answers.map(({ resetAt }) => resetAt)).toEqual([60_500, 60_500, 60_500, 120_500]);
		expect(answers[2]!.retryAfterMs).toBe(1);
	});

	it('free a place in the sliding minute when the request that took it is a minute old', () => {
		const take = limiterWith({ limit: 2, burst: 9, form: 'sliding' });
		const answers = [0, 40_000, 59_999, 60_000, 60_001, 100_000].map(take);
		expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, true, false, true]);
		expect(answers[4]!.retryAfterMs).toBe(39_999);
	});

	it('hold the burst in any one second, not only in whole ones', () => {
		const take = limiterWith({ limit: 1000, burst: 2 });
		const answers = [0, 900, 999, 1_000, 1_500, 1_899, 1_900].map(take);
		expect(answers.map(({ allowed }) => allowed)).toEqual([
			true,
			true,
			false,
			true,
			false,
			false,
			true,
		]);
	});

	it('shrink together', () => {
		const take = limiterWith({ limit: 1, burst: 1, windowScale: 0.01 });
		expect([0, 599, 600].map((now) => take(now).allowed)).toEqual([true, false, true]);
	});

	it.each(['fixed', 'sliding'] as const)(
		'allow as much as they can and no more, whatever comes (%s)',
		(form) => {
			fc.assert(
				fc.property(
					fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 300 }),
					(gaps) => {
						const [limit, burst] = [7, 3];
						const take = limiterWith({ limit, burst, form });
						const allowed: number[] = [];
						let start = -Infinity;
						let now = 0;
						for (const gap of gaps) {
							now += gap;
							if (now - start >= 60_000) start = now;
							const inMinute = allowed.filter((time) =>
								form === 'fixed' ? time >= start : now - time < 60_000,
							).length;
							const inSecond = allowed.filter((time) => now - time < 1_000).length;
							const fits = inMinute < limit && inSecond < burst;
							const verdict = take(now);
							expect(verdict.allowed).toBe(fits);
							if (!fits) expect(verdict.retryAfterMs).toBeGreaterThan(0);
							if (fits) allowed.push(now);
						}
					},
				),
			);
		},
	);
});
