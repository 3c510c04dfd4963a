import fc from 'fast-check';
import { faultOf, resolved, type Schema } from './contract.cts';
import type { Json, JsonObject } from './sandbox.cts';

/** A text of any characters, those that no keyboard has among them. */
const text = (minLength = 0) =>
	fc.oneof(
		fc.string({ minLength: Math.max(1, minLength), maxLength: 12 }),
		fc.string({ unit: 'binary', minLength, maxLength: 8 }),
		fc.constantFrom('Harbor View', 'Ünal & Çelik', 'O’Brien', '%_\\', ' '),
	);

const day = (from = '0001-01-01', to = '9999-12-31') =>
	fc
		.date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
		.map((date) => date.toISOString());

const FORMATS: Record<string, fc.Arbitrary<string>> = {
	uuid: fc.uuid(),
	email: fc.emailAddress(),
	uri: fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true }),
	date: day().map((moment) => moment.slice(0, 10)),
	'date-time': day('1990-01-01', '2100-01-01'),
};

function number({ minimum, exclusiveMinimum, maximum }: Schema): fc.Arbitrary<number> {
	const min = minimum ?? exclusiveMinimum ?? -1e9;
	const max = maximum ?? 1e9;
	return fc.oneof(
		fc.integer({ min: Math.max(Math.ceil(min), -1000), max: Math.min(Math.floor(max), 1000) }),
		fc.double({ min, max, noNaN: true }).map((value) => Math.round(value * 100) / 100),
		fc.double({ min, max, noNaN: true }),
		fc.constantFrom(min, max),
	);
}

/** Fields that no schema knows, some with a name that means something to a program. */
const unknownFields = fc.dictionary(
	fc.oneof(fc.string(), fc.constantFrom('seq', 'document', '__proto__', 'constructor', 'toString')),
	fc.jsonValue({ maxDepth: 2 }),
	{ maxKeys: 2, noNullPrototype: true },
);

function object(schema: Schema, ownOnly: boolean): fc.Arbitrary<JsonObject> {
	const { properties = {}, required = [] } = schema;
	const known = Object.fromEntries(
		Object.entries(properties)
			.filter(([, property]) => !resolved(property).readOnly)
			.map(([name, property]) => [name, valid(property, ownOnly)]),
	);
	const fields = fc.record(known, {
		requiredKeys: required.filter((name) => name in known),
		noNullPrototype: true,
	});
	if (ownOnly) return fields as fc.Arbitrary<JsonObject>;
	return fc
		.tuple(fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, unknownFields), fields)
		.map(([more, own]) => ({ ...more, ...own }) as JsonObject)
		.filter((whole) =>
			Object.keys(whole).every((name) => !resolved(properties[name] ?? {}).readOnly),
		);
}

function ofType(type: string, schema: Schema, ownOnly: boolean): fc.Arbitrary<Json> {
	switch (type) {
		case 'null':
			return fc.constant(null);
		case 'boolean':
			return fc.boolean();
		case 'integer':
			return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
		case 'number':
			return number(schema);
		case 'array':
			return fc.array(valid(schema.items ?? {}, ownOnly), {
				minLength: schema.minItems ?? 0,
				maxLength: 4,
			});
		case 'object':
			return object(schema, ownOnly);
		default:
			return ofText(schema);
	}
}

function ofText({ format, pattern, minLength }: Schema): fc.Arbitrary<Json> {
	if (format !== undefined) return FORMATS[format]!;
	return pattern === undefined ? text(minLength) : fc.stringMatching(new RegExp(pattern));
}

function merged(parts: Schema[]): Schema {
	return parts.map(resolved).reduce((whole, part) => ({
		...whole,
		...part,
		required: [...(whole.required ?? []), ...(part.required ?? [])],
		properties: Object.fromEntries(
			[...Object.keys(whole.properties ?? {}), ...Object.keys(part.properties ?? {})].map(
				(name) => [
					name,
					{
						...resolved(whole.properties?.[name] ?? {}),
						...resolved(part.properties?.[name] ?? {}),
					},
				],
			),
		),
	}));
}

/**
 * Values that `schema` allows, as a client may write them or a server return them. Fields that the schema
 * does not know are among them, unless `ownOnly`.
 */
export function valid(reference: Schema, ownOnly = false): fc.Arbitrary<Json> {
	const schema = resolved(reference);
	if (schema.allOf) return valid(merged(schema.allOf), ownOnly);
	if (schema.oneOf) return fc.oneof(...schema.oneOf.map((each) => valid(each, ownOnly)));
	if (schema.const !== undefined) return fc.constant(schema.const as Json);
	if (schema.enum) return fc.constantFrom(...(schema.enum as Json[]));
	const types = [schema.type ?? []].flat();
	if (types.length === 0) return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
	return fc
		.oneof(...types.map((type) => ofType(type, schema, ownOnly)))
		.filter((value) => faultOf(reference, value) === undefined);
}

/** Values that no person enters, but a faulty program may send. */
export const odd: fc.Arbitrary<Json> = fc.oneof(
	fc.constantFrom<Json>(null, '', ' ', '\0', '\ud800', 'null', '0', '1e999', 'NaN'),
	fc.constantFrom<Json>(0, -1, 0.005, 1e21, -1e300, 2 ** 53, true, false, [], {}, [[]], [null]),
	fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

interface Edit {
	at: number;
	value: Json | undefined;
}

const isContainer = (value: unknown): value is Record<string, Json> =>
	typeof value === 'object' && value !== null;

/** Every place in a value that can be taken out or replaced. */
function placesIn(value: Json): Array<[holder: Record<string, Json>, key: string]> {
	if (!isContainer(value)) return [];
	return Object.keys(value).flatMap((key) => [[value, key] as never, ...placesIn(value[key]!)]);
}

function edited(value: Json, edits: Edit[]): Json {
	const copy = structuredClone(value);
	for (const { at, value: put } of edits) {
		const places = placesIn(copy);
		if (places.length === 0) return put ?? copy;
		const [holder, key] = places[at % places.length]!;
		if (put !== undefined) holder[key] = put;
		else if (Array.isArray(holder)) holder.splice(Number(key), 1);
		else delete holder[key];
	}
	return copy;
}

/** Values that `schema` would allow but for one thing or two. */
export function nearlyValid(schema: Schema): fc.Arbitrary<Json> {
	const edit = fc.record({ at: fc.nat(), value: fc.option(odd, { nil: undefined }) });
	const readOnly = Object.entries(resolved(schema).properties ?? {}).filter(
		([, property]) => resolved(property).readOnly,
	);
	const base = valid(schema);
	const withEdits = fc
		.tuple(base, fc.array(edit, { minLength: 1, maxLength: 2 }))
		.map(([value, edits]) => edited(value, edits));
	if (readOnly.length === 0) return withEdits;
	const withServersField = fc
		.tuple(base, fc.constantFrom(...readOnly.map(([name]) => name)), odd)
		.map(([value, name, put]) => ({ ...(value as JsonObject), [name]: put }));
	return fc.oneof({ weight: 4, arbitrary: withEdits }, withServersField);
}
