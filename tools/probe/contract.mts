import { contract } from '../../sandbox/src/contract/contract.mts';
import { schemaName } from '../../sandbox/src/records/kinds.mts';
import type { Resource } from './probe.mts';

interface Schema {
	$ref?: string;
	type?: string | string[];
	enum?: unknown[];
}

const components = contract.components.schemas as unknown as Record<string, Schema>;

function typesOf(schema: Schema): string[] {
	if (schema.$ref)
		return typesOf(components[schema.$ref.replace('#/components/schemas/', '')] ?? {});
	return [schema.type ?? []].flat().filter((type) => type !== 'null');
}

/** The fields that each record has by the contract, with their JSON types; no types where any will do. */
export function fieldsOf(resource: Resource): Record<string, string[]> {
	const { properties, required } = contract.components.schemas[schemaName(resource)]!;
	const fields = Object.entries(properties).filter(([name]) => required?.includes(name) ?? true);
	return Object.fromEntries(fields.map(([name, schema]) => [name, typesOf(schema as Schema)]));
}

/** The values that a field may have by the contract, where it has a fixed list of them. */
export function valuesOf(resource: Resource, field: string): unknown[] {
	const { properties } = contract.components.schemas[schemaName(resource)]!;
	const schema = (properties[field] ?? {}) as Schema;
	const target = components[schema.$ref?.replace('#/components/schemas/', '') ?? ''];
	return schema.enum ?? target?.enum ?? [];
}
