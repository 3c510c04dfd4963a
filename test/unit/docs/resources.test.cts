import { BildOut } from '../../../nodes/BildOut/BildOut.node.ts';
import { RESOURCES } from '../../../nodes/BildOut/actions/index.ts';
import { capitalized } from '../../../nodes/BildOut/records/recordType.ts';
import { read } from '../../support/files.cts';

const resources = Object.values(RESOURCES).filter(({ record }) => record);
const records = resources.map(({ record }) => record!);

/** `Get, Get Many` and its like are one row. */
const table = read('README.md')
	.match(/^## Operations\n\n((?:\|.*\n)+)/m)![1]
	.split('\n')
	.map((row) => row.split('|').map((cell) => cell.trim()));

it('the table of operations is that of the registry', () => {
	const [[, , ...labels], , ...rows] = table;
	const shown = rows.flatMap(([, names = '', ...marks]) =>
		marks.flatMap((mark, at) =>
			mark === '✓' ? names.split(', ').map((name) => `${labels[at]}: ${name}`) : [],
		),
	);
	const offered = resources.flatMap(({ record, operations }) =>
		Object.values(operations).map(({ option }) => `${capitalized(record!.name)}: ${option.name}`),
	);
	expect(shown.sort()).toEqual(offered.sort());
});

it('docs/connecting.md names the scopes that the credential asks for', () => {
	const [row] = read('docs/connecting.md').match(/^\| Custom Scopes .*$/m)!;
	const needed = records.flatMap(({ scopes }) => [scopes.read, scopes.write ?? []].flat());
	expect(row.match(/\w+:\w+/g)!.sort()).toEqual([...needed, 'webhooks:manage'].sort());
});

describe.each(records.map(({ name }) => name))('%s', (name) => {
	const { description, builderHint } = new BildOut().description;

	it.each([
		['the nodes panel', description],
		['what n8n looks for', builderHint!.searchHint],
		['package.json', JSON.parse(read('package.json')).description],
	])('is named in %s', (_, text) => {
		expect(text.toLowerCase()).toContain(`${name}s`);
	});

	it('is a word by which the node is found', () => {
		const { alias } = JSON.parse(read('nodes/BildOut/BildOut.node.json'));
		expect(alias.map((word: string) => word.toLowerCase())).toContain(name);
	});
});
