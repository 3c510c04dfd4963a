import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import type { Credential, N8nClient, WorkflowFile } from '../../tools/lib/n8n-client.mts';

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
		talk(socket, refused, (mail) => mails.push(mail));
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

function talk(socket: Socket, refused: Set<string>, keep: (mail: Mail) => void): void {
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
				keep({ to, ...parsed(data) });
				data = undefined;
				say('250 OK');
			} else data.push(line.replace(/^\./, ''));
		}
	});
}

/** Subject and body of one mail (RFC 2045 and 2047). */
function parsed(lines: string[]): Pick<Mail, 'subject' | 'body'> {
	const [head, ...parts] = lines.join('\r\n').split('\r\n\r\n');
	const headers = head.replace(/\r\n[ \t]+/g, ' ');
	const field = (name: string) =>
		new RegExp(`^${name}: *(.*)$`, 'im').exec(headers)?.[1].trim() ?? '';
	const encoding = field('Content-Transfer-Encoding').toLowerCase();
	const subject = field('Subject')
		.replace(/\?= =\?/g, '?==?')
		.replace(/=\?utf-8\?([BQ])\?(.*?)\?=/gi, (_, kind: string, text: string) =>
			decoded(kind === 'B' ? 'base64' : 'quoted-printable', text.replaceAll('_', ' ')),
		);
	return { subject, body: decoded(encoding, parts.join('\r\n\r\n')) };
}

function decoded(encoding: string, text: string): string {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	const plain =
		encoding === 'quoted-printable'
			? text
					.replace(/=\r\n/g, '')
					.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
			: text;
	return Buffer.from(plain, 'latin1').toString('utf8').replace(/\r\n/g, '\n').trim();
}
