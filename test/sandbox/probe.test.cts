import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SandboxConfig } from '../support/sandbox.cts';
import { call, useSandbox } from './client.cts';

const sandbox = useSandbox();
const PROBE = resolve(__dirname, '../../tools/probe.mts');
const WEBHOOK_PORT = 40_000 + (process.pid % 20_000);

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'bildout-probe-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
	/** By the assumption's name. */
	verdicts: Record<string, string>;
	report: string;
	output: string;
}

/** Runs the probe; `meanwhile` sees what it has printed so far, and may stop it. */
async function probe(
	args: string[],
	{
		token = sandbox.token,
		meanwhile,
	}: { token?: string | null; meanwhile?: (output: string, stop: () => void) => void } = {},
): Promise<Run> {
	const file = join(folder, 'report.md');
	const given = ['--base-url', sandbox.url, '--report', file, '--webhook-port', `${WEBHOOK_PORT}`];
	const env = {
		...process.env,
		NODE_OPTIONS: '',
		BILDOUT_CLIENT_SECRET: 'n8n-sandbox-secret',
		...(token === null ? {} : { BILDOUT_ACCESS_TOKEN: token }),
	};
	const child = spawn(process.execPath, [PROBE, ...given, ...args], { env });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (text: Buffer) => {
			output += text.toString();
			meanwhile?.(output, () => child.kill('SIGINT'));
		});
	}
	const status = await new Promise((ended) => child.on('close', ended));
	if (status !== 0) throw new Error(output);
	const report = readFileSync(file, 'utf8');
	const rows = [...report.matchAll(/^\| `([\w-]+)`\s*\|[^|]*\| \*\*([\w ]+)\*\*/gm)];
	const verdicts = Object.fromEntries(rows.map(([, name, verdict]) => [name, verdict]));
	return { verdicts, report, output };
}

const withWriting = ['--write', '--yes', '--webhook-url', `http://127.0.0.1:${WEBHOOK_PORT}/`];
const differing = ({ verdicts }: Run) =>
	Object.keys(verdicts).filter((name) => verdicts[name] === 'differs');

const totalOf = async (list: string): Promise<number> =>
	(await sandbox.api('GET', `/${list}`)).body.pagination.total;

/** Runs the probe without a token, and presses Allow where it sends the person to. */
async function probeSignedIn(args: string[]): Promise<Run> {
	let isAllowed = false;
	const meanwhile = (output: string) => {
		const address = /^http\S+\/oauth\/authorize\?\S+$/m.exec(output)?.[0];
		if (address === undefined || isAllowed) return;
		isAllowed = true;
		const fields = `${new URL(address).searchParams}&allowed=true`;
		void call('POST', `${sandbox.url}/oauth/authorize`, fields, {
			'content-type': 'application/x-www-form-urlencoded',
		}).then(async ({ headers }) => await fetch(headers.get('location')!));
	};
	const redirectUri = `http://127.0.0.1:${WEBHOOK_PORT + 1}/callback`;
	const signIn = ['--client-id', 'n8n-sandbox', '--redirect-uri', redirectUri];
	return await probe([...signIn, ...args], { token: null, meanwhile });
}

it('finds that everything holds, and leaves nothing behind', async () => {
	const lists = ['customers', 'vendors', 'invoices', 'webhooks'];
	const counts = async () => await Promise.all(lists.map(totalOf));
	const before = await counts();
	const run = await probeSignedIn(withWriting);
	expect(new Set(Object.values(run.verdicts))).toEqual(new Set(['holds']));
	expect(Object.keys(run.verdicts)).toHaveLength(31);
	expect(await counts()).toEqual(before);
});

it('reports without names, amounts, tokens and IDs what it saw, and reads only by default', async () => {
	const { report, output, verdicts } = await probe([]);
	const seen = await sandbox.control.requests();
	expect(seen.every(({ method }) => method === 'GET')).toBe(true);
	expect(verdicts['put-replaces']).toBe('not tested');
	const [customer] = (await sandbox.api('GET', '/customers?limit=1')).body.data;
	for (const secret of [sandbox.token, customer.id, customer.name, customer.email]) {
		expect(report + output).not.toContain(secret);
	}
});

const OTHERWISE: Array<[name: string, config: SandboxConfig]> = [
	['sign-in-path', { quirks: { signInPath: '/connect' } }],
	['rate-headers', { rateLimit: { headers: false } }],
	['error-bodies', { quirks: { errors: 'message' } }],
	['record-envelope', { quirks: { envelope: 'none' } }],
	['field-names', { quirks: { otherFieldNames: true } }],
	['plain-ids', { quirks: { prefixedIds: true } }],
	['page-size', { maxLimit: 50 }],
	['page-numbers', { pagination: 'cursor' }],
	['search', { quirks: { search: false } }],
	['invoices-by-id', { quirks: { invoicesById: false } }],
	['invoice-lines', { quirks: { invoiceLines: false } }],
	['created-at', { quirks: { createdAt: 'day' } }],
	['web-pages', { quirks: { webPages: false } }],
	['webhooks-path', { quirks: { webhooksPath: 'hooks' } }],
	['invoice-number', { quirks: { otherWords: 'invoice numbers' } }],
	['invoice-status', { quirks: { otherWords: 'invoice statuses' } }],
	['overdue-status', { quirks: { otherWords: 'overdue invoices' } }],
	['payment-status', { quirks: { otherWords: 'payment statuses' } }],
	['payment-direction', { quirks: { otherWords: 'payment directions' } }],
	['status-filter', { quirks: { statusFilter: false } }],
	['updated-at', { quirks: { updatedAt: false } }],
	['deleted-records', { quirks: { keepsDeleted: true } }],
	['webhook-secret', { webhooks: { omitSecret: true } }],
	['put-replaces', { quirks: { put: 'merges' } }],
	['server-owned-fields', { quirks: { unknownServerField: true } }],
	['idempotency-key', { quirks: { idempotency: false } }],
	['unknown-fields', { quirks: { keepsUnknownFields: false } }],
	['money-in-cents', { quirks: { finePrices: true } }],
	['signature-header', { quirks: { signatureHeader: 'X-BildOut-Proof' } }],
	['delivery-body', { webhooks: { eventKey: true } }],
];

it.each(OTHERWISE)('says that %s differs where it does, and nothing else', async (name, config) => {
	await sandbox.control.config(config);
	expect(differing(await probe(withWriting))).toEqual([name]);
});

it('says that refresh tokens stay where they do', async () => {
	await sandbox.control.config({ quirks: { rotatesRefreshTokens: false } });
	expect(differing(await probeSignedIn([]))).toEqual(['refresh-tokens']);
});

it('takes back what it wrote when it is interrupted', async () => {
	const before = await totalOf('customers');
	const interrupted = probe(withWriting, {
		meanwhile: (output, stop) => /put-replaces/.test(output) && stop(),
	});
	await expect(interrupted).rejects.toThrow('Taking back');
	expect(await totalOf('customers')).toBe(before);
});
