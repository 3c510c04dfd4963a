import { createRequire } from 'node:module';

import { transformFileSync } from '@swc/core';

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
	const { RESOURCES } = require('../../nodes/BildOut/actions/index') as { RESOURCES: Resources };
	const { simplifiedFields } = require('../../nodes/BildOut/input/output') as {
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

const require = createRequire(import.meta.url);
// The nodes' modules, as the build makes them.
require.extensions['.ts'] = (module, file) => {
	const { code } = transformFileSync(file, {
		swcrc: false,
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
	});
	(module as Compiling)._compile(code, file);
};

type Compiling = NodeModule & { _compile: (code: string, file: string) => void };
