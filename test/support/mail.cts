import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import type { Credential, N8nClient, WorkflowFile } from '../../tools/lib/n8n-client.mts';
import { n8nFolder } from '../../tools/lib/places.cjs';

interface Parsed {
	subject?: string;
	text?: string;
	html: string | false;
}

/** The parser that n8n brings for its own Email Trigger. */
const parsed = async (mail: string): Promise<Parsed> => {
	const { simpleParser } = createRequire(join(n8nFolder(), 'package.json'))('mailparser');
	return await simpleParser(mail, { skipHtmlToText: true });
};

export interface Mail {
	to: string[];
	subject: string;
	/** The text, or the HTML where there is no text, as it was written. */
	body: string;
}

export interface MailServer {
	/** What arrived so far, the oldest first. */
	mails: Mail[];
	/** An SMTP credential of n8n for it. */
	connect: (client: N8nClient) => Promise<Credential>;
	/** Refuses mails to this address from now on, as a server does that does not know it. */
	refuse: (address: string) => void;
	stop: () => Promise<void>;
}

/** A mail server on this machine that keeps what it is sent (RFC 5321, no more than n8n needs). */
export async function startMailServer(): Promise<MailServer> {
	const mails: Mail[] = [];
	const refused = new Set<string>();
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
		talk(socket, refused, async (to, data) => {
			const { subject = '', text, html } = await parsed(data);
			mails.push({ to, subject, body: (text || String(html)).trim() });
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		mails,
		connect: async (client) =>
			await client.createCredential('Mail', 'smtp', {
				user: '',
				password: '',
				host: '127.0.0.1',
				port,
				secure: false,
				disableStartTls: true,
				hostName: 'localhost',
			}),
		refuse: (address) => refused.add(address),
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

/** The workflow with this SMTP credential chosen in each node that sends emails. */
export function sendingBy(workflow: WorkflowFile, { id, name }: Credential): WorkflowFile {
	const nodes = workflow.nodes.map((node) =>
		node.type === 'n8n-nodes-base.emailSend'
			? { ...node, credentials: { smtp: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}

type Keep = (to: string[], data: string) => Promise<void>;

function talk(socket: Socket, refused: Set<string>, keep: Keep): void {
	let to: string[] = [];
	let data: string[] | undefined;
	let rest = '';
	const say = (line: string) => socket.write(`${line}\r\n`);
	const command = (line: string) => {
		const [verb] = line.toUpperCase().split(/[ :]/);
		const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
		if (verb === 'MAIL') to = [];
		if (verb === 'RCPT') {
			if (refused.has(address)) return say('550 No such mailbox');
			to.push(address);
		}
		if (verb === 'DATA') {
			data = [];
			return say('354 Go on');
		}
		return say(verb === 'QUIT' ? '221 Bye' : '250 OK');
	};
	say('220 localhost');
	socket.on('data', (chunk) => {
		const lines = (rest + chunk.toString('latin1')).split('\r\n');
		rest = lines.pop()!;
		for (const line of lines) {
			if (data === undefined) command(line);
			else if (line === '.') {
				void keep(to, data.join('\r\n')).then(() => say('250 OK'));
				data = undefined;
			} else data.push(line.replace(/^\./, ''));
		}
	});
}
