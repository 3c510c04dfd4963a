import type {} from '../api/bodies.mts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One call of the API or of OAuth, secrets and all: this is for tests. Times are in ms since 1970. */
export interface LoggedRequest {
	method: string;
	path: string;
	/** As it came: the contract's defaults are not in it. */
	query: unknown;
	headers: Record<string, unknown>;
	/** The body as it came. */
	body: string;
	/** The body as it was understood; null where there was none. */
	json: unknown;
	/** Null while there is no response, and for good when the connection was dropped without one. */
	status: number | null;
	responseHeaders: Record<string, unknown>;
	startedAt: number;
	finishedAt: number | null;
	/** How many requests were under way when this one came, itself included. */
	inFlight: number;
}

const mostKept = 50_000;

/** The calls since the log was last emptied, in the order in which they came. */
export class RequestLog {
	#entries: LoggedRequest[] = [];
	#inFlight = 0;

	readonly #ended: () => void;

	/** @param ended called when a request is done with */
	constructor(ended: () => void) {
		this.#ended = ended;
	}

	/** Notes a request as it arrives; the entry fills up until its connection is done with. */
	note(request: FastifyRequest, reply: FastifyReply): void {
		const entry: LoggedRequest = {
			method: request.method,
			path: request.url.split('?', 1)[0]!,
			query: { ...(request.query as object) },
			headers: request.headers,
			body: '',
			json: null,
			status: null,
			responseHeaders: {},
			startedAt: Date.now(),
			finishedAt: null,
			inFlight: ++this.#inFlight,
		};
		this.#entries.push(entry);
		if (this.#entries.length > mostKept) this.#entries = this.#entries.slice(mostKept / 2);
		reply.raw.once('close', () => {
			this.#inFlight--;
			entry.body = request.rawBody;
			entry.json = request.body ?? null;
			entry.finishedAt = Date.now();
			if (reply.raw.headersSent) {
				entry.status = reply.raw.statusCode;
				entry.responseHeaders = reply.getHeaders();
			}
			this.#ended();
		});
	}

	entries(): LoggedRequest[] {
		return this.#entries;
	}

	clear(): void {
		this.#entries = [];
	}
}
