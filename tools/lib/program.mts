import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LEASH = join(import.meta.dirname, 'leash.cjs');

/** How long a program may take to end before it is killed. */
const GRACE_MS = 15_000;

/** How long the system may take to remove a process that was killed. */
const GONE_MS = 2_000;

/** How long a program may take to start: n8n takes 6 s, and minutes on a machine that is busy otherwise. */
const READY_SECONDS = 240;

/** A program that was started and that nothing but its starter stops. */
export interface Program {
	readonly pid: number;
	/** What it has written so far, both streams together. */
	output(): string;
	hasEnded(): boolean;
	/** Asks it to end, waits, and kills it after 15 s; afterwards nothing that it started runs. */
	stop(): Promise<void>;
	/** Ends it as a crash or a power cut would. */
	kill(): Promise<void>;
	/** Lets this process end before it; it ends with it. */
	unref(): void;
}

/**
 * Starts a script with this Node, in a process group of its own, so that Ctrl-C at the terminal
 * reaches it only through `stop`. It does not outlive the process that started it.
 */
export function startProgram(
	args: string[],
	{ cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Program {
	const child = spawn(process.execPath, ['--require', LEASH, ...args], {
		cwd,
		env,
		detached: true,
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}

	const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
	/** Returns whether there still was anything to kill. */
	const killGroup = (): boolean => {
		try {
			process.kill(-child.pid!, 'SIGKILL');
			return true;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
			return false;
		}
	};
	const end = async (signal: NodeJS.Signals) => {
		if (!hasEnded()) {
			const ended = once(child, 'exit');
			child.kill(signal);
			await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
		}
		// What it started is not our child, so no event reports when it is gone.
		const deadline = performance.now() + GONE_MS;
		while (killGroup() && performance.now() < deadline) await sleep(20);
	};
	return {
		pid: child.pid!,
		output: () => output,
		hasEnded,
		stop: async () => await end('SIGTERM'),
		kill: async () => {
			killGroup();
			await end('SIGKILL');
		},
		unref: () => {
			child.unref();
			for (const pipe of child.stdio) (pipe as Socket | null)?.unref();
		},
	};
}

/**
 * Asks `look` every `everyMs` until it returns something but false, for at most `seconds`. What it throws counts
 * as nothing yet; the last of it is in the message when time is up. `program` ending ends the wait.
 */
export async function waitFor<T>(
	what: string,
	look: () => Promise<T | undefined | false> | T | undefined | false,
	{
		seconds = 60,
		everyMs = 100,
		program,
	}: { seconds?: number; everyMs?: number; program?: Program } = {},
): Promise<T> {
	const deadline = performance.now() + seconds * 1000;
	let last: unknown;
	while (performance.now() < deadline) {
		try {
			const response = await look();
			if (response !== undefined && response !== false) return response;
		} catch (error) {
			last = error;
		}
		if (program?.hasEnded()) throw new Error(`Ended before ${what}:\n${lastWords(program)}`);
		await sleep(everyMs);
	}
	throw new Error(
		`Waited ${seconds} s in vain for ${what}${last instanceof Error ? `: ${last.message}` : ''}` +
			(program === undefined ? '' : `\n${lastWords(program)}`),
		{ cause: last },
	);
}

const lastWords = (program: Program) => program.output().split('\n').slice(-40).join('\n');

/** Waits as `waitFor` does, and leaves nothing running when it waits in vain. */
export async function waitUntilReady(
	what: string,
	program: Program,
	look: () => Promise<boolean>,
): Promise<void> {
	try {
		await waitFor(what, look, { seconds: READY_SECONDS, program });
	} catch (error) {
		await program.kill();
		throw error;
	}
}

/** A port on this machine that nobody listens on: `preferred` if it is free, else any. */
export async function freePort(preferred = 0): Promise<number> {
	const server = createServer();
	return await new Promise((found, failed) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code !== 'EADDRINUSE' || preferred === 0) failed(error);
			else found(freePort());
		});
		server.listen(preferred, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => found(typeof address === 'object' && address ? address.port : 0));
		});
	});
}
