import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { waitFor } from '../../tools/lib/program.mts';
import {
	TRIGGER,
	type World,
	eventBody,
	eventsOf,
	finishedExecutions,
	listening,
	post,
	settledExecutions,
	sign,
	unpublish,
} from './world.cts';

const MB = 1024 * 1024;

/** While this file exists, n8n cannot start an execution: an external hook of n8n's refuses it. */
const BLOCK = join(tmpdir(), `bildout-block-${randomUUID()}`);
const HOOK = `${BLOCK}.js`;
const HOOK_TEXT = `module.exports = { workflow: { preExecute: [async () => {
	if (require('node:fs').existsSync(${JSON.stringify(BLOCK)})) throw new Error('No room for it');
}] } };`;

/** n8n's variables for `deliveries`: it loads the hook each time it starts. */
export function withHook(): Record<string, string> {
	writeFileSync(HOOK, HOOK_TEXT);
	afterAll(async () => {
		await rm(HOOK, { force: true });
		await rm(BLOCK, { force: true });
	});
	return { EXTERNAL_HOOK_FILES: HOOK };
}

/** What the trigger does with what arrives at its address. The unit tests cover what may be in it. */
export function deliveries(world: World): void {
	it('starts the workflow with the event as BildOut sent it', async () => {
		const workflow = await listening(world, 'Good');
		const { deliveries } = await world.sandbox.control.emit({
			type: 'invoice.paid',
			data: { invoice_number: 'INV-0042', line_items: [{ quantity: 100, unit_price: 45.5 }] },
		});
		const [events] = await eventsOf(world, workflow, 1);
		const sent = (await world.sandbox.control.deliveries()).find(
			({ id: delivery }) => delivery === deliveries[0],
		)!;
		expect(events).toEqual([JSON.parse(sent.body)]);
		expect(sent.attempts).toMatchObject([
			{ status: 200, error: null, response: '{"accepted":true}' },
		]);
		await unpublish(world, workflow);
	});

	it('is refused without a valid signature, with one warning in the log, and starts nothing', async () => {
		const workflow = await listening(world, 'Refusals');
		const body = eventBody();
		const another = sign(workflow.secret, eventBody());
		for (const [reason, headers] of [
			['signature_missing', {}],
			['signature_mismatch', { 'x-bildout-signature': another }],
		] as Array<[string, Record<string, string>]>) {
			const before = world.n8n().output().length;
			const response = await post(workflow.url, body, headers);
			expect(response).toEqual({ status: 401, text: JSON.stringify({ refused: reason }) });
			const log = world.n8n().output().slice(before);
			expect(log.match(/refused a delivery/g)).toHaveLength(1);
			expect(log).toContain(`BildOut Trigger "${TRIGGER}" refused a delivery: ${reason}`);
			for (const secret of [workflow.secret, 'INV-0042', another]) {
				expect(log).not.toContain(secret);
			}
		}
		expect(await settledExecutions(world, workflow.id)).toBe(0);
		await unpublish(world, workflow);
	});

	it('that n8n could not start is sent again, and then starts', async () => {
		const workflow = await listening(world, 'Not startable');
		await world.sandbox.control.config({ webhooks: { retryDelaysMs: [500, 3000, 3000] } });
		await writeFile(BLOCK, '');
		const { deliveries } = await world.sandbox.control.emit({ type: 'invoice.paid', data: {} });
		const attempts = async () =>
			(await world.sandbox.control.deliveries()).find(({ id }) => id === deliveries[0])!.attempts;
		await waitFor('two attempts', async () => (await attempts()).length >= 2);
		expect((await attempts()).slice(0, 2)).toMatchObject([{ status: 500 }, { status: 500 }]);
		await rm(BLOCK);
		await finishedExecutions(world, workflow.id, 1);
		expect(await settledExecutions(world, workflow.id)).toBe(1);
		expect((await attempts()).at(-1)).toMatchObject({ status: 200 });
		await unpublish(world, workflow);
	});

	it('gets its response before the workflow has run', async () => {
		const next = {
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			parameters: { amount: 5, unit: 'seconds' },
		};
		const workflow = await listening(world, 'Slow', {}, { next });
		const response = await workflow.deliver(eventBody());
		const [execution] = await world.client().executions(workflow.id);
		expect(response.status).toBe(200);
		expect(['new', 'running', 'waiting']).toContain(execution.status);
		await finishedExecutions(world, workflow.id, 1);
		await unpublish(world, workflow);
	});

	describe('of an unusual body', () => unusualBodies(world));
}

function unusualBodies(world: World): void {
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
	const bytes = Buffer.from([0xff, 0xfe, 0x00]);

	it.each<[string, string | Buffer, string | undefined, number]>([
		['5 MB of it', large, undefined, 200],
		['no JSON, as JSON', 'not JSON', json, 422],
		['no JSON, as text', 'not JSON', 'text/plain', 400],
		['a list', '[1]', undefined, 400],
		['a word', '"invoice.paid"', undefined, 400],
		['JSON as text', eventBody(), 'text/plain', 200],
		['JSON as bytes', eventBody(), 'application/octet-stream', 200],
		['JSON of no type', eventBody(), '', 200],
		['JSON as a form', eventBody(), 'application/x-www-form-urlencoded', 200],
		['JSON as a type of its own', eventBody(), 'application/vnd.bildout+json', 200],
		['bytes that are no text', bytes, 'application/octet-stream', 400],
		['a form of several parts', form, 'multipart/form-data; boundary=x', 401],
		['no form at all', eventBody(), 'multipart/form-data; boundary=x', 400],
	])('(%s) gets a clear response', async (_, body, type, status) => {
		const headers = type === undefined ? undefined : { 'content-type': type };
		expect((await workflow.deliver(body, headers)).status).toBe(status);
		expect((await post(workflow.url, eventBody(), {})).status).toBe(401);
	});

	it('that was compressed is checked and read as what it was', async () => {
		const body = eventBody({ data: { compressed: true } });
		const response = await post(workflow.url, gzipSync(body), {
			'content-encoding': 'gzip',
			'x-bildout-signature': sign(workflow.secret, body),
		});
		expect(response.status).toBe(200);
	});

	it('that only claims to be compressed gets a response, and n8n goes on', async () => {
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
		// n8n responds while the body is on its way, so the connection can break before the response is read.
		const response = await workflow
			.deliver(tooLarge)
			.catch(({ cause }: Error & { cause: { code: string } }) => cause.code);
		if (typeof response === 'string') {
			expect(['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(response);
		} else {
			expect(response.status).toBe(500);
			expect(response.text).toContain('There was a problem executing the workflow');
		}
		expect((await workflow.deliver(eventBody())).status).toBe(200);
	});

	it('leaves no memory behind: 5 MB forty times, forged and repeated in turn', async () => {
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
		await flood(20);
		expect(memory() - before).toBeLessThan(150);
	});
}
