import { parseArgs } from 'node:util';
import { client } from './src/oauth/grants.mts';
import { openSandbox } from './src/sandbox.mts';
import { buildServer } from './src/server.mts';
import type { RateLimitSettings, Settings } from './src/settings.mts';

const usage = `Usage: npm run sandbox -- [options]

  --port N                       port to listen on (4010; 0 takes any that is free)
  --host ADDRESS                 address to listen on (127.0.0.1)
  --pagination FORM              page, offset or cursor (page)
  --rate-limit N                 requests a minute for each access token (100)
  --burst N                      requests in any one second (20)
  --rate-window-scale X          0.01 makes the minute 0.6 s long (1)
  --rate-limit-form FORM         fixed or sliding minute (fixed)
  --token-lifetime SECONDS       how long an access token lives (3600)
  --control                      switch on the control interface for tests
  --database FILE                keep the records in a file (in memory)
  --empty                        start without records
  --help                         show this
`;

function oneOf<Choice extends string>(option: string, value: string, choices: Choice[]): Choice {
	if ((choices as string[]).includes(value)) return value as Choice;
	throw new Error(`--${option} takes ${choices.join(', ')}, not '${value}'`);
}

function number(option: string, value: string, least: number): number {
	const parsed = Number(value);
	if (value.trim() !== '' && Number.isFinite(parsed) && parsed >= least) return parsed;
	throw new Error(`--${option} takes a number of at least ${least}, not '${value}'`);
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			host: { type: 'string', default: '127.0.0.1' },
			pagination: { type: 'string', default: 'page' },
			'rate-limit': { type: 'string', default: '100' },
			burst: { type: 'string', default: '20' },
			'rate-window-scale': { type: 'string', default: '1' },
			'rate-limit-form': { type: 'string', default: 'fixed' },
			'token-lifetime': { type: 'string', default: '3600' },
			control: { type: 'boolean', default: false },
			database: { type: 'string' },
			empty: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	return {
		help: values.help,
		listen: { port: number('port', values.port, 0), host: values.host },
		control: values.control,
		sandbox: {
			database: values.database,
			empty: values.empty,
			settings: {
				pagination: oneOf<Settings['pagination']>('pagination', values.pagination, [
					'page',
					'offset',
					'cursor',
				]),
				tokenLifetime: number('token-lifetime', values['token-lifetime'], 1),
				rateLimit: {
					limit: number('rate-limit', values['rate-limit'], 1),
					burst: number('burst', values.burst, 1),
					windowScale: number('rate-window-scale', values['rate-window-scale'], 0.0001),
					form: oneOf<RateLimitSettings['form']>('rate-limit-form', values['rate-limit-form'], [
						'fixed',
						'sliding',
					]),
				},
			},
		},
	};
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

const sandbox = openSandbox(options.sandbox);
const server = await buildServer(sandbox, { control: options.control });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	process.once(signal, () => void server.close().then(() => process.exit(0)));
}
try {
	const address = await server.listen(options.listen);
	console.log(`BildOut sandbox: ${address}`);
	console.log(
		`In n8n's credential: Base URL ${address}, Client ID ${client.id}, Client Secret ${client.secret}`,
	);
} catch (error) {
	const { code, message } = error as NodeJS.ErrnoException;
	const { port } = options.listen;
	console.error(
		code === 'EADDRINUSE'
			? `Port ${port} is in use. Choose another one: npm run sandbox -- --port ${port + 1}`
			: `The sandbox could not start: ${message}`,
	);
	process.exit(1);
}
