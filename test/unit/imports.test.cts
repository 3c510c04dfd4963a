import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../nodes/BildOut');

/** The rooms from the outside in: each imports only rooms that stand in a later row. */
const LAYERS = [
	['node'],
	['actions', 'webhook', 'polling'],
	['errors'],
	['execution'],
	['accounting'],
	['input'],
	['records'],
	['api'],
	['assumptions', 'events', 'ttlCache'],
];

/** Besides, only these rooms put failures into words. */
const KNOW_ERRORS = ['node', 'actions', 'webhook', 'polling'];

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => file.replaceAll('\\', '/'));

/** Imports of types count too: whoever reads a file has to follow them. */
const imports = new Map(
	sources.map((file) => {
		const text = readFileSync(join(ROOT, file), 'utf8');
		const targets = [...text.matchAll(/^(?:import|export)[^;]*? from '(\.[^']*)'/gm)].map(
			([, target]) => relative(ROOT, resolve(ROOT, dirname(file), target)).replaceAll('\\', '/'),
		);
		const fileOf = (target: string) =>
			sources.includes(`${target}.ts`) ? `${target}.ts` : `${target}/index.ts`;
		return [file, targets.map(fileOf)];
	}),
);

function roomOf(file: string): string {
	if (file.endsWith('.node.ts')) return 'node';
	return file.includes('/') ? file.split('/')[0] : file.replace(/\.ts$/, '');
}

const layerOf = (room: string) => LAYERS.findIndex((rooms) => rooms.includes(room));

const edges = [...imports].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));

it('knows the room of every file', () => {
	expect(sources.filter((file) => layerOf(roomOf(file)) < 0)).toEqual([]);
	expect(edges.filter(({ to }) => !sources.includes(to))).toEqual([]);
	expect(edges.length).toBeGreaterThan(100);
});

it('imports point one way', () => {
	const against = edges.filter(({ from, to }) => {
		const [room, target] = [roomOf(from), roomOf(to)];
		if (room === target) return false;
		if (target === 'errors') return !KNOW_ERRORS.includes(room);
		return layerOf(target) <= layerOf(room);
	});
	expect(against.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

it('no file imports itself by way of others', () => {
	const reaches = (from: string) => {
		const seen = new Set<string>();
		const open = [...imports.get(from)!];
		for (let at = open.pop(); at !== undefined; at = open.pop()) {
			if (seen.has(at)) continue;
			seen.add(at);
			open.push(...imports.get(at)!);
		}
		return seen;
	};
	expect(sources.filter((file) => reaches(file).has(file))).toEqual([]);
});
