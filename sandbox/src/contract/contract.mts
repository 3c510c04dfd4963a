import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Reference {
	$ref?: string;
}

interface Parameter extends Reference {
	name: string;
	in: 'path' | 'query' | 'header';
	required?: boolean;
	schema: Reference & { default?: unknown };
}

interface Body extends Reference {
	content: { 'application/json': { schema: object } };
}

interface OperationObject {
	operationId: string;
	security: [{ oauth: [string] }];
	parameters?: Parameter[];
	requestBody?: Body;
	responses: Record<string, Body>;
}

type PathObject = { parameters?: Parameter[] } & Record<string, OperationObject>;

interface OpenApiDocument {
	paths: Record<string, PathObject>;
	components: {
		schemas: Record<
			string,
			{
				properties: Record<string, { readOnly?: boolean }>;
				required?: string[];
				enum: string[];
			}
		>;
		securitySchemes: {
			oauth: { flows: { authorizationCode: { scopes: Record<string, string> } } };
		};
	};
}

/** The OpenAPI document that requests and responses are held to. */
export const contract = parse(
	readFileSync(new URL('../../bildout.openapi.yaml', import.meta.url), 'utf8'),
) as OpenApiDocument;

/** What schemas call the document by when they refer to a part of it. */
export const contractName = 'bildout.openapi.yaml';

/** Scope → what it lets an app do, in the words of the consent page. */
export const scopes = contract.components.securitySchemes.oauth.flows.authorizationCode.scopes;

/** The fields that a write schema lets a caller set, in the contract's order. */
export function writableFields(schemaName: string): string[] {
	return Object.entries(contract.components.schemas[schemaName]!.properties)
		.filter(([, schema]) => !schema.readOnly)
		.map(([name]) => name);
}

type Pointer = string[];

const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

const stand = new Map<string, { $ref: string }>();

/** A schema that stands for the part of the contract at this place; one place has one, so that it is compiled once. */
function schemaAt(pointer: Pointer): { $ref: string } {
	const $ref = `${contractName}#/${pointer.map(escaped).join('/')}`;
	return stand.get($ref) ?? stand.set($ref, { $ref }).get($ref)!;
}

/** The part of the contract at this place, and where it really stands when it is a reference. */
function resolved<Part>(pointer: Pointer): { part: Part; pointer: Pointer } {
	const part = pointer.reduce<never>((whole, key) => whole[key] as never, contract as never);
	const { $ref } = part as Reference;
	return $ref ? resolved($ref.split('/').slice(1).map(unescaped)) : { part, pointer };
}

const jsonContent = ['content', 'application/json', 'schema'];

/** The parameters of one kind as one object, with the defaults where the validator looks for them. */
function parametersSchema(pointers: Pointer[], kind: Parameter['in']) {
	const parameters = pointers
		.map((pointer) => resolved<Parameter>(pointer))
		.filter(({ part }) => part.in === kind);
	if (parameters.length === 0) return undefined;
	return {
		type: 'object',
		// Unknown query parameters are dropped here, so that no list ever filters by one.
		additionalProperties: kind !== 'query',
		required: parameters.filter(({ part }) => part.required).map(({ part }) => part.name),
		properties: Object.fromEntries(
			parameters.map(({ part, pointer }) => [
				kind === 'header' ? part.name.toLowerCase() : part.name,
				{ ...schemaAt([...pointer, 'schema']), default: part.schema.default },
			]),
		),
	};
}

const indexed = (pointer: Pointer, list: unknown[] = []) =>
	list.map((_, index) => [...pointer, String(index)]);

function operationAt(path: string, method: string) {
	const pointer = ['paths', path, method];
	const { operationId, security, ...operation } = contract.paths[path]![method]!;
	const parameters = [
		...indexed(['paths', path, 'parameters'], contract.paths[path]!.parameters),
		...indexed([...pointer, 'parameters'], operation.parameters),
	];
	const body = operation.requestBody && resolved([...pointer, 'requestBody']).pointer;
	const schema = {
		params: parametersSchema(parameters, 'path'),
		querystring: parametersSchema(parameters, 'query'),
		headers: parametersSchema(parameters, 'header'),
		body: body && schemaAt([...body, ...jsonContent]),
		response: Object.fromEntries(
			Object.keys(operation.responses).map((status) => [
				status,
				schemaAt([...resolved([...pointer, 'responses', status]).pointer, ...jsonContent]),
			]),
		),
	};
	return {
		operationId,
		/** The one scope that the operation needs. */
		scope: security[0].oauth[0],
		method: method.toUpperCase(),
		/** The path in Fastify's notation. */
		url: path.replace(/\{(\w+)\}/g, ':$1'),
		/** Its schemas in Fastify's form, without the parts that it does not have. */
		schema: Object.fromEntries(Object.entries(schema).filter(([, part]) => part !== undefined)),
	};
}

/** Every operation of the API. */
export const apiOperations = Object.entries(contract.paths).flatMap(
	([path, { parameters: _, ...methods }]) =>
		Object.keys(methods).map((method) => operationAt(path, method)),
);
