import { parseArgs } from 'node:util';
import { client } from './src/oauth/grants.mts';
import { openSandbox } from './src/sandbox.mts';
import { buildServer } from './src/server.mts';

const usage = `Usage: npm run sandbox -- [options]

  --port N           port to listen on (4010; 0 takes any that is free)
  --control          switch on the control interface for tests
  --database FILE    keep the records in a file (in memory)
  --empty            start without records
  --help             show this
`;

function readOptions() {
	const { port, ...options } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			control: { type: 'boolean', default: false },
			database: { type: 'string' },
			empty: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	}).values;
	if (!/^\d+$/.test(port)) throw new Error(`--port takes a number, not '${port}'`);
	return { ...options, port: Number(port) };
}

let options: ReturnType<typeof readOptions>;
try {
	options = readOptions();
} catch (error) {
	console.error(`${(error as Error).message}\n\n${usage}`);
	process.exit(2);
}
if (options.help) {
	console.log(usage);
	process.exit(0);
}

const { port, control } = options;
const server = await buildServer(openSandbox(options), { control });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	process.once(signal, () => void server.close().then(() => process.exit(0)));
}
try {
	const address = await server.listen({ port, host: '127.0.0.1' });
	console.log(`BildOut sandbox: ${address}`);
	console.log(
		`In n8n's credential: Base URL ${address}, Client ID ${client.id}, Client Secret ${client.secret}`,
	);
} catch (error) {
	const { code, message } = error as NodeJS.ErrnoException;
	console.error(
		code === 'EADDRINUSE'
			? `Port ${port} is in use. Choose another one: npm run sandbox -- --port ${port + 1}`
			: `The sandbox could not start: ${message}`,
	);
	process.exit(1);
}
