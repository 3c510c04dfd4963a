import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';

import { transformSync } from '@swc/core';

/** A resource of the action node whose operations are about one kind of record. */
export interface RegisteredResource {
	/** The value of the parameter 'resource'. */
	name: string;
	/** In title case; also its name in the contract. */
	label: string;
	operations: string[];
	/** What 'Simplify' keeps, with a dot before the part of an object. */
	simplifiedFields: string[];
	/** Texts that it keeps where a record has them. */
	extraFields: readonly string[];
}

/** The nodes' registry, read from its source, so that nothing has to be built first. */
export function registry(): RegisteredResource[] {
	const { RESOURCES } = load(join(NODE, 'actions/index')) as { RESOURCES: Resources };
	const { simplifiedFields } = load(join(NODE, 'input/output')) as {
		simplifiedFields: (record: object) => string[];
	};
	return Object.entries(RESOURCES).flatMap(([name, { operations, record }]) =>
		record
			? {
					name,
					label: `${name[0]!.toUpperCase()}${name.slice(1)}`,
					operations: Object.keys(operations),
					simplifiedFields: simplifiedFields(record),
					extraFields: record.extraFields ?? [],
				}
			: [],
	);
}

type Resources = Record<
	string,
	{ operations: object; record?: { extraFields?: readonly string[] } }
>;

const NODE = join(import.meta.dirname, '../../nodes/BildOut');
const require = createRequire(join(NODE, 'package.json'));
const modules = new Map<string, { exports: unknown }>();

/** A module of the nodes as the build makes it, with its relative imports. */
function load(path: string): unknown {
	const [file, source] = read(path);
	const known = modules.get(file);
	if (known) return known.exports;
	const module = { exports: {} };
	modules.set(file, module);
	const { code } = transformSync(source, {
		swcrc: false,
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
	});
	const run = runInThisContext(`(function (exports, require, module) {${code}\n})`) as (
		...args: unknown[]
	) => void;
	const requireFrom = (name: string) =>
		name.startsWith('.') ? load(join(dirname(file), name)) : require(name);
	run(module.exports, requireFrom, module);
	return module.exports;
}

function read(path: string): [file: string, source: string] {
	const file = `${path}.ts`;
	try {
		return [file, readFileSync(file, 'utf8')];
	} catch {
		return read(join(path, 'index'));
	}
}
