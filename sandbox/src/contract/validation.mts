import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, Options } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import type { FieldProblem } from '../api/errors.mts';
import { contract, contractName } from './contract.mts';

function newAjv(options: Options): Ajv2020 {
	const ajv = new Ajv2020({ strict: false, validateSchema: false, ...options });
	addFormats.default(ajv);
	ajv.addSchema(contract, contractName, false, false);
	return ajv;
}

function refuseReadOnly(ajv: Ajv2020): Ajv2020 {
	ajv.removeKeyword('readOnly');
	ajv.addKeyword({ keyword: 'readOnly', validate: (readOnly: boolean) => !readOnly });
	return ajv;
}

const bodies = refuseReadOnly(newAjv({ allErrors: true }));
const texts = newAjv({
	allErrors: true,
	coerceTypes: true,
	useDefaults: true,
	removeAdditional: true,
});

/** For responses: reads only, never changes what it checks. */
export const responses = newAjv({});

/** Compiles a request's schemas; parameters arrive as text and are turned into their types. */
export const requestCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
	httpPart === 'body' ? bodies.compile(schema) : texts.compile(schema);

const article = (types: string) =>
	types
		.split(',')
		.filter((type) => type !== 'null')
		.map((type) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`))
		.join(' or ');

const formats: Record<string, string> = {
	email: 'must be an email address',
	date: 'must be a date written YYYY-MM-DD',
	uuid: 'must be an ID',
	uri: 'must be a web address',
};

function sentence({ keyword, params, message }: ErrorObject): string {
	switch (keyword) {
		case 'required':
			return 'is required';
		case 'readOnly':
			return 'is set by BildOut and cannot be written';
		case 'type':
			return `must be ${article(String(params.type))}`;
		case 'enum':
			return `must be one of: ${params.allowedValues.filter((value: unknown) => value !== null).join(', ')}`;
		case 'format':
			return formats[params.format] ?? message!;
		case 'minLength':
			return 'must not be empty';
		case 'minItems':
			return 'needs at least one entry';
		case 'exclusiveMinimum':
			return `must be greater than ${params.limit}`;
		case 'minimum':
			return `must be ${params.limit} or more`;
		case 'maximum':
			return `must be ${params.limit} or less`;
		default:
			return message!;
	}
}

/** `/line_items/0/quantity` → `line_items[0].quantity` */
function fieldName({ instancePath, keyword, params }: ErrorObject): string {
	const missing = keyword === 'required' ? `/${params.missingProperty}` : '';
	return (instancePath + missing)
		.slice(1)
		.replace(/\/(\d+)/g, '[$1]')
		.replaceAll('/', '.');
}

/** Ajv's findings as the `details` of a 422, one per field. */
export function fieldProblems(errors: ErrorObject[]): FieldProblem[] {
	const problems = new Map<string, FieldProblem>();
	for (const error of errors) {
		const field = fieldName(error);
		if (!problems.has(field)) problems.set(field, { field, message: sentence(error) });
	}
	return [...problems.values()];
}
