import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT } from '../../support/files.cts';

const contributing = read('CONTRIBUTING.md');
const filesNamedIn = (text: string) =>
	[...text.matchAll(/`([\w./-]+\.c?ts)`/g)].map(([, file]) => file);

describe('CONTRIBUTING.md', () => {
	it('is short', () => {
		expect(Buffer.byteLength(contributing)).toBeLessThanOrEqual(8_000);
	});

	it.each([
		['Create an invoice', 20],
		['A page of a list', 13],
		['A delivery', 8],
		['A poll', 9],
	])('walks "%s" over at most %d files, which exist', (walk, most) => {
		const line = contributing.split('\n').find((each) => each.startsWith(`**${walk}**`));
		const files = filesNamedIn(line!);
		expect(files.filter((file) => !existsSync(join(ROOT, 'nodes/BildOut', file)))).toEqual([]);
		expect(files.length).toBeGreaterThan(5);
		expect(files.length).toBeLessThanOrEqual(most);
	});
});

describe('docs/decisions', () => {
	const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d/.test(name));

	it.each(pages)('%s has context, decision and consequences in 25 lines', (name) => {
		const text = read(`docs/decisions/${name}`);
		const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
		expect(headings).toEqual(['Context', 'Decision', 'Consequences']);
		expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
	});

	it('are all in the index', () => {
		const index = read('docs/decisions/README.md');
		for (const name of pages) expect(index).toContain(`](${name})`);
	});
});

/** Pages that name files, each by its path from the root or from nodes/BildOut. */
const PAGES = [
	'docs/n8n-internals.md',
	...readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];

it.each(PAGES)('%s names only files that exist', (page) => {
	const isThere = (file: string) =>
		[ROOT, join(ROOT, 'nodes/BildOut')].some((folder) => existsSync(join(folder, file)));
	const named = filesNamedIn(read(page)).filter((file) => file.includes('/'));
	expect(named.filter((file) => !isThere(file))).toEqual([]);
});

it.each(readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')))(
	'docs/%s begins with what its reader can do then',
	(name) => {
		expect(read(`docs/${name}`).split('\n')[2]).toMatch(/^After reading this page you /);
	},
);
