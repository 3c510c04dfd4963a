import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();

/** What n8n's own backoff reads of an error: why it happened, and when to try again. */
describe('an error tells n8n its cause', () => {
	const getAll = op('customer getAll', { options: { maxRetries: 0 } });

	it.each([
		[503, {}, { cause: 'temporarily-unavailable' }],
		[503, { 'retry-after': '40' }, { cause: 'temporarily-unavailable', retryAfterMs: 40_000 }],
		[429, { 'retry-after': '3600' }, { cause: 'rate-limited', retryAfterMs: 3_600_000 }],
		[403, {}, { cause: 'configuration-invalid' }],
	])('of a %i with the headers %j', async (status, headers, failure) => {
		await bildout.control.fault({ kind: 'status', status, headers, times: 5 });
		const { error } = await bildout.run(getAll);
		expect(error).toMatchObject({ httpCode: String(status), failure });
	});

	it('of values that BildOut refuses, for which there is none', async () => {
		const { error } = await bildout.run(
			op('customer create', { name: 'Ace', additionalFields: { email: 'no..dots@ace.example' } }),
		);
		expect(error).toMatchObject({ httpCode: '422' });
		expect((error as { failure?: unknown }).failure).toBeUndefined();
	});
});
