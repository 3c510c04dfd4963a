import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of a test file's own, from before its tests until after them. */
export function served(listener: RequestListener) {
	let server: Server;

	beforeAll(async () => {
		server = createServer(listener).listen(0, '127.0.0.1');
		await new Promise((listening) => server.once('listening', listening));
	});
	afterAll(() => {
		server?.closeAllConnections();
		server?.close();
	});

	return {
		get url() {
			return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		},
	};
}
