import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { eventBody, listening, useWorld, post, sign, unpublish } from './trigger-world.cts';

const MB = 1024 * 1024;

describe('A delivery to a BildOut Trigger', () => {
	const world = useWorld();

	describe('of an unusual body', () => {
		let workflow: Awaited<ReturnType<typeof listening>>;

		beforeAll(async () => {
			workflow = await listening(world, 'Unusual bodies');
		});

		afterAll(async () => {
			await unpublish(world, workflow);
		});

		const json = 'application/json';
		const large = eventBody({ data: { notes: 'x'.repeat(5 * MB) } });
		const form = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';

		it.each<[string, string | Buffer, Record<string, string>, number]>([
			['5 MB of it', large, {}, 200],
			['no JSON, as JSON', 'not JSON', { 'content-type': json }, 422],
			['no JSON, as text', 'not JSON', { 'content-type': 'text/plain' }, 400],
			['a list', '[1]', {}, 400],
			['a word', '"invoice.paid"', {}, 400],
			['JSON as text', eventBody(), { 'content-type': 'text/plain' }, 200],
			['JSON as bytes', eventBody(), { 'content-type': 'application/octet-stream' }, 200],
			['JSON of no type', eventBody(), { 'content-type': '' }, 200],
			['JSON as a form', eventBody(), { 'content-type': 'application/x-www-form-urlencoded' }, 200],
			[
				'JSON as a type of its own',
				eventBody(),
				{ 'content-type': 'application/vnd.bildout+json' },
				200,
			],
			[
				'bytes that are no text',
				Buffer.from([0xff, 0xfe, 0x00]),
				{ 'content-type': 'application/octet-stream' },
				400,
			],
			['a form of several parts', form, { 'content-type': 'multipart/form-data; boundary=x' }, 401],
			['no form at all', eventBody(), { 'content-type': 'multipart/form-data; boundary=x' }, 400],
		])('(%s) is answered clearly', async (_, body, headers, status) => {
			expect((await workflow.deliver(body, headers)).status).toBe(status);
			expect((await post(workflow.url, eventBody(), {})).status).toBe(401);
		});

		it('that was compressed is checked and read as what it was', async () => {
			const body = eventBody({ data: { compressed: true } });
			const answer = await post(workflow.url, gzipSync(body), {
				'content-encoding': 'gzip',
				'x-bildout-signature': sign(workflow.secret, body),
			});
			expect(answer.status).toBe(200);
		});

		it('that only claims to be compressed is answered, and n8n goes on', async () => {
			const body = eventBody();
			for (const encoding of ['gzip', 'br', 'zstd']) {
				const { status } = await workflow.deliver(Buffer.from([1, 2, 3]), {
					'content-encoding': encoding,
				});
				expect([400, 401, 422, 500]).toContain(status);
			}
			expect((await workflow.deliver(body)).status).toBe(200);
		});

		it('over the size that n8n takes is refused by n8n, which goes on', async () => {
			const tooLarge = eventBody({ data: { notes: 'x'.repeat(17 * MB) } });
			// n8n answers while the body is on its way, so the connection can break before the answer is read.
			const answer = await workflow
				.deliver(tooLarge)
				.catch(({ cause }: Error & { cause: { code: string } }) => cause.code);
			if (typeof answer === 'string') {
				expect(['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(answer);
			} else {
				expect(answer.status).toBe(500);
				expect(answer.text).toContain('There was a problem executing the workflow');
			}
			expect((await workflow.deliver(eventBody())).status).toBe(200);
		});

		it('leaves no memory behind: 5 MB a hundred times, forged and repeated by turns', async () => {
			const memory = () => {
				const status = readFileSync(`/proc/${world.n8n().pid}/status`, 'utf8');
				return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
			};
			const flood = async (turns: number) => {
				for (let turn = 0; turn < turns; turn++) {
					const forged = { 'x-bildout-signature': sign('whsec_guessed', large) };
					expect((await post(workflow.url, large, forged)).status).toBe(401);
					expect((await workflow.deliver(large)).text).toBe('{"ignored":"repeated_delivery"}');
				}
			};
			await workflow.deliver(large);
			await flood(10);
			const before = memory();
			await flood(50);
			expect(memory() - before).toBeLessThan(250);
		});
	});
});
