import type { IDataObject } from 'n8n-workflow';
import { POLLED_SAMPLES, SAMPLE_EVENTS } from '../../nodes/BildOut/events.ts';
import { bildOut, type NodeRun } from '../support/bildout.cts';
import { read } from '../support/files.cts';
import { CONTINUING, newInvoice, op } from '../support/parameters.cts';
import { PolledWorkflow } from '../support/polling.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { HOLE, shownSamples, TESTED_ELSEWHERE } from '../support/shown-samples.cts';

/**
 * What people copy from the README, docs/ and the errors' hints does what the text around it says, in the
 * situation that it speaks of. A sample that is shown without a test here fails the last test.
 */
const bildout = bildOut();
const SHOWN = shownSamples();
const tested = new Set<string>();

/** Tests of one sample. */
function shown(sample: string, tests: (sample: string) => void): void {
	tested.add(sample);
	describe(sample, () => tests(sample));
}

/** A sample with one test. */
const shownOnce = (sample: string, title: string, test: (sample: string) => unknown) =>
	shown(sample, () => it(title, async () => await test(sample)));

for (const [sample, file, words] of TESTED_ELSEWHERE) {
	shownOnce(sample, `is tested in ${file}`, () => {
		expect(read(`test/${file}.test.cts`).includes(words)).toBe(true);
	});
}

let customer: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id;
});

const withLines = (lineItemsJson: string) => newInvoice(customer, { lineItemsJson });

const bodies = async () =>
	(await bildout.wire()).flatMap(([, body]) => (body ? [body as JsonObject] : []));
const linesOf = ({ line_items }: JsonObject) => line_items as JsonObject[];
const messages = ({ json }: NodeRun) => json.map(({ error }) => error);

const ROWS = [
	{ name: 'Lumber', quantity: 3, unit_price: 19.99 },
	{ name: 'Nails', quantity: '12', unit_price: '0.05' },
	{ name: 'Labor', quantity: 8, unit_price: 75 },
];

shown(
	'{{ $input.all().map(({ json }) => ({ name: json.name, quantity: json.quantity, unit_price: json.unit_price })) }}',
	(expression) => {
		const once = { executeOnce: true };

		it('makes one invoice of all rows, with Execute Once', async () => {
			const items = ROWS.map((row, at) => ({ row_number: at + 2, ...row }));
			await bildout.succeed(withLines(`=${expression}`), { items, node: once });
			const [body, ...others] = await bodies();
			expect(others).toEqual([]);
			expect(linesOf(body)).toEqual([
				ROWS[0],
				{ name: 'Nails', quantity: 12, unit_price: 0.05 },
				ROWS[2],
			]);
		});

		it('names the line that has an empty cell, and sends nothing', async () => {
			const items = [ROWS[0], { ...ROWS[1], quantity: '' }];
			const { error } = await bildout.run(withLines(`=${expression}`), { items, node: once });
			expect(error!.message).toContain('Line 2');
			expect(await bodies()).toEqual([]);
		});
	},
);

shownOnce(
	'{{ $json.lines }}',
	'makes an invoice of the lines that each item carries, and names the one without',
	async (expression) => {
		const items = [{ lines: ROWS.slice(0, 1) }, {}, { lines: ROWS.slice(2) }];
		const run = await bildout.run(withLines(`=${expression}`), { items, node: CONTINUING });
		expect((await bodies()).map(linesOf)).toEqual([ROWS.slice(0, 1), ROWS.slice(2)]);
		expect(messages(run)[1]).toContain("'Line Items (JSON)'");
	},
);

shownOnce(
	'[{"name": "Labor", "quantity": 16, "unit_price": 75, "tax_rate": 8.5}]',
	'is an invoice of 1,302',
	async (sample) => {
		const { json } = await bildout.run(withLines(sample));
		expect(json).toMatchObject([{ total: 1302 }]);
	},
);

const LINE = '{"name": "Labor", "quantity": 16, "unit_price": 75}';
for (const [sample, lines, wrong] of [
	[`[${LINE}]`, `[${LINE}]`, '{"name": "Labor"}'],
	[LINE, `[${LINE}]`, '["Labor"]'],
]) {
	shownOnce(sample, `is what the hint makes of ${wrong}`, async () => {
		const { error } = await bildout.run(withLines(wrong));
		expect(error!.description).toContain(sample);
		expect((await bildout.run(withLines(lines))).json).toMatchObject([{ subtotal: 1200 }]);
	});
}

const lineWith = (more: string) => `[{"name": "Labor", "quantity": 1, "unit_price": 1, ${more}}]`;

shownOnce(
	'{"sku": "A-1"}',
	'under custom_fields reaches BildOut as a field of the line',
	async (sample) => {
		const { error } = await bildout.run(withLines(lineWith('"custom_fields": "A-1"')));
		expect(error!.description).toContain(`"custom_fields": ${sample}`);
		await bildout.run(withLines(lineWith(`"custom_fields": ${sample}`)));
		expect((await bodies()).flatMap(linesOf)).toMatchObject([{ sku: 'A-1' }]);
	},
);

shownOnce(`{"${HOLE}": …}`, 'is how the hint for an unknown field has it', async () => {
	const { error } = await bildout.run(withLines(lineWith('"sku": "A-1"')));
	const [sample] = /\{"sku": …\}/.exec(error!.description!)!;
	const written = lineWith(`"custom_fields": ${sample.replace('…', '"A-1"')}`);
	await bildout.run(withLines(written));
	expect((await bodies()).flatMap(linesOf)).toMatchObject([{ sku: 'A-1' }]);
});

