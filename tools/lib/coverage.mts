import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

import { root } from './places.cjs';

const require = createRequire(import.meta.url);

interface Script {
	url: string;
	functions: Array<{ ranges: Array<{ startOffset: number; endOffset: number; count: number }> }>;
}

interface Compiled {
	code: string;
	map: SourceMap;
	/** 1 for each character that any test file ran. */
	isRun: Uint8Array;
}

/** By source file, each line that holds code, and whether it was run. */
type Lines = Map<string, Map<number, boolean>>;

/**
 * What the tests of `npm test` ran of `nodes/` and `credentials/`, as `test/support/coverage-environment.cjs`
 * noted it in `folder`: as Jest loads these files, and as n8n's engine loads them from `dist`.
 *
 * @returns two lines for people
 */
export function coverage(folder: string): string {
	const lines = linesOf(folder);
	const files = [...lines].map(([file, all]) => {
		const run = [...all.values()].filter(Boolean).length;
		return { file, run, all: all.size, part: run / all.size };
	});
	const sum = (of: 'run' | 'all') => files.reduce((total, file) => total + file[of], 0);
	const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
	const least = files.sort((a, b) => a.part - b.part).slice(0, 3);
	return [
		`Coverage:    ${percent(sum('run') / sum('all'))} of ${sum('all')} lines of code in ${files.length} files of nodes and credentials`,
		`             least in ${least.map(({ file, part }) => `${file} (${percent(part)})`).join(', ')}`,
	].join('\n');
}

function linesOf(folder: string): Lines {
	const files = new Map<string, Compiled | undefined>();
	for (const name of readdirSync(folder)) {
		for (const script of JSON.parse(readFileSync(join(folder, name), 'utf8')) as Script[]) {
			const path = script.url.startsWith('file:') ? fileURLToPath(script.url) : script.url;
			const file = relative(root, path);
			if (!files.has(file)) files.set(file, compile(file));
			const compiled = files.get(file);
			if (compiled) addRun(compiled, script);
		}
	}
	const lines: Lines = new Map();
	for (const [file, compiled] of files) {
		if (compiled) addLines(lines, sourceOf(file), compiled);
	}
	return lines;
}

function addRun({ isRun }: Compiled, { functions }: Script): void {
	const now = new Uint8Array(isRun.length);
	// What is inside comes after what it is in.
	for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
		now.fill(Math.min(count, 1), startOffset, endOffset);
	}
	for (let at = 0; at < now.length; at++) isRun[at] |= now[at];
}

function addLines(lines: Lines, file: string, { code, map, isRun }: Compiled): void {
	const of = lines.get(file) ?? new Map<number, boolean>();
	lines.set(file, of);
	for (const [offset, line] of mapped(code, map)) {
		of.set(line, of.get(line) === true || isRun[offset] === 1);
	}
}

const sourceOf = (file: string) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts');

/** What V8 ran, with its source map; undefined for a file of `dist` that is no longer what its source gives. */
function compile(file: string): Compiled | undefined {
	const path = join(root, sourceOf(file));
	const source = readFileSync(path, 'utf8');
	if (!file.startsWith('dist/')) {
		const { transform } = require('../../test/jest.config.cjs').projects[0];
		const [[transformer, options]] = Object.values<[string, object]>(transform);
		const { createTransformer } = require(transformer);
		const { code } = createTransformer(options).process(source, path, { supportsStaticESM: false });
		const [, map] = /sourceMappingURL=data:.*;base64,(.*)/.exec(code)!;
		return compiled(code, Buffer.from(map, 'base64').toString());
	}
	const { compilerOptions } = ts.readConfigFile(
		join(root, 'tsconfig.json'),
		ts.sys.readFile,
	).config;
	const { outputText, sourceMapText } = ts.transpileModule(source, {
		compilerOptions: {
			...ts.convertCompilerOptionsFromJson(compilerOptions, root).options,
			sourceMap: true,
		},
		fileName: path,
	});
	const code = readFileSync(join(root, file), 'utf8');
	return outputText.startsWith(code.trimEnd()) ? compiled(code, sourceMapText!) : undefined;
}

function compiled(code: string, map: string): Compiled {
	return { code, map: new SourceMap(JSON.parse(map)), isRun: new Uint8Array(code.length) };
}

/** Which line of the source each character of the code comes from. */
function* mapped(code: string, map: SourceMap): Generator<[offset: number, line: number]> {
	let start = 0;
	for (const [at, text] of code.split('\n').entries()) {
		for (const { index } of text.matchAll(/\S/g)) {
			const entry = map.findEntry(at, index);
			if ('originalLine' in entry) yield [start + index, entry.originalLine];
		}
		start += text.length + 1;
	}
}
