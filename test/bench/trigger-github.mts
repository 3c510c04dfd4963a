import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** As much of GitHub's API as n8n's GitHub Trigger asks for: one hook is made, found and deleted. */
export async function startGitHubStandIn() {
	let hook = { id: 1, config: { secret: '' } };
	const server = createServer(async (request, response) => {
		const { method } = request;
		if (method === 'POST') hook = { ...((await json(request)) as typeof hook), id: 1 };
		const status = method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200;
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(status === 204 ? undefined : JSON.stringify(hook));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		/** What the hook's deliveries are to be signed with. */
		secret: () => hook.config.secret,
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
