import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { document, resolved } from '../support/contract.cts';
import { useSandbox } from './client.cts';

const folder = resolve(__dirname, '../../sandbox');

type Part = any;
const { schemas, parameters, securitySchemes } = document.components;

it('is a valid OpenAPI 3.1 document', () => {
	const bin = 'node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js';
	const validator = resolve(folder, bin);
	const file = resolve(folder, 'bildout.openapi.yaml');
	const output = execFileSync(process.execPath, [validator, file], { encoding: 'utf8' });
	expect(JSON.parse(output)).toEqual({ valid: true });
	expect(document.openapi).toMatch(/^3\.1\./);
});

const operations = Object.entries<Part>(document.paths).flatMap(
	([path, { parameters: _, ...methods }]) =>
		Object.entries<Part>(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every field of a schema, with the names that lead to it. */
const fieldsOf = (name: string, schema: Part): Array<[string, Part]> =>
	Object.entries<Part>(schema.properties ?? {}).flatMap(([field, property]) => {
		const full = `${name}.${field}`;
		const whole: Part = resolved(property);
		return [[full, whole], ...fieldsOf(full, whole), ...fieldsOf(`${full}[]`, whole.items ?? {})];
	});

it('grades every operation, every parameter and every field', () => {
	const fields = Object.entries<Part>(schemas).flatMap(([name, schema]) => fieldsOf(name, schema));
	const graded: Array<[string, Part]> = [
		...operations.map(({ path, method, operation }): [string, Part] => [method + path, operation]),
		...Object.entries<Part>(parameters),
		...fields,
	];
	const grades = ['documented', 'seen', 'assumed', 'computed'];
	const without = graded.filter(([, part]) => !grades.includes(part['x-grade']));
	expect(without.map(([name]) => name)).toEqual([]);
	expect(fields.map(([name]) => name)).toEqual(
		expect.arrayContaining(['Customer.address.zip', 'LineItemInput.id', 'Error.details[].field']),
	);
});

it.each([
	...['Customer', 'Vendor', 'Project', 'Invoice', 'LineItem', 'Payment', 'ProjectFinancials'],
	...['Deleted', 'WebhookSubscription', 'Event', 'Error'],
])('gives every field of %s a type and an example', (name) => {
	for (const [field, schema] of fieldsOf(name, schemas[name])) {
		expect([field, schema.type]).toEqual([field, expect.anything()]);
		const hasParts = [schema.type].flat().some((type) => type === 'object' || type === 'array');
		if (!hasParts) expect([field, schema.examples]).toEqual([field, [expect.anything()]]);
	}
});

describe('what the sandbox serves', () => {
	const sandbox = useSandbox({ empty: true });

	it('is every operation of the contract, and each needs its scope and no other', async () => {
		const scopes = Object.keys(securitySchemes.oauth.flows.authorizationCode.scopes);
		const without = new Map<string, string>();
		for (const scope of scopes) {
			const others = scopes.filter((one) => one !== scope);
			without.set(scope, (await sandbox.control.token({ scopes: others })).access_token);
		}
		expect(operations.length).toBeGreaterThanOrEqual(26);
		for (const { path, method, operation } of operations) {
			const [{ oauth }] = operation.security as [{ oauth: [string] }];
			const url = path.replace('{id}', 'some-id');
			const body = ['post', 'put'].includes(method) ? {} : undefined;
			const send = async (headers: Record<string, string>) =>
				await sandbox.raw(method.toUpperCase(), url, body, headers);
			const place = [method, url];
			expect([...place, (await send({})).status]).toEqual([...place, 401]);
			const refused = await send({ authorization: `Bearer ${without.get(oauth[0])}` });
			expect([...place, refused.status]).toEqual([...place, 403]);
			expect(refused.body.error.message).toContain(oauth[0]);
			const { access_token } = await sandbox.control.token({ scopes: [oauth[0]] });
			const passed = await send({ authorization: `Bearer ${access_token}` });
			expect([401, 403]).not.toContain(passed.status);
		}
	});
});
