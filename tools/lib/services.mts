import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { postgres } from './places.cjs';
import { type Program, freePort, startProgram, waitUntilReady } from './program.mts';

/** A server that n8n's queue mode needs, on a private port of this machine, with a data folder of its own. */
export interface Service extends Program {
	readonly port: number;
	/** Starts it again on the same port with the same data, after it was stopped or killed. */
	restart(): Promise<void>;
}

const COMMAND = join(import.meta.dirname, 'command.cjs');

/** PostgreSQL refuses to run as root, so root runs it as the user that the package made for it. */
const asPostgres = (command: string, args: string[]): string[] =>
	process.getuid?.() === 0
		? ['runuser', '-u', 'postgres', '--', command, ...args]
		: [command, ...args];

export async function startRedis(): Promise<Service> {
	return await startService('redis-server', ({ port, folder }) => [
		'redis-server',
		...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
		// Queued executions outlive a crash of Redis.
		...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
	]);
}

/** The database that queue mode keeps everything in: user and database `n8n`, no password. */
export async function startPostgres(): Promise<Service> {
	const programs = dirname(postgres() ?? '');
	return await startService(
		'PostgreSQL',
		({ port, folder }) =>
			asPostgres(join(programs, 'postgres'), [
				...['-D', join(folder, 'data'), '-p', String(port), '-k', folder],
				...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
			]),
		async (folder) => {
			await chmod(folder, 0o777);
			const [command, ...args] = asPostgres(join(programs, 'initdb'), [
				...['-D', join(folder, 'data'), '-U', 'n8n', '--auth', 'trust', '--no-sync', '-E', 'UTF8'],
			]) as [string, ...string[]];
			execFileSync(command, args, { cwd: folder, stdio: 'ignore' });
		},
	);
}

async function startService(
	name: string,
	command: (place: { port: number; folder: string }) => string[],
	prepare?: (folder: string) => Promise<void>,
): Promise<Service> {
	const folder = await mkdtemp(join(tmpdir(), 'bildout-service-'));
	await prepare?.(folder);
	const port = await freePort();
	const start = async () => {
		const program = startProgram([COMMAND, ...command({ port, folder })], {
			cwd: folder,
			env: process.env,
		});
		await waitUntilReady(`${name} listened`, program, async () => await listens(port));
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

async function listens(port: number): Promise<true | undefined> {
	return await new Promise((answer) => {
		const socket = connect(port, '127.0.0.1', () => {
			socket.destroy();
			answer(true);
		});
		socket.once('error', () => answer(undefined));
	});
}
