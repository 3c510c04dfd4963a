import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { postgres, root } from './places.cjs';
import { type Program, freePort, startProgram, waitUntilReady } from './program.mts';
import { temporaryFolder } from './temporary.mts';

/** A server that n8n's queue mode needs, on a private port of this machine, with a data folder of its own. */
export interface Service extends Omit<Program, 'unref'> {
	readonly port: number;
	/** Starts it again on the same port with the same data, after it was stopped or killed. */
	restart(): Promise<void>;
}

/** A database `n8n` of a user `n8n`. */
export interface Postgres extends Service {
	readonly password: string;
}

const run = promisify(execFile);

const COMMAND = join(import.meta.dirname, 'command.cjs');

/** PostgreSQL refuses to run as root, so root runs it as the user that the package made for it. */
const asPostgres = (command: string, args: string[]): string[] =>
	process.getuid?.() === 0
		? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', command, ...args]
		: [command, ...args];

/** Installs Redis and PostgreSQL where they are missing, and prints nothing where they are not. */
export function installServices(): void {
	const setup = join(root, 'tools', 'setup.mjs');
	execFileSync(process.execPath, [setup, '--services'], { stdio: 'inherit' });
}

export async function startRedis(): Promise<Service> {
	return await startService({
		name: 'Redis',
		command: ({ port, folder }) => [
			'redis-server',
			...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
			// Queued executions outlive a crash of Redis.
			...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
		],
		isReady: async (port) =>
			(await run('redis-cli', ['-p', String(port), 'ping'])).stdout.startsWith('PONG'),
	});
}

/** The database that queue mode keeps everything in. */
export async function startPostgres(): Promise<Postgres> {
	const programs = dirname(postgres() ?? '');
	const password = randomBytes(12).toString('hex');
	const service = await startService({
		name: 'PostgreSQL',
		command: ({ port, folder }) =>
			asPostgres(join(programs, 'postgres'), [
				...['-D', join(folder, 'data'), '-p', String(port), '-k', folder],
				...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
			]),
		prepare: async (folder) => await makeDatabase(programs, folder, password),
		isReady: async (port) => {
			await run(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]);
			return true;
		},
	});
	return Object.assign(service, { password });
}

async function makeDatabase(programs: string, folder: string, password: string): Promise<void> {
	await chmod(folder, 0o777);
	const passwordFile = join(folder, 'password');
	await writeFile(passwordFile, password);
	const data = join(folder, 'data');
	const execute = (program: string, args: string[], input = '') => {
		const [command, ...all] = asPostgres(join(programs, program), args) as [string, ...string[]];
		execFileSync(command, all, { cwd: folder, input, stdio: ['pipe', 'ignore', 'ignore'] });
	};
	execute('initdb', [
		...['-D', data, '-U', 'n8n', '--auth', 'scram-sha-256', '--pwfile', passwordFile],
		...['--no-sync', '-E', 'UTF8'],
	]);
	execute('postgres', ['--single', '-D', data, 'postgres'], 'CREATE DATABASE n8n\n');
}

interface ServiceOptions {
	name: string;
	command: (place: { port: number; folder: string }) => string[];
	/** Whether it responds. What it throws counts as no. */
	isReady: (port: number) => Promise<boolean>;
	/** Fills the data folder before the first start. */
	prepare?: (folder: string) => Promise<void>;
}

async function startService({ name, command, isReady, prepare }: ServiceOptions): Promise<Service> {
	const folder = await temporaryFolder('bildout-service-');
	await prepare?.(folder);
	const port = await freePort();
	const start = async () => {
		const program = startProgram([COMMAND, ...command({ port, folder })], {
			cwd: folder,
			env: process.env,
		});
		await waitUntilReady(`${name} responded`, program, async () => await isReady(port));
		return program;
	};
	let program = await start();
	const stop = async () => {
		await program.stop();
		await rm(folder, { recursive: true, force: true });
	};
	return {
		port,
		get pid() {
			return program.pid;
		},
		output: () => program.output(),
		hasEnded: () => program.hasEnded(),
		stop,
		kill: async () => await program.kill(),
		restart: async () => {
			program = await start();
		},
	};
}
