import { writeFile } from 'node:fs/promises';
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';

import { scopes } from '../sandbox/src/contract/contract.mts';
import { ASSUMPTIONS } from './probe/assumptions.mts';
import { Client } from './probe/client.mts';
import { type Probe, RESOURCES, type Resource, notTested } from './probe/probe.mts';
import { readingChecks } from './probe/reading.mts';
import { type Findings, line, report } from './probe/report.mts';
import { type SignIn, exchange, signIn } from './probe/signIn.mts';
import { wordChecks } from './probe/words.mts';
import { WRITES, writingChecks } from './probe/writing.mts';

/**
 * `npm run probe`: signs in at a BildOut and finds out, assumption by assumption, whether it works as this
 * package assumes.
 */

const USAGE = `Usage: npm run probe -- --client-id ID [options]

  --base-url URL        the BildOut to ask (https://bildout.com)
  --client-id ID        of the OAuth application; its secret is asked for, or comes from BILDOUT_CLIENT_SECRET
  --redirect-uri URI    where BildOut sends the browser back to; register it with the application
                        (http://127.0.0.1:4180/callback)
  --sign-in-path PATH   where BildOut asks for your consent (/oauth/authorize)
  --write               also create, change and delete a few records of its own
  --yes                 with --write: do not ask before
  --webhook-url URL     with --write: a public address that is handed on to --webhook-port here
  --webhook-port PORT   (4181)
  --report FILE         where the report goes (bildout-probe.md)

With an access token in BILDOUT_ACCESS_TOKEN it signs in with that, and needs no Client ID.
It reads only, unless --write is given, and uses at most half of BildOut's rate limit.
`;

function readOptions() {
	return parseArgs({
		options: {
			'base-url': { type: 'string', default: 'https://bildout.com' },
			'client-id': { type: 'string' },
			'redirect-uri': { type: 'string', default: 'http://127.0.0.1:4180/callback' },
			'sign-in-path': { type: 'string', default: '/oauth/authorize' },
			write: { type: 'boolean', default: false },
			yes: { type: 'boolean', default: false },
			'webhook-url': { type: 'string' },
			'webhook-port': { type: 'string', default: '4181' },
			report: { type: 'string', default: 'bildout-probe.md' },
			help: { type: 'boolean', default: false },
		},
	}).values;
}

async function ask(question: string, { echo = true } = {}): Promise<string> {
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const terminal = createInterface({
		input: stdin,
		output: echo ? stdout : silent,
		terminal: true,
	});
	if (!echo) stdout.write(question);
	const typed = await terminal.question(question);
	terminal.close();
	if (!echo) stdout.write('\n');
	return typed.trim();
}

/** What was written and has to be taken back, the latest first. */
const undoing: Array<{ what: string; work: () => Promise<unknown> }> = [];

async function undoAll(): Promise<void> {
	for (let entry = undoing.pop(); entry; entry = undoing.pop()) {
		try {
			await entry.work();
		} catch (error) {
			console.error(`Could not delete ${entry.what}: ${(error as Error).message}`);
		}
	}
}

async function connect(options: ReturnType<typeof readOptions>) {
	const baseUrl = options['base-url'].replace(/\/+$/, '');
	const given = process.env.BILDOUT_ACCESS_TOKEN;
	if (given) return { client: new Client(baseUrl, given), signedIn: undefined };
	const clientId = options['client-id'];
	if (!clientId) throw new Error('--client-id is missing.');
	const clientSecret =
		process.env.BILDOUT_CLIENT_SECRET ?? (await ask('Client Secret: ', { echo: false }));
	const request: SignIn = {
		baseUrl,
		clientId,
		clientSecret,
		redirectUri: options['redirect-uri'],
		signInPath: options['sign-in-path'],
		scope: Object.keys(scopes).join(' '),
		show: (address) =>
			console.log(`Open this address in your browser, and allow the access:\n\n${address}\n`),
	};
	const tokens = await signIn(request);
	const client = new Client(baseUrl, tokens.accessToken);
	const renew = async (refreshToken: string) => {
		const renewed = await exchange(baseUrl, {
			grant_type: 'refresh_token',
			refresh_token: refreshToken,
			client_id: clientId,
			client_secret: clientSecret,
		});
		client.accessToken = renewed.accessToken;
		return renewed;
	};
	return { client, signedIn: { tokens, renew } };
}

async function mayWrite({ write, yes }: ReturnType<typeof readOptions>): Promise<boolean> {
	if (!write) return false;
	console.log(
		`This creates, and deletes again:\n${WRITES.map((each) => `  - ${each}`).join('\n')}`,
	);
	return yes || /^y(es)?$/i.test(await ask('Go on? (yes/no) '));
}

/** What is under way ends first, so that nothing is written behind the back of what takes it back. */
function stopOnSignal(client: Client): void {
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			console.error('\nTaking back what was written …');
			client.isInterrupted = true;
		});
	}
}

const checks = { ...readingChecks, ...wordChecks, ...writingChecks };

async function probeBildOut(options: ReturnType<typeof readOptions>): Promise<void> {
	const { client, signedIn } = await connect(options);
	stopOnSignal(client);
	const wrote = await mayWrite(options);
	const lists = {} as Probe['lists'];
	for (const resource of RESOURCES) {
		lists[resource as Resource] = await client.api('GET', [resource], { query: { limit: 100 } });
	}
	const url = options['webhook-url'];
	const probe: Probe = {
		client,
		signInPath: options['sign-in-path'],
		signedIn,
		lists,
		tunnel: url === undefined ? undefined : { url, port: Number(options['webhook-port']) },
		undo: (what, work) => undoing.push({ what, work }),
	};
	const findings: Findings = new Map();
	for (const { id, ...assumption } of ASSUMPTIONS) {
		const needsWriting = 'needsWriting' in assumption;
		const check = checks[id]!;
		const finding =
			needsWriting && !wrote
				? notTested('Needs --write')
				: await check(probe).catch((error: Error) => {
						if (client.isInterrupted) throw error;
						return notTested(`The check failed: ${error.message}`);
					});
		findings.set(id, finding);
		console.log(line(id, finding));
	}
	await undoAll();
	await writeFile(options.report, report(findings, { requests: client.sent, wrote }));
	console.log(
		`\n${client.sent} requests. The report is in ${options.report}: it can be pasted into an issue.`,
	);
}

try {
	const options = readOptions();
	if (options.help) console.log(USAGE);
	else await probeBildOut(options);
} catch (error) {
	await undoAll();
	console.error(`${(error as Error).message}\n\nnpm run probe -- --help shows what it takes.`);
	process.exitCode = 1;
}
