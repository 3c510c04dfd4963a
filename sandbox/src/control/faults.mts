import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { codeOf } from '../api/errors.mts';

/** Something to go wrong with the next `times` requests of this method and path. */
export interface Fault {
	method?: string;
	/** A regular expression that the path must match. */
	path?: string;
	times: number;
	/** How many such requests to let pass first; none when left out. */
	after?: number;
	kind: 'status' | 'html' | 'drop_before' | 'drop_after' | 'slow';
	status?: number;
	code?: string;
	message?: string;
	details?: Array<{ field: string; message: string }>;
	headers?: Record<string, string>;
	delayMs?: number;
}

declare module 'fastify' {
	interface FastifyRequest {
		/** The fault that this request meets after its work is done. */
		laterFault: Fault | null;
	}
}

const proxyPage = (status: number) =>
	`<html>\n<head><title>${status}</title></head>\n<body><center><h1>${status}</h1></center><hr><center>proxy</center></body>\n</html>\n`;

/** The half of a response at once, the rest after the delay. */
async function* slowly(text: string, delayMs: number) {
	const half = Math.ceil(text.length / 2);
	yield text.slice(0, half);
	await sleep(delayMs);
	yield text.slice(half);
}

/** The faults that a test has ordered, first come first served. */
export class Faults {
	#faults: Fault[] = [];

	add(fault: Fault): void {
		this.#faults.push(fault);
	}

	clear(): void {
		this.#faults = [];
	}

	/** Injects a fault into a request before its work. True when the fault has taken the response over. */
	async inject(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
		const fault = this.#next(request);
		switch (fault?.kind) {
			case undefined:
				return false;
			case 'drop_before':
				reply.hijack();
				request.raw.socket.destroy();
				return true;
			case 'html':
				await reply
					.code(fault.status ?? 502)
					.headers(fault.headers ?? {})
					.type('text/html')
					.send(proxyPage(fault.status ?? 502));
				return true;
			case 'status':
				await this.#fail(request, reply, fault);
				return true;
			default:
				request.laterFault = fault ?? null;
				return false;
		}
	}

	/** Spoils a response whose work is done; returns what to send instead. */
	spoil(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
		const fault = request.laterFault;
		if (fault?.kind === 'drop_after') request.raw.socket.destroy();
		if (fault?.kind === 'slow' && typeof payload === 'string') {
			reply.removeHeader('content-length');
			return Readable.from(slowly(payload, fault.delayMs ?? 1000));
		}
		return payload;
	}

	#fail(request: FastifyRequest, reply: FastifyReply, fault: Fault) {
		const status = fault.status ?? 500;
		return reply
			.code(status)
			.headers(fault.headers ?? {})
			.type('application/json; charset=utf-8')
			.send(
				JSON.stringify({
					error: {
						code: fault.code ?? codeOf(status),
						message: fault.message ?? 'Something went wrong on our side.',
						...(fault.details && { details: fault.details }),
						request_id: request.id,
					},
				}),
			);
	}

	#next({ method, url }: FastifyRequest): Fault | undefined {
		const path = url.split('?', 1)[0]!;
		const index = this.#faults.findIndex(
			(fault) =>
				(fault.method ?? method).toUpperCase() === method &&
				(fault.path === undefined || new RegExp(fault.path).test(path)),
		);
		const fault = this.#faults[index];
		if (fault?.after) {
			fault.after--;
			return undefined;
		}
		if (fault && --fault.times <= 0) this.#faults.splice(index, 1);
		return fault;
	}
}
