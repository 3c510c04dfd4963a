import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IDataObject } from 'n8n-workflow';

import { POLLED_SAMPLES, SAMPLE_EVENTS } from '../../nodes/BildOut/events.ts';
import { bildOut, locator, type NodeOptions, type NodeRun } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import { PolledWorkflow } from '../support/polling.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { HOLE, shownSamples, TESTED_ELSEWHERE } from '../support/shown-samples.cts';
import { writtenLists } from '../support/written-lists.cts';

/**
 * What people copy from the README, docs/ and the errors' hints does what the text around it says, in the
 * situation that it speaks of. A sample that is shown without a test here fails the last test.
 */
const bildout = bildOut();
const lists = writtenLists();
const ROOT = resolve(__dirname, '../..');

const SHOWN = shownSamples();
const tested = new Set<string>();

/** Tests of one sample. */
function shown(sample: string, tests: (sample: string) => void): void {
	tested.add(sample);
	describe(sample, () => tests(sample));
}

for (const [sample, file, words] of TESTED_ELSEWHERE) {
	shown(sample, () => {
		it(`is tested in ${file}`, () => {
			expect(readFileSync(join(ROOT, 'test', `${file}.test.cts`), 'utf8').includes(words)).toBe(
				true,
			);
		});
	});
}

let customer: string;

beforeEach(async () => {
	const { id } = await bildout.create('/customers', { name: 'Harbor View Homes' });
	customer = id as string;
});

const GO_ON: NodeOptions['node'] = { onError: 'continueRegularOutput' };

const invoice = (more: object = {}) =>
	op('invoice create', {
		customerId: locator(customer),
		dueDate: '2025-03-01',
		lineItemsInput: 'json',
		lineItemsJson: '[{"name": "Labor", "quantity": 1, "unit_price": 1}]',
		...more,
	});
const withLines = (lineItemsJson: string) => invoice({ lineItemsJson });
const byNumber = (value: string, mode = 'number') =>
	op('invoice get', { invoiceId: locator(value, mode) });

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

		it.each(['invoice', 'apiRequest'])('is refused without Execute Once: %s', async (resource) => {
			const send = op('apiRequest send', {
				method: 'POST',
				path: '/invoices',
				body: `=${expression}`,
			});
			const parameters = resource === 'invoice' ? withLines(`=${expression}`) : send;
			const { error } = await bildout.run(parameters, { items: ROWS });
			expect(error!.message).toContain('reads all 3 input items');
			expect(error!.description).toContain("'Execute Once'");
			expect(await bodies()).toEqual([]);
		});
	},
);

shown('{{ $json.lines }}', (expression) => {
	it('makes an invoice of the lines that each item carries, and names the one without', async () => {
		const items = [{ lines: ROWS.slice(0, 1) }, {}, { lines: ROWS.slice(2) }];
		const run = await bildout.run(withLines(`=${expression}`), { items, node: GO_ON });
		expect((await bodies()).map(linesOf)).toEqual([ROWS.slice(0, 1), ROWS.slice(2)]);
		expect(messages(run)[1]).toContain("'Line Items (JSON)'");
	});
});

shown('[{"name": "Labor", "quantity": 16, "unit_price": 75, "tax_rate": 8.5}]', (sample) => {
	it('is an invoice of 1,302', async () => {
		const { json } = await bildout.run(withLines(sample));
		expect(json).toMatchObject([{ total: 1302 }]);
	});
});

const LINE = '{"name": "Labor", "quantity": 16, "unit_price": 75}';
for (const [sample, lines, wrong] of [
	[`[${LINE}]`, `[${LINE}]`, '{"name": "Labor"}'],
	[LINE, `[${LINE}]`, '["Labor"]'],
]) {
	shown(sample, () => {
		it(`is what the hint makes of ${wrong}`, async () => {
			const { error } = await bildout.run(withLines(wrong));
			expect(error!.description).toContain(sample);
			expect((await bildout.run(withLines(lines))).json).toMatchObject([{ subtotal: 1200 }]);
		});
	});
}

const lineWith = (more: string) => `[{"name": "Labor", "quantity": 1, "unit_price": 1, ${more}}]`;

