import { createRequire } from 'node:module';
import { join } from 'node:path';
import { contract } from '../../sandbox/src/contract/contract.mts';
import { ROOT } from './files.cts';

const required = createRequire(join(ROOT, 'sandbox/package.json'));

/** A JSON schema of the contract, as far as the contract uses the language. */
export interface Schema {
	$ref?: string;
	type?: string | string[];
	format?: string;
	pattern?: string;
	enum?: unknown[];
	const?: unknown;
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	minLength?: number;
	minItems?: number;
	readOnly?: boolean;
	required?: string[];
	properties?: Record<string, Schema>;
	items?: Schema;
	allOf?: Schema[];
	oneOf?: Schema[];
}

interface Parameter {
	name: string;
	in: 'path' | 'query' | 'header';
	schema: Schema;
}

/** One operation, with its references followed. `path` is below `/api/v1`. */
export interface Operation {
	id: string;
	method: string;
	path: string;
	parameters: Parameter[];
	body?: Schema;
	responses: Record<string, Schema>;
}

type Part = any;

export const document: Part = contract;

/** The schema with its reference followed; what stands beside the reference counts as well. */
export function resolved({ $ref, ...beside }: Schema): Schema {
	if ($ref === undefined) return beside;
	const target = $ref
		.split('/')
		.slice(1)
		.reduce((part: Part, key: string) => part[key.replaceAll('~1', '/')], document);
	return { ...resolved(target), ...beside };
}

const jsonOf = (part: Part): Schema => (resolved(part) as Part).content['application/json'].schema;

/** Every operation of the contract. */
export const operations: Operation[] = Object.entries<Part>(document.paths).flatMap(
	([path, { parameters: shared = [], ...methods }]) =>
		Object.entries<Part>(methods).map(([method, operation]) => ({
			id: operation.operationId,
			method: method.toUpperCase(),
			path: path.replace('/api/v1', ''),
			parameters: [...shared, ...(operation.parameters ?? [])].map(
				(parameter: Part) => resolved(parameter) as Parameter,
			),
			body: operation.requestBody && jsonOf(operation.requestBody),
			responses: Object.fromEntries(
				Object.entries<Part>(operation.responses).map(([status, part]) => [status, jsonOf(part)]),
			),
		})),
);

export function operation(id: string): Operation {
	return operations.find((each) => each.id === id)!;
}

const { Ajv2020 } = required('ajv/dist/2020');
const ajv = new Ajv2020({ strict: false, validateSchema: false });
required('ajv-formats').default(ajv);
ajv.removeKeyword('readOnly');
ajv.addKeyword({ keyword: 'readOnly', validate: (readOnly: boolean) => !readOnly });
ajv.addSchema(document, 'contract', false, false);

const compiled = new Map<string, Part>();

/** What is wrong with `value` by `schema`, where a field that only the server sets is wrong too; undefined when nothing is. */
export function faultOf(schema: Schema, value: unknown): string | undefined {
	const key = JSON.stringify(schema);
	const absolute = key.replaceAll('"$ref":"#/', '"$ref":"contract#/');
	const validate = compiled.get(key) ?? ajv.compile(JSON.parse(absolute));
	compiled.set(key, validate);
	return validate(value) ? undefined : ajv.errorsText(validate.errors);
}
