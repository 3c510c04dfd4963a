import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface SchemaObject {
	properties: Record<string, { readOnly?: boolean }>;
}

interface Operation {
	operationId: string;
	security?: Array<Record<string, string[]>>;
}

interface OpenApiDocument {
	paths: Record<string, Record<string, Operation>>;
	components: {
		schemas: Record<string, SchemaObject & { enum?: string[] }>;
		securitySchemes: {
			oauth: { flows: { authorizationCode: { scopes: Record<string, string> } } };
		};
	};
}

/** The OpenAPI document that requests and answers are held to. */
export const contract = parse(
	readFileSync(new URL('../../bildout.openapi.yaml', import.meta.url), 'utf8'),
) as OpenApiDocument;

/** Scope → what it lets an app do, in the words of the consent page. */
export const scopes = contract.components.securitySchemes.oauth.flows.authorizationCode.scopes;

export const eventTypes = contract.components.schemas.EventType!.enum!;

/** The fields that a write schema lets a caller set, in the contract's order. */
export function writableFields(schemaName: string): string[] {
	return Object.entries(contract.components.schemas[schemaName]!.properties)
		.filter(([, schema]) => !schema.readOnly)
		.map(([name]) => name);
}

/** The scope that an operation needs. */
export function scopeOf(method: string, path: string): string {
	return contract.paths[path]![method.toLowerCase()]!.security![0]!.oauth![0]!;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** For each path, in Fastify's notation, the methods that it takes and those that it does not. */
export function methodsByPath(): Array<{ url: string; allowed: string[]; refused: string[] }> {
	return Object.entries(contract.paths).map(([path, operations]) => ({
		url: path.replace(/\{(\w+)\}/g, ':$1'),
		allowed: methods.filter((method) => method.toLowerCase() in operations),
		refused: methods.filter((method) => !(method.toLowerCase() in operations)),
	}));
}
