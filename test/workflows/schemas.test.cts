import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { invoiceRecord } from '../../nodes/BildOut/records/invoice.ts';
import { bildOut } from '../support/bildout.cts';
import { filesIn, read, ROOT } from '../support/files.cts';
import { everyOperation, type Operation } from '../support/operations.cts';

const SCHEMAS = 'nodes/BildOut/__schema__/v1.0.0';
const fileOf = ({ parameters: { resource, operation } }: Operation) =>
	`${SCHEMAS}/${resource}/${operation}.json`;

/** The library that the sandbox holds its contract with. */
const { default: Ajv } = createRequire(join(ROOT, 'sandbox/package.json'))('ajv') as {
	default: new (options: object) => {
		compile(schema: object): { (data: unknown): boolean; errors?: unknown };
	};
};

/** What only some BildOuts send. */
const { extraFields = [] } = invoiceRecord;
const OPTIONAL = [...extraFields, 'sent_at', 'viewed_at', 'paid_at', 'check'];

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/** The schema with every field required and no other allowed: what a user is shown must be all there is. */
function exact(schema: Schema): object {
	const { properties, items, ...rest } = schema;
	return {
		...rest,
		...(items && { items: exact(items) }),
		...(properties && {
			properties: Object.fromEntries(
				Object.entries(properties).map(([name, inner]) => [name, exact(inner)]),
			),
			required: Object.keys(properties).filter((name) => !OPTIONAL.includes(name)),
			additionalProperties: false,
		}),
	};
}

const bildout = bildOut();

/** Gives what is created an address with all its parts, which BildOut keeps as it is given. */
const PLACE = { city: 'Tacoma', state: 'WA', zip: '98402', country: 'US' };
const ADDRESSED = { additionalFields: { address: { line1: '1', line2: '2', ...PLACE } } };

/** An invoice whose price BildOut rounds, so that it bills otherwise. */
const ROUNDED = { lineItemsJson: '[{"name": "Screw", "quantity": 7000, "unit_price": 0.1648}]' };

it('names every field that an operation gives, and no other', async () => {
	const operations = await everyOperation(bildout);
	const create = operations.find(({ name }) => name === 'invoice: create')!;
	const rounded = { ...create, parameters: { ...create.parameters, ...ROUNDED } };
	for (const one of [rounded, ...operations]) {
		const { name, parameters } = one;
		const { resource, operation } = parameters;
		const schema = JSON.parse(read(fileOf(one))) as Schema;
		const validate = new Ajv({ strict: false, allErrors: true }).compile(exact(schema));
		const creates = resource !== 'invoice' && ['create', 'upsert'].includes(operation);
		const { json, error } = await bildout.run({ ...parameters, ...(creates && ADDRESSED) });
		expect({ name, error }).toEqual({ name, error: undefined });
		expect(json.length).toBeGreaterThan(0);
		if (parameters === rounded.parameters) expect(json[0]).toHaveProperty('check.billed', 1120);
		for (const record of json as IDataObject[]) {
			const errors = validate(record) ? [] : validate.errors;
			expect({ name, errors, record }).toEqual({ name, errors: [], record });
		}
	}
});

it('has a schema for each operation, and for nothing that does not exist', async () => {
	const operations = await everyOperation(bildout);
	expect(filesIn(`${SCHEMAS}/*`).sort()).toEqual(operations.map(fileOf).sort());
});