shown('{"sku": "A-1"}', (sample) => {
	it('under custom_fields reaches BildOut as a field of the line', async () => {
		const { error } = await bildout.run(withLines(lineWith('"custom_fields": "A-1"')));
		expect(error!.description).toContain(`"custom_fields": ${sample}`);
		await bildout.run(withLines(lineWith(`"custom_fields": ${sample}`)));
		expect((await bodies()).flatMap(linesOf)).toMatchObject([{ sku: 'A-1' }]);
	});
});

shown(`{"${HOLE}": …}`, () => {
	it('is how the hint for an unknown field has it', async () => {
		const { error } = await bildout.run(withLines(lineWith('"sku": "A-1"')));
		const [sample] = /\{"sku": …\}/.exec(error!.description!)!;
		const written = lineWith(`"custom_fields": ${sample.replace('…', '"A-1"')}`);
		await bildout.run(withLines(written));
		expect((await bodies()).flatMap(linesOf)).toMatchObject([{ sku: 'A-1' }]);
	});
});

shown('{"name": "Summit Roofing", "email": "office@summitroofing.com"}', (sample) => {
	it('is a body that makes a customer', async () => {
		const { json } = await bildout.run(
			op('apiRequest send', { method: 'POST', path: '/customers', body: sample }),
		);
		expect(json).toMatchObject([JSON.parse(sample)]);
	});
});

shown('["a", "b"]', (sample) => {
	it('is the value of a custom field of the type JSON', async () => {
		const customFields = { field: [{ name: 'tags', type: 'json', value: sample }] };
		await bildout.run(invoice({ additionalFields: { customFields } }));
		expect(await bodies()).toMatchObject([{ tags: ['a', 'b'] }]);
	});
});

