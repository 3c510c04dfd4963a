import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { useSandbox } from './client.cts';

const folder = resolve(__dirname, '../../sandbox');
const file = resolve(folder, 'bildout.openapi.yaml');
const { parse } = createRequire(`${folder}/`)('yaml');

type Part = any;
const contract: Part = parse(readFileSync(file, 'utf8'));
const { schemas, parameters } = contract.components;

const target = ({ $ref }: Part): Part | undefined =>
	$ref === undefined
		? undefined
		: $ref
				.split('/')
				.slice(1)
				.reduce((part: Part, key: string) => part[key.replaceAll('~1', '/')], contract);
const gradeOf = (part: Part): string | undefined => {
	const referred = target(part);
	return part['x-grade'] ?? (referred && gradeOf(referred));
};
const grades = ['documented', 'seen', 'assumed'];

it('is a valid OpenAPI 3.1 document', () => {
	const validator = resolve(
		folder,
		'node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js',
	);
	const said = execFileSync(process.execPath, [validator, file], { encoding: 'utf8' });
	expect(JSON.parse(said)).toEqual({ valid: true });
	expect(contract.openapi).toMatch(/^3\.1\./);
});

const operations = Object.entries<Part>(contract.paths).flatMap(
	([path, { parameters: _, ...methods }]) =>
		Object.entries<Part>(methods).map(([method, operation]) => ({ path, method, operation })),
);

it('grades every operation and every parameter', () => {
	for (const { path, method, operation } of operations) {
		expect([path, method, grades.includes(operation['x-grade'])]).toEqual([path, method, true]);
	}
	for (const [name, parameter] of Object.entries<Part>(parameters)) {
		expect([name, grades.includes(parameter['x-grade'])]).toEqual([name, true]);
	}
});

it('grades, types and exemplifies every field', () => {
	const fields: string[] = [];
	const look = (name: string, schema: Part) => {
		for (const [field, property] of Object.entries<Part>(schema.properties ?? {})) {
			const full = `${name}.${field}`;
			fields.push(full);
			expect([full, grades.includes(gradeOf(property) ?? 'none')]).toEqual([full, true]);
			look(full, property);
			if (property.items) look(`${full}[]`, property.items);
		}
	};
	for (const [name, schema] of Object.entries<Part>(schemas)) look(name, schema);
	for (const field of ['Customer.email', 'LineItem.tax_rate', 'Error.details[].field']) {
		expect(fields).toContain(field);
	}
});

describe('what the sandbox serves', () => {
	const sandbox = useSandbox('--empty');

	it('is every operation of the contract, and each needs its scope', async () => {
		const { access_token } = await sandbox.control.token({ scopes: ['webhooks:manage'] });
		expect(operations.length).toBeGreaterThanOrEqual(26);
		for (const { path, method, operation } of operations) {
			const [{ oauth }] = operation.security as [{ oauth: [string] }];
			const url = path.replace('{id}', 'some-id');
			const body = ['post', 'put'].includes(method) ? {} : undefined;
			const send = async (headers: Record<string, string>) =>
				(await sandbox.raw(method.toUpperCase(), url, body, headers)).status;
			expect([method, url, await send({})]).toEqual([method, url, 401]);
			if (oauth[0] === 'webhooks:manage') continue;
			const narrow = { authorization: `Bearer ${access_token}` };
			expect([method, url, await send(narrow)]).toEqual([method, url, 403]);
		}
	});
});
