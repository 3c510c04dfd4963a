import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { contract } from '../sandbox/src/contract/contract.mts';
import { registry } from './lib/registry.mts';

/**
 * Writes the output schemas by which n8n shows a user an operation's fields before its first run, from
 * the OpenAPI document that the sandbox is held to.
 *
 *   node tools/schemas.mts           writes nodes/BildOut/__schema__
 *   node tools/schemas.mts --check   fails when what is there is not what would be written
 */

const FOLDER = join(import.meta.dirname, '../nodes/BildOut/__schema__/v1.0.0');

interface JsonSchema {
	$ref?: string;
	type?: string | string[];
	properties?: Record<string, JsonSchema>;
	items?: JsonSchema;
}

/** A schema as n8n reads it: one type each, `nullable` beside it, and no references. */
interface OutputSchema {
	type: string;
	nullable?: true;
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
}

function component(name: string): OutputSchema {
	return outputSchema({ $ref: `#/components/schemas/${name}` });
}

function outputSchema(schema: JsonSchema): OutputSchema {
	if (schema.$ref !== undefined) {
		const name = schema.$ref.replace('#/components/schemas/', '');
		return outputSchema((contract.components.schemas as Record<string, JsonSchema>)[name]!);
	}
	const types = [schema.type ?? 'object'].flat();
	const output: OutputSchema = { type: types.find((type) => type !== 'null') ?? 'null' };
	if (types.includes('null')) output.nullable = true;
	if (schema.properties) {
		output.properties = Object.fromEntries(
			Object.entries(schema.properties).map(([name, inner]) => [name, outputSchema(inner)]),
		);
	}
	if (schema.items) output.items = outputSchema(schema.items);
	return output;
}

const deleted: OutputSchema = {
	type: 'object',
	properties: { deleted: { type: 'boolean' }, id: { type: 'string' } },
};

/** The node's own word on what an upsert did. An invoice has the External ID by which it is found. */
function withUpsert(name: string, record: OutputSchema): OutputSchema {
	const own: OutputSchema['properties'] = {
		...(name === 'Invoice' ? { external_id: { type: 'string' } } : {}),
		upsert: { type: 'string' },
	};
	return { ...record, properties: { ...record.properties, ...own } };
}

/** What Check Result adds to an invoice that BildOut billed otherwise, in the invoice's currency. */
const check: OutputSchema = {
	type: 'object',
	properties: {
		sent: { type: 'number' },
		billed: { type: 'number' },
		difference: { type: 'number' },
	},
};

/** The record as 'Simplify' gives it, which is the default: `address.city` becomes `address_city`. */
function simplified(
	record: OutputSchema,
	fields: string[],
	extra: readonly string[],
): OutputSchema {
	const texts = extra.map((field): [string, OutputSchema] => [
		field,
		{ type: 'string', nullable: true },
	]);
	const properties = fields.map((path) => {
		const [field, part] = path.split('.');
		const schema = record.properties![field!]!;
		const simple = part ? { ...schema.properties![part]!, nullable: true as const } : schema;
		return [path.replace('.', '_'), simple];
	});
	return { type: 'object', properties: Object.fromEntries([...properties, ...texts]) };
}

/** What an operation gives: the record, unless it is one of these. `getFinancials` is `…Financials`. */
function outputOf({
	component: name,
	operation,
	simplifiedFields,
	extraFields,
}: Output): OutputSchema {
	if (operation === 'delete') return deleted;
	const special = /^get([A-Z].+)$/.exec(operation)?.[1];
	if (special && special !== 'All') return component(`${name}${special}`);
	const record = component(name);
	if (operation.startsWith('get')) return simplified(record, simplifiedFields, extraFields);
	const written =
		name === 'Invoice' ? { ...record, properties: { ...record.properties, check } } : record;
	return operation === 'upsert' ? withUpsert(name, written) : written;
}

interface Output {
	/** The record's name in the contract. */
	component: string;
	operation: string;
	simplifiedFields: string[];
	extraFields: readonly string[];
}

const resources = registry();
const files = resources.flatMap(({ name, label, operations, simplifiedFields, extraFields }) =>
	operations.map((operation) => {
		const schema = outputOf({ component: label, operation, simplifiedFields, extraFields });
		return {
			path: join(FOLDER, name, `${operation}.json`),
			text: `${JSON.stringify({ ...schema, version: 1 }, null, '\t')}\n`,
		};
	}),
);

if (process.argv.includes('--check')) {
	const stale = files.filter(({ path, text }) => {
		try {
			return readFileSync(path, 'utf8') !== text;
		} catch {
			return true;
		}
	});
	for (const { path } of stale) console.error(`${path} differs from the contract`);
	if (stale.length > 0) {
		console.error('Run `npm run schemas` and commit what it writes.');
		process.exitCode = 1;
	}
} else {
	rmSync(FOLDER, { recursive: true, force: true });
	for (const { path, text } of files) {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
	}
	console.log(`${files.length} output schemas written`);
}
