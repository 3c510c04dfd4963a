import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { filesIn, read, ROOT } from '../../support/files.cts';

const REPOSITORY = 'https://github.com/n8n-nodes-bildout/n8n-nodes-bildout';
const RAW = 'https://raw.githubusercontent.com/n8n-nodes-bildout/n8n-nodes-bildout/main/';

/** A heading as GitHub makes an address of it. */
const anchor = (heading: string) =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s-]/gu, '')
		.trim()
		.replaceAll(' ', '-');
const anchors = (file: string) =>
	[...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading));

/** Links and pictures of a document that lead into this repository, as files below it. */
function targets(file: string): string[] {
	const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
	const addresses = [...read(file).matchAll(/^https:\/\/raw\S+$/gm)].map(([link]) => link);
	return [...links, ...addresses]
		.map((link) => link.replace(RAW, '/').replace(`${REPOSITORY}#`, '/README.md#'))
		.filter((link) => !/^(https?|mailto):/.test(link));
}

describe.each(filesIn('*.md'))('%s', (file) => {
	it('names only files and chapters that there are', () => {
		for (const target of targets(file)) {
			const [path, chapter] = target.split('#');
			const named = path.startsWith('/') ? path.slice(1) : join(dirname(file), path);
			const at = path === '' ? file : named;
			expect({ target, isThere: existsSync(join(ROOT, at)) }).toEqual({ target, isThere: true });
			if (chapter !== undefined) expect(anchors(at)).toContain(chapter);
		}
	});
});

describe('README.md', () => {
	const text = read('README.md');

	it('is short', () => {
		expect(text.split(/\s+/).length).toBeLessThan(1_200);
	});

	it('shows pictures that load quickly', () => {
		const pictures = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, address]) => address);
		expect(pictures.length).toBeGreaterThanOrEqual(5);
		for (const address of pictures) {
			expect(address.startsWith(`${RAW}docs/pictures/`)).toBe(true);
			const most = address.endsWith('.gif') ? 1_000_000 : 150_000;
			expect(statSync(join(ROOT, address.slice(RAW.length))).size).toBeLessThan(most);
		}
	});
});

describe('examples/README.md', () => {
	const text = read('examples/README.md');
	const files = (pattern: string) => filesIn(pattern).map((file) => basename(file));

	it('names every example once', () => {
		for (const example of files('examples/*.json')) {
			expect(text.split(`](${example})`)).toHaveLength(2);
		}
	});

	it('names a picture of every example, which loads quickly', () => {
		const named = [...text.matchAll(/`(example-[\w-]+\.png)`/g)].map(([, picture]) => picture);
		const pictures = files('examples/*.json').map(
			(file) => `example-${basename(file, '.json')}.png`,
		);
		expect(named.sort()).toEqual(pictures.sort());
		expect(files('docs/pictures/example-*.png').sort()).toEqual(pictures.sort());
		for (const picture of named) {
			expect(statSync(join(ROOT, 'docs/pictures', picture)).size).toBeLessThan(100_000);
		}
	});
});
