import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { ROOT } from '../support/files.cts';

function built(name: string): INodeTypeDescription {
	const module = require(join(ROOT, `dist/nodes/BildOut/${name}.node.js`)) as Record<
		string,
		new () => { description: INodeTypeDescription }
	>;
	return JSON.parse(JSON.stringify(new module[name]().description)) as INodeTypeDescription;
}

/** What ESLint, with n8n's own rules, says of a node whose description is this, written out. */
async function lint(name: string, description: object): Promise<string[]> {
	const whole = { depth: null, maxArrayLength: null, maxStringLength: null };
	const literal = inspect(description, whole).replaceAll(
		"[ 'main' ]",
		'[NodeConnectionTypes.Main]',
	);
	const source = `
		import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
		export class ${name} implements INodeType {
			description: INodeTypeDescription = ${literal};
		}`;
	const args = ['--stdin', '--format', 'json', '--stdin-filename'];
	return await new Promise((done, failed) => {
		const eslint = execFile(
			process.execPath,
			[join(ROOT, 'node_modules/eslint/bin/eslint.js'), ...args, `nodes/BildOut/${name}.node.ts`],
			// In a test run the rules take every file for a trigger's.
			{ cwd: ROOT, maxBuffer: 2 ** 26, env: { ...process.env, NODE_ENV: '' } },
			(_, stdout, stderr) => {
				if (stdout === '') return failed(new Error(stderr));
				const [{ messages }] = JSON.parse(stdout) as Report[];
				const lines = source.split('\n');
				done(
					messages.map(
						({ ruleId, message, line }) => `${ruleId}: ${message} (${lines[line - 1].trim()})`,
					),
				);
			},
		);
		eslint.stdin!.end(source);
	});
}

type Report = { messages: Array<{ ruleId: string; message: string; line: number }> };

/** Every parameter, those inside collections and rows too. */
function everyParameter(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((parameter) => [
		parameter,
		...(parameter.options ?? []).flatMap((option) => {
			if ('values' in option) return everyParameter(option.values);
			return 'type' in option ? everyParameter([option]) : [];
		}),
	]);
}

/**
 * The rules want every list in alphabetical order. An address and a line of an invoice keep the order in
 * which people think of their parts, so these are put in order before the rules look.
 */
function withPartsInOrder(description: INodeTypeDescription): INodeTypeDescription {
	for (const parameter of everyParameter(description.properties)) {
		if (parameter.name === 'address') sortBy(parameter.options!, 'displayName');
		if (parameter.name === 'lineItems') {
			const [row] = parameter.options as unknown as [{ values: object[] }];
			sortBy(row.values, 'displayName');
		}
		if (parameter.name === 'clearFields') sortBy(parameter.options!, 'name');
	}
	return description;
}

function sortBy(list: object[], field: string): void {
	const key = (entry: object) => String((entry as Record<string, unknown>)[field]);
	list.sort((a, b) => key(a).localeCompare(key(b)));
}

const action = built('BildOut');

it('follows the rules of n8n, which does not see them in parameters that are made', async () => {
	expect(await lint('BildOut', withPartsInOrder(built('BildOut')))).toEqual([]);
});

it('would be shown a fault in a parameter that is made', async () => {
	const faulty = withPartsInOrder(built('BildOut'));
	const parameter = everyParameter(faulty.properties).find(({ name }) => name === 'allowPartial')!;
	parameter.description = 'If the customer may pay in parts.';
	expect((await lint('BildOut', faulty)).join('\n')).toMatch(/boolean-without-whether/);
});

describe('every parameter', () => {
	const all = everyParameter(action.properties);

	it('shows an example where text is entered', () => {
		const texts = all.filter(({ type }) => ['string', 'dateTime'].includes(type));
		for (const { placeholder = 'e.g. one' } of texts) expect(placeholder).toMatch(/^e\.g\. \S/);
	});

	it('is labelled in title case', () => {
		for (const { displayName } of all) {
			const small = displayName.split(/[ (]/).filter((word) => /^[a-z]/.test(word));
			expect(['by', 'or', 'as', 'of', 'in']).toEqual(expect.arrayContaining(small));
		}
	});

	it('has a default that its menu offers', () => {
		const menus = all.filter(({ type }) => ['options', 'multiOptions'].includes(type));
		for (const { default: chosen, options = [] } of menus) {
			const values = options.map((option) => 'value' in option && option.value);
			expect(values).toEqual(expect.arrayContaining([chosen].flat()));
		}
	});
});

it('names operations without articles', () => {
	const actions = action.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options }) => options as Array<{ action: string }>);
	expect(actions.length).toBeGreaterThan(20);
	expect(actions.filter((option) => / (a|an|the) /.test(option.action))).toEqual([]);
});
