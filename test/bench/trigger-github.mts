import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** As much of GitHub's API as n8n's GitHub Trigger asks for: hooks are made, found and deleted. */
export async function startGitHubStandIn() {
	const hooks = new Map<string, { id: number; config: { secret: string } }>();
	const server = createServer(async (request, response) => {
		const respond = (status: number, body?: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(body === undefined ? undefined : JSON.stringify(body));
		};
		const id = /\/hooks\/(\d+)$/.exec(request.url ?? '')?.[1];
		if (request.method === 'POST' && id === undefined) {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk as Buffer);
			const hook = { ...JSON.parse(Buffer.concat(chunks).toString()), id: hooks.size + 1 };
			hooks.set(String(hook.id), hook);
			respond(201, hook);
		} else if (id === undefined || !hooks.has(id)) {
			respond(404, { message: 'Not Found' });
		} else if (request.method === 'DELETE') {
			hooks.delete(id);
			respond(204);
		} else {
			respond(200, hooks.get(id));
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		/** What the only hook's deliveries are to be signed with. */
		secret: () => [...hooks.values()][0].config.secret,
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
