import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { changesBetween } from '../../../nodes/BildOut/execution/preview';

const leaf = fc.oneof(
	fc.constantFrom('', 'a', 'b', '12.5', '2025-02-15', true, false),
	fc.integer({ min: -3, max: 3 }),
	fc.constant(null),
);
const row = fc.record(
	{ name: fc.constantFrom('Labor', 'Lumber'), unit_price: fc.integer({ min: 0, max: 3 }) },
	{ requiredKeys: [] },
);
const record: fc.Arbitrary<IDataObject> = fc.record(
	{
		name: leaf,
		budget: leaf,
		address: fc.record({ city: leaf, zip: leaf }, { requiredKeys: [] }),
		line_items: fc.array(row, { maxLength: 4 }),
	},
	{ requiredKeys: [] },
) as never;

/** The record with a change made to it, by the path that the change names. */
function applied(before: IDataObject, changes: ReturnType<typeof changesBetween>): IDataObject {
	const result = structuredClone(before) as Record<string, unknown>;
	for (const { field, after } of changes) {
		const path = field.split(/[.[\]]+/).filter(Boolean);
		let holder = result;
		for (const [index, part] of path.slice(0, -1).entries()) {
			holder[part] ??= /^\d/.test(path[index + 1]) ? [] : {};
			holder = holder[part] as Record<string, unknown>;
		}
		holder[path.at(-1)!] = after;
	}
	return result as IDataObject;
}

describe('What changes between two states of a record', () => {
	it('makes the one of the other, and nothing is left to change', () => {
		fc.assert(
			fc.property(record, record, (before, after) => {
				const changes = changesBetween(before, after);
				const made = applied(before, changes);
				const lines = made.line_items as unknown[] | undefined;
				if (lines) made.line_items = lines.filter((line) => line !== null) as never;
				expect(changesBetween(made, after)).toEqual([]);
				const back = changesBetween(after, before);
				const fieldsOf = (all: typeof back) => all.map(({ field }) => field).sort();
				expect(fieldsOf(back)).toEqual(fieldsOf(changes));
			}),
		);
	});

	it('is nothing between a record and itself as another server would write it', () => {
		const before = {
			total: '12.50',
			due_date: '2025-02-15T00:00:00.000Z',
			notes: null,
			address: { city: 'Tacoma', line2: '' },
			line_items: [{ name: 'Labor', quantity: '2.00', description: null }],
		};
		const after = {
			total: 12.5,
			due_date: '2025-02-15',
			address: { city: 'Tacoma', line2: null },
			line_items: [{ name: 'Labor', quantity: 2 }],
		};
		expect(changesBetween(before, after)).toEqual([]);
	});

	it('names parts of an address and fields of lines by their path, and whole lines', () => {
		const line = { name: 'Labor', unit_price: 75 };
		const added = { name: 'Lumber', unit_price: 5 };
		expect(
			changesBetween(
				{ address: { city: 'Tacoma', zip: '01234' }, line_items: [line, line] },
				{ address: { city: 'Seattle', zip: 1234 }, line_items: [{ ...line, unit_price: '80' }] },
			),
		).toEqual([
			{ field: 'address.city', before: 'Tacoma', after: 'Seattle' },
			{ field: 'address.zip', before: '01234', after: 1234 },
			{ field: 'line_items[0].unit_price', before: 75, after: '80' },
			{ field: 'line_items[1]', before: line, after: null },
		]);
		const after = { name: 'Ace', address: { city: 'X' }, line_items: [added] };
		expect(changesBetween({}, after)).toEqual([
			{ field: 'name', before: null, after: 'Ace' },
			{ field: 'address.city', before: null, after: 'X' },
			{ field: 'line_items[0]', before: null, after: added },
		]);
	});

	it('keeps texts apart that only look like the same number', () => {
		expect(changesBetween({ po: '3.10' }, { po: '3.1' })).toHaveLength(1);
		expect(changesBetween({ on: true }, { on: 'true' })).toHaveLength(1);
		expect(changesBetween({ tags: ['a'] }, { tags: ['a', 'b'] })).toEqual([
			{ field: 'tags', before: ['a'], after: ['a', 'b'] },
		]);
	});
});
