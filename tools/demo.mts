import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { tryLock } from './lib/lock.cjs';
import { OWNER, exampleWorkflow, signInToN8n } from './lib/n8n-client.mts';
import { startN8n } from './lib/n8n.mts';
import { buildPackage, installIntoN8n, packPackage } from './lib/package.mts';
import { cacheFolder, n8nVersion } from './lib/places.cjs';
import { type PaidInvoices, publishPaidInvoices } from './lib/paidInvoices.mts';
import { type Program, freePort } from './lib/program.mts';
import { withProgress } from './lib/progress.cjs';
import { startQueueMode } from './lib/queue-mode.mts';
import { paidRow, receipt } from './lib/receipt.mts';
import { SANDBOX_CLIENT, startSandbox } from './lib/sandbox.mts';
import { installServices } from './lib/services.mts';
import { connectBildOut } from './lib/sign-in.mts';
import { temporaryFolder } from './lib/temporary.mts';

/**
 * `npm run demo`: a real n8n with our nodes beside a BildOut sandbox, signed in, with the first
 * example workflow run and the one published that writes a row for each paid invoice. Both go on until
 * Ctrl-C, and each row is reported; with `--once` the invoice is paid, and they end. With `--queue` n8n is a
 * main process, two workers and two webhook processors over Redis and PostgreSQL.
 */

const N8N_PORT = 5678;
const SANDBOX_PORT = 4010;
const TRIGGER = 'When clicking Execute workflow';

/** How often the table is looked at, so that a row is reported at once. */
const LOOK_EVERY_MS = 250;

const { once, queue } = parseArgs({
	options: {
		once: { type: 'boolean', default: false },
		queue: { type: 'boolean', default: false },
	},
}).values;

type Running = Pick<Program, 'stop' | 'hasEnded'>;
const running: Running[] = [];
let paidInvoices: PaidInvoices | undefined;

/** The demo's own n8n is kept, so that a second start takes seconds; two at once get one each. */
async function userFolder(): Promise<string> {
	const kept = join(cacheFolder(), `demo-n8n-${n8nVersion()}`);
	if (tryLock(`${kept}.lock`) !== undefined) return kept;
	console.log('Another demo is running; this one starts with an n8n of its own.');
	return await temporaryFolder('bildout-demo-');
}

async function portFor(program: string, preferred: number): Promise<number> {
	const port = await freePort(preferred);
	if (port !== preferred) console.log(`Port ${preferred} is taken; ${program} gets ${port}.`);
	return port;
}

async function start<T extends Running>(program: Promise<T>): Promise<T> {
	const started = await program;
	running.push(started);
	return started;
}

async function stopAll(): Promise<void> {
	// The sandbox may be gone already, or n8n.
	await paidInvoices?.unpublish().catch(() => {});
	await Promise.all(running.splice(0).map(async (program) => await program.stop()));
}

/** One n8n that does everything. Returns where it listens. */
async function startOne(port: number): Promise<string> {
	const folder = await userFolder();
	await withProgress('Building the package and installing it in n8n', async () => {
		await buildPackage();
		await installIntoN8n(await packPackage(join(folder, 'package')), folder);
	});
	const { url } = await withProgress(
		'Starting n8n',
		async () => await start(startN8n({ userFolder: folder, port })),
	);
	return url;
}

/** n8n in queue mode, a new one at each start. Returns where its main process listens. */
async function startSeveral(port: number): Promise<string> {
	installServices();
	const folder = await temporaryFolder('bildout-demo-');
	const tarball = await withProgress('Building the package', async () => {
		await buildPackage();
		return await packPackage(folder);
	});
	const { main, workers, webhooks } = await withProgress(
		'Starting Redis, PostgreSQL and five n8n processes, which takes a minute',
		async () => await start(startQueueMode({ tarball, port })),
	);
	const addresses = (members: typeof workers) => members.map(({ n8n }) => n8n().url).join(' ');
	console.log(`
workers             ${addresses(workers)}
webhook processors  ${addresses(webhooks)}`);
	return main.n8n().url;
}

async function demo(): Promise<void> {
	const n8nUrl = await (queue ? startSeveral : startOne)(await portFor('n8n', N8N_PORT));
	const sandboxPort = await portFor('the sandbox', SANDBOX_PORT);
	const sandbox = await withProgress(
		'Starting the BildOut sandbox',
		async () => await start(startSandbox(sandboxPort)),
	);

	const client = await signInToN8n(n8nUrl);
	const credential = await connectBildOut(client, sandbox);
	const workflow = await client.importWorkflow(
		exampleWorkflow('customer-invoice.json'),
		credential,
	);
	const execution = await client.runWorkflow(workflow.id, TRIGGER);
	if (execution.status !== 'success') {
		const { message, description } = execution.error ?? { message: execution.status };
		throw new Error(
			`The example workflow failed: ${[message, description].filter(Boolean).join('\n')}`,
		);
	}
	const [customer] = execution.output('Create or Update Customer');
	const invoices = execution.output("List the Customer's Invoices");
	console.log(`\nThe workflow “${workflow.name}” has run:\n\n${receipt(customer, invoices)}\n`);
	paidInvoices = await publishPaidInvoices(
		client,
		sandbox,
		exampleWorkflow('trigger-invoice-paid-to-table.json'),
		credential,
	);
	if (once) {
		const [{ id, invoice_number }] = execution.output('Create Invoice');
		const { row, ms } = await paidInvoices.pay(String(id));
		console.log(
			`${String(invoice_number)} was marked as paid. ${(ms / 1000).toFixed(1)} s later n8n had its row:\n\n${paidRow(row)}\n`,
		);
		return;
	}

	console.log(`n8n         ${n8nUrl}/workflow/${workflow.id}
            sign in as ${OWNER.email} with ${OWNER.password}
BildOut     ${sandbox.url}
credential  Base URL ${sandbox.url}, Client ID ${SANDBOX_CLIENT.clientId}, Client Secret ${SANDBOX_CLIENT.clientSecret}

Press Mark as paid beside an invoice in BildOut: within a second it becomes a row in n8n's table
“BildOut paid invoices”, and is reported here. The workflow: ${n8nUrl}/workflow/${paidInvoices.workflowId}

Ctrl-C stops everything.`);
	while (!running.some((program) => program.hasEnded())) {
		await sleep(LOOK_EVERY_MS);
		// A look that fails, as while n8n is busy, is made again; one that ended is noticed above.
		const rows = await paidInvoices.newRows().catch(() => []);
		for (const row of rows) console.log(`\n${paidRow(row)}`);
	}
	throw new Error('n8n or the sandbox has ended unexpectedly.');
}

let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		stopping ??= withProgress('\nStopping n8n and the sandbox', stopAll).then(() =>
			process.exit(0),
		);
	});
}

try {
	await demo();
} catch (error) {
	if (stopping === undefined) {
		console.error(`\n${(error as Error).message}`);
		process.exitCode = 1;
	}
}
if (stopping === undefined) {
	await stopAll();
	process.exit();
}
