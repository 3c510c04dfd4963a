import { n8nVersion } from '../../../tools/lib/places.cjs';
import { queueVariables } from '../../../tools/lib/queue-mode.mts';
import { read } from '../../support/files.cts';

const chapter = read('docs/queue-mode.md');
const compose = /```yaml\n([^]*?)```/.exec(chapter)![1];

/** The lines below a line of the file that are indented more than it. */
function below(heading: string): string {
	const [, , lines] = new RegExp(`^( *)${heading}\\n((?:\\1 +.*\\n)+)`, 'm').exec(compose)!;
	return lines;
}

/** The variables among the lines, without their quotation marks. */
const variables = (lines: string) =>
	Object.fromEntries(
		[...lines.matchAll(/^ +([A-Z][A-Z0-9_]*): (.+)$/gm)].map(([, name, value]) => [
			name,
			value.replace(/^'(.*)'$/, '$1'),
		]),
	);

const tested = queueVariables({
	redisPort: 6379,
	postgresPort: 5432,
	postgresPassword: '${POSTGRES_PASSWORD}',
	encryptionKey: '${N8N_ENCRYPTION_KEY}',
	editorUrl: 'https://n8n.example.com',
	webhookUrl: 'https://hooks.example.com/',
});

describe('The compose file for queue mode', () => {
	it('gives n8n the variables that the test uses', () => {
		expect(variables(below('environment: &environment'))).toEqual({
			...tested,
			QUEUE_BULL_REDIS_HOST: 'redis',
			DB_POSTGRESDB_HOST: 'postgres',
		});
	});

	it.each([
		['main', 'start', undefined],
		['worker', 'worker', '2'],
		['webhook', 'webhook', '2'],
	])('starts %s as the test does', (name, command, replicas) => {
		const service = below(`${name}:`);
		expect(service).toContain('<<: *n8n\n');
		expect(/command: (.+)/.exec(service)?.[1]).toBe(command);
		expect(/replicas: (\d+)/.exec(service)?.[1]).toBe(replicas);
	});

	it('makes the database that n8n looks for', () => {
		expect(below('redis:')).toContain('image: redis');
		expect(variables(below('postgres:'))).toEqual({
			POSTGRES_USER: tested.DB_POSTGRESDB_USER,
			POSTGRES_DB: tested.DB_POSTGRESDB_DATABASE,
			POSTGRES_PASSWORD: tested.DB_POSTGRESDB_PASSWORD,
		});
	});

	it('and its image have the n8n that is tested', () => {
		expect(/^FROM .*:(\S+)$/m.exec(chapter)?.[1]).toBe(n8nVersion());
	});
});