shown("?? ''", (fallback) => {
	const create = (phone: string) =>
		op('customer create', { name: '={{ $json.name }}', additionalFields: { phone } });

	it('makes an empty cell of a field that some items lack', async () => {
		const items = [{ name: 'A', phone: '555' }, { name: 'B' }, { name: 'C', phone: '' }];
		const without = await bildout.run(create('={{ $json.phone }}'), { items, node: GO_ON });
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

describe('dates', () => {
	shown('{{ $now.plus({ days: 30 }) }}', (expression) => {
		it.each(['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'])(
			'is the day in 30 days of a workflow in %s',
			async (timezone) => {
				const dayThere = () => {
					const today = new Intl.DateTimeFormat('sv', { timeZone: timezone }).format();
					return new Date(Date.parse(today) + 30 * 86_400_000).toISOString().slice(0, 10);
				};
				const before = dayThere();
				await bildout.run(invoice({ dueDate: `=${expression}` }), {
					items: [{}, {}],
					settings: { timezone },
				});
				const days = (await bodies()).map(({ due_date }) => due_date);
				expect([before, dayThere()]).toContain(days[0]);
				expect(days).toHaveLength(2);
			},
		);
	});

	shown('2025-02-15', (day) => {
		it('arrives as it is, with a time too, in every time zone', async () => {
			for (const timezone of ['America/Los_Angeles', 'Pacific/Kiritimati']) {
				await bildout.control.clearRequests();
				for (const dueDate of [day, `${day}T23:30:00Z`]) {
					await bildout.run(invoice({ dueDate }), { settings: { timezone } });
				}
				expect(await bodies()).toMatchObject([{ due_date: day }, { due_date: day }]);
			}
		});
	});

	shown('2/15/2025', (day) => {
		it('is refused with an expression', async () => {
			const { error } = await bildout.run(invoice({ dueDate: day }));
			expect(error!.description).toMatch(/\{\{ .*DateTime.fromFormat\(.* \}\}/);
			expect(await bodies()).toEqual([]);
		});
	});
});

describe('numbers of invoices', () => {
	/** Looks an invoice up by number where there is one of the number `there`. What is found is then read. */
	async function find(number: string, there: string): Promise<NodeRun> {
		lists.set('invoices', [
			{ id: 'other', invoice_number: 'INV-00420' },
			{ id: 'it', invoice_number: there },
		]);
		const credential = await bildout.connect({ baseUrl: lists.url });
		return await bildout.run(byNumber(number), { credential });
	}

	const SAME = ['INV-00042', '00042', '42'];
	for (const number of SAME) {
		shown(number, () => {
			it.each(SAME)('is found as %s', async (other) => {
				await find(other, number);
				expect(lists.asked.at(-1)).toBe('/api/v1/invoices/it');
			});
		});
	}

	shown('ACME-00042', (number) => {
		it.each(SAME.slice(0, 1))('is not %s', async (other) => {
			const { error } = await find(number, other);
			expect(lists.asked.at(-1)).not.toContain('/invoices/');
			expect(error!.message).toContain(number);
		});
	});

	it('a plain 42 under By ID is an ID', async () => {
		await bildout.run(byNumber('42', 'id'));
		expect(await bildout.wire()).toEqual([['GET /invoices/42']]);
	});

	shown('INV-0042', (number) => {
		it('looks like those of the sandbox', async () => {
			const { invoice_number: made } = await bildout.create('/invoices', {
				client_id: customer,
				due_date: '2025-03-01',
				line_items: [{ name: 'Labor', quantity: 1, unit_price: 1 }],
			});
			expect(String(made).replace(/\d/g, '0')).toBe(number.replace(/\d/g, '0'));
		});
	});
});

describe('cells', () => {
	for (const cell of ['#REF!', '#N/A']) {
		shown(cell, () => {
			it('is refused', async () => {
				const { error } = await bildout.run(invoice({ additionalFields: { notes: cell } }));
				expect(error!.message).toContain(cell);
				expect(await bodies()).toEqual([]);
			});
		});
	}

	shown('[U+200B]', (code) => {
		it('is how an error shows what nobody sees', async () => {
			const { error } = await bildout.run(invoice({ dueDate: 'so\u200bon' }));
			expect(error!.message).toContain(`so${code}on`);
		});
	});
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
				const run = await bildout.run(create, { items: [{ name: 'A', ...cell }], node: GO_ON });
				expect(messages(run)).toEqual([expect.stringContaining("'Preview Only'")]);
				expect(await bodies()).toEqual([]);
			},
		);
	});

	shown('JOB-1042-2025-03', (id) => {
		it('is made once', async () => {
			const upsert = { ...invoice(), operation: 'upsert', externalId: '={{ $json.job }}' };
			const items = [{ job: id }, { job: `${id}-2` }];
			const first = await bildout.run(upsert, { items });
			const second = await bildout.run(upsert, { items });
			expect(first.json.map((item) => item.upsert)).toEqual(['created', 'created']);
			expect(second.json.map((item) => item.id)).toEqual(first.json.map((item) => item.id));
		});
	});

	shown('[{"name": "n8n-nodes-bildout"}]', (sample) => {
		it('names this package', () => {
			const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
			expect(JSON.parse(sample)).toEqual([{ name }]);
		});
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
		shown(sample, () => {
			it('is the sample that the panel shows', () => {
				expect(SAMPLE_EVENTS[0].event).toEqual(JSON.parse(sample));
			});
		});
	}

	shown('1, 7, 14, 30', (overdueSteps) => {
		it('brings Invoice Overdue at each of these days, once', async () => {
			const account = await bildout.connect({ baseUrl: lists.url });
			const polled = new PolledWorkflow(bildout, ['invoice.overdue'], {
				parameters: { options: { overdueSteps } },
				settings: { timezone: 'UTC' },
				node: { credentials: { bildOutOAuth2Api: account } },
			});
			const overdueBy = (days: number) => {
				const due = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
				lists.set('invoices', [{ id: 'i', status: 'sent', due_date: due, amount_due: 1 }]);
			};
			overdueBy(0);
			await polled.publish();
			// Another due date stands for the days that pass, so each is the first of its own.
			const steps: unknown[] = [];
			for (const days of [1, 6, 7, 13, 14, 29, 30, 31]) {
				overdueBy(days);
				steps.push(...(await polled.check()).map(({ step }) => step));
				expect(await polled.check()).toEqual([]);
			}
			expect(steps).toEqual([1, 1, 7, 7, 14, 14, 30, 30]);
		});
	});
});

shown('{ "data": { … } }', () => {
	it('is how the sandbox returns one record', async () => {
		const { access_token: token } = await bildout.control.token();
		const response = await fetch(`${bildout.sandbox.url}/api/v1/customers/${customer}`, {
			headers: { authorization: `Bearer ${token}`, 'x-sent-by-test': 'yes' },
		});
		expect(await response.json()).toEqual({ data: expect.objectContaining({ id: customer }) });
	});
});

it('every sample that is shown has a test, and every test a sample that is shown', () => {
	expect([...SHOWN].filter(([sample]) => !tested.has(sample))).toEqual([]);
	expect([...tested].filter((sample) => !SHOWN.has(sample))).toEqual([]);
});
