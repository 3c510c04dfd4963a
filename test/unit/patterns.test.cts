/** @coverage off */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { INodeType } from 'n8n-workflow';
import 'n8n-workflow';
import ts from 'typescript';

/**
 * Cells, headers and responses can be of any length, so every pattern of the nodes has to take time that
 * grows with the text, not with its square. At 20,000 characters that is less than a millisecond against
 * some hundred, and the least of several measurements of processor time counts: a busy machine changes
 * neither by so much.
 */

const ROOT = resolve(__dirname, '../..');

/** Each is tried where the one before took no longer than the limit, so a worse growth shows early. */
const LENGTHS = [30, 500, 3_000];
const FULL_LENGTH = 20_000;
const NOTICEABLE_MS = 1;
const MAX_MS = 50;

type Found = Array<[where: string, pattern: RegExp]>;

const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => `${folder}/${name}`),
);

/** The regular expressions that source files write between slashes. */
function literals(): Found {
	const found: Found = [];
	for (const file of files) {
		const text = readFileSync(resolve(ROOT, file), 'utf8');
		const visit = (node: ts.Node): void => {
			if (ts.isRegularExpressionLiteral(node)) {
				const end = node.text.lastIndexOf('/');
				found.push([file, new RegExp(node.text.slice(1, end), node.text.slice(end + 1))]);
			}
			node.forEachChild(visit);
		};
		visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
	}
	return found;
}

/** Those that they put together when they are loaded. */
function composed(): Found {
	const found: Found = [];
	const Original = globalThis.RegExp;
	let loading: string;
	globalThis.RegExp = new Proxy(Original, {
		construct(target, [pattern, flags]: [string, string?]) {
			const made = new target(pattern, flags);
			found.push([loading, made]);
			return made;
		},
	});
	try {
		for (const file of files) {
			loading = file;
			require(resolve(ROOT, file));
		}
	} finally {
		globalThis.RegExp = Original;
	}
	return found;
}

/** Those by which n8n checks what is typed into a resource locator. */
function ofResourceLocators(): Found {
	const { BildOut } = require(resolve(ROOT, 'nodes/BildOut/BildOut.node.ts')) as {
		BildOut: new () => INodeType;
	};
	const text = JSON.stringify(new BildOut().description.properties);
	const written = [...text.matchAll(/"regex":("(?:[^"\\]|\\.)*")/g)];
	return written.map(([, json]) => ['a resource locator', new RegExp(`^${JSON.parse(json)}$`)]);
}

/** What may be repeated in a text: characters of each kind, and those that the pattern names itself. */
function repeated(pattern: RegExp): string[] {
	const own = pattern.source.replace(/\\[a-z](?:\{[^}]*\}|[\da-f]{4})?/gi, '').match(/[^\w\s]/gu);
	const words = pattern.source.match(/[a-z]{3,}/gi)?.slice(0, 4) ?? [];
	const kinds = ['0', '1', 'a', 'A', '_', ' ', '\t', '\n', '\u00a0', '\u00e4', '\u200d', '1.'];
	const pairs = ['1e', ' a', 'a ', 'a=', '\\"', '/a', 'a.', ', ', '="', ' "', '/*', ') ', '*/'];
	return [...new Set([...kinds, ...pairs, ...(own ?? []), ...words, ...words.map((w) => `${w} `)])];
}

/** Where a pattern begins to match before the part that is repeated. */
function starts(pattern: RegExp): string[] {
	const words = pattern.source.match(/[a-z]{3,}/gi)?.slice(0, 2) ?? [];
	const fixed = '1 a " < = / ( 2025-02-15T a@ a=" -1 $input ,'.split(' ');
	return [...new Set(['', ...fixed, ...words])];
}

const ENDS = ['\u0001', '1a'];

function use(pattern: RegExp, text: string): void {
	pattern.lastIndex = 0;
	if (pattern.global) text.replace(pattern, '');
	else pattern.test(text);
}

/** Whether it takes longer than the limit each time. */
function isSlow(pattern: RegExp, text: string): boolean {
	for (let at = 0; at < 3; at += 1) {
		const before = process.cpuUsage();
		use(pattern, text);
		const { user, system } = process.cpuUsage(before);
		if (user + system < MAX_MS * 1000) return false;
	}
	return true;
}

/** A text that takes a pattern too long. */
function slowText(pattern: RegExp): string | undefined {
	for (const part of repeated(pattern)) {
		const full = part.repeat(FULL_LENGTH / part.length);
		for (const start of starts(pattern)) {
			for (const end of ENDS) {
				const text = (length: number) => `${start}${full.slice(0, length)}${end}`;
				let took = 0;
				const isTooSlow = LENGTHS.some((length) => {
					const given = text(length);
					const began = performance.now();
					use(pattern, given);
					took = performance.now() - began;
					return took > MAX_MS && isSlow(pattern, given);
				});
				if (isTooSlow || (took > NOTICEABLE_MS && isSlow(pattern, text(FULL_LENGTH)))) {
					return JSON.stringify([start, part, end]);
				}
			}
		}
	}
	return undefined;
}

it.each([/\s+$/, /<[^>]*>/, /,\s*\s*x/])('finds that %s grows with the square', (pattern) => {
	expect(slowText(pattern)).toBeDefined();
});

it('every pattern takes time that grows with the text', () => {
	const [made, written, typed] = [composed(), literals(), ofResourceLocators()];
	expect(written.length).toBeGreaterThan(80);
	expect(made.length).toBeGreaterThan(2);
	expect(typed.length).toBeGreaterThan(5);
	const seen = new Map([...written, ...made, ...typed].map((entry) => [String(entry[1]), entry]));
	const slow = [...seen.values()].flatMap(([file, pattern]) => {
		const text = slowText(pattern);
		return text === undefined ? [] : [`${file}: ${String(pattern).slice(0, 200)} for ${text}`];
	});
	expect(slow).toEqual([]);
});