shownOnce(
	'{"name": "Summit Roofing", "email": "office@summitroofing.com"}',
	'is a body that makes a customer',
	async (sample) => {
		const { json } = await bildout.run(
			op('apiRequest send', { method: 'POST', path: '/customers', body: sample }),
		);
		expect(json).toMatchObject([JSON.parse(sample)]);
	},
);

shownOnce('["a", "b"]', 'is the value of a custom field of the type JSON', async (sample) => {
	const customFields = { field: [{ name: 'tags', type: 'json', value: sample }] };
	await bildout.run(newInvoice(customer, { additionalFields: { customFields } }));
	expect(await bodies()).toMatchObject([{ tags: ['a', 'b'] }]);
});

shown("?? ''", (fallback) => {
	const create = (phone: string) =>
		op('customer create', { name: '={{ $json.name }}', additionalFields: { phone } });

	it('makes an empty cell of a field that some items lack', async () => {
		const items = [{ name: 'A', phone: '555' }, { name: 'B' }, { name: 'C', phone: '' }];
		const without = await bildout.run(create('={{ $json.phone }}'), { items, node: CONTINUING });
		expect(messages(without)).toEqual([
			undefined,
			"The expression for 'Phone' returned no value",
			undefined,
		]);
		await bildout.control.clearRequests();
		await bildout.succeed(create(`={{ $json.phone ${fallback} }}`), { items });
		expect(await bodies()).toEqual([{ name: 'A', phone: '555' }, { name: 'B' }, { name: 'C' }]);
	});
});

shownOnce('INV-0042', 'looks like those of the sandbox', async (number) => {
	const { invoice_number: made } = await bildout.createInvoice(customer);
	expect(String(made).replace(/\d/g, '0')).toBe(number.replace(/\d/g, '0'));
});

describe('imports', () => {
	shown('{{ $json.preview }}', (expression) => {
		const create = op('customer create', {
			name: '={{ $json.name }}',
			options: { previewOnly: `=${expression}` },
		});

		it('decides for each row', async () => {
			const items = [
				{ name: 'A', preview: true },
				{ name: 'B', preview: false },
				{ name: 'C', preview: 'TRUE' },
				{ name: 'D', preview: 'no' },
			];
			const { json } = await bildout.run(create, { items });
			expect(json.map(({ preview }) => preview)).toEqual([
				'create',
				undefined,
				'create',
				undefined,
			]);
			expect((await bodies()).map(({ name }) => name)).toEqual(['B', 'D']);
		});

		it.each([[{}], [{ preview: '' }], [{ preview: null }], [{ preview: '  ' }]])(
			'that returns nothing for %j writes nothing',
			async (cell) => {
				const run = await bildout.run(create, {
					items: [{ name: 'A', ...cell }],
					node: CONTINUING,
				});
				expect(messages(run)).toEqual([expect.stringContaining("'Preview Only'")]);
				expect(await bodies()).toEqual([]);
			},
		);
	});

	shownOnce('[{"name": "n8n-nodes-bildout"}]', 'names this package', (sample) => {
		const { name } = JSON.parse(read('package.json'));
		expect(JSON.parse(sample)).toEqual([{ name }]);
	});
});

describe('events', () => {
	const evaluate = (expression: string, json: IDataObject) =>
		bildout.engine.evaluate(`=${expression}`, json);

	shown("{{ $json.type + ' ' + $json.data.id }}", (expression) => {
		it('is the same for both triggers, and differs from one record to another', async () => {
			const polled = new PolledWorkflow(bildout, ['customer.created']);
			await polled.publish();
			const records = [
				await bildout.create('/customers', { name: 'A' }),
				await bildout.create('/customers', { name: 'B' }),
			];
			const keys = (await polled.check()).map((event) => evaluate(expression, event));
			expect(keys.sort()).toEqual(records.map(({ id }) => `customer.created ${id}`).sort());
		});

		it.each([...SAMPLE_EVENTS, ...POLLED_SAMPLES].map(({ event }) => [event.type, event]))(
			'has both parts for the sample of %s',
			(type, event) => {
				const { id } = (event as IDataObject).data as IDataObject;
				expect(evaluate(expression, event as IDataObject)).toBe(`${type} ${id}`);
				expect(id).toBeTruthy();
			},
		);
	});

	for (const sample of [...SHOWN.keys()].filter((key) => key.startsWith('{ "id": "evt_'))) {
		shownOnce(sample, 'is the sample that the panel shows', () => {
			expect(SAMPLE_EVENTS[0].event).toEqual(JSON.parse(sample));
		});
	}
});

shownOnce('{ "data": { … } }', 'is how the sandbox returns one record', async () => {
	const { access_token: token } = await bildout.control.token();
	const response = await fetch(`${bildout.sandbox.url}/api/v1/customers/${customer}`, {
		headers: { authorization: `Bearer ${token}`, 'x-sent-by-test': 'yes' },
	});
	expect(await response.json()).toEqual({ data: expect.objectContaining({ id: customer }) });
});

it('every sample that is shown has a test, and every test a sample that is shown', () => {
	expect([...SHOWN].filter(([sample]) => !tested.has(sample))).toEqual([]);
	expect([...tested].filter((sample) => !SHOWN.has(sample))).toEqual([]);
});
