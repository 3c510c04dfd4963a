import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before several webhook processors, as a load balancer does: each request goes to the next. */
export interface Balancer {
	/** Where it listens, without a trailing slash. */
	readonly url: string;
	/** Where the requests go, in turn: addresses without a trailing slash. */
	targets: string[];
	stop(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
	const targets: string[] = [];
	let turn = 0;
	const server = createServer((incoming, outgoing) => {
		const target = balancer.targets[turn++ % balancer.targets.length];
		const onward = request(
			`${target}${incoming.url ?? ''}`,
			{ method: incoming.method, headers: incoming.headers },
			(response) => {
				outgoing.writeHead(response.statusCode ?? 502, response.headers);
				response.pipe(outgoing);
			},
		);
		onward.once('error', () => {
			if (outgoing.headersSent) outgoing.destroy();
			else outgoing.writeHead(502).end();
		});
		incoming.pipe(onward);
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const balancer: Balancer = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		targets,
		stop: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
	return balancer;
}
