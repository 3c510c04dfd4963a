import type { IHookFunctions } from 'n8n-workflow';

import { withHookTimeout } from '../../../nodes/BildOut/webhook/hook.ts';

/** n8n's waits between the five attempts at a publication, in milliseconds. */
const WAITS = [1000, 2000, 4000, 8000, 0];
const N8N_GIVES_UP_MS = 84_000;

const contextAt = (url: string) => ({ getNodeWebhookUrl: () => url }) as unknown as IHookFunctions;

describe('The hooks of a publication, while BildOut never answers,', () => {
	beforeEach(() => {
		jest.useFakeTimers({ now: 1_790_000_000_000 });
	});

	afterEach(() => {
		jest.useRealTimers();
	});

	/** A hook that waits for BildOut as long as it may; how long that was, in milliseconds. */
	async function hang(url: string): Promise<number> {
		const start = Date.now();
		const call = withHookTimeout(contextAt(url), async ({ settings }) => {
			jest.advanceTimersByTime(settings.until! - Date.now());
			throw new Error('BildOut did not answer in time');
		});
		await expect(call).rejects.toThrow('in time');
		return Date.now() - start;
	}

	it('take less than 45 s together, and leave time before n8n gives up', async () => {
		const start = Date.now();
		let hooks = 0;
		// A former subscription that cannot be ended, and then a check each time.
		for (const wait of [1000, 2000, 0]) {
			hooks += await hang('https://n8n.example.com/1');
			jest.advanceTimersByTime(wait);
		}
		for (const wait of WAITS) {
			hooks += await hang('https://n8n.example.com/1');
			jest.advanceTimersByTime(wait);
		}
		expect(hooks).toBeLessThanOrEqual(45_000);
		expect(Date.now() - start).toBeLessThan(N8N_GIVES_UP_MS - 15_000);
	});

	it('have their whole time again in a later publication, and after one that worked', async () => {
		const whole = await hang('https://n8n.example.com/2');
		expect(await hang('https://n8n.example.com/2')).toBeLessThan(whole);
		jest.advanceTimersByTime(20_000);
		expect(await hang('https://n8n.example.com/2')).toBe(whole);
		await withHookTimeout(contextAt('https://n8n.example.com/2'), async () => true);
		expect(await hang('https://n8n.example.com/2')).toBe(whole);
	});

	it('take nothing from those of another trigger', async () => {
		const whole = await hang('https://n8n.example.com/3');
		expect(await hang('https://n8n.example.com/4')).toBe(whole);
	});
});
