import { bildOut, locator } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { ADDRESS, PEOPLE, PERSON } from './people.cts';

const bildout = bildOut();

describe.each(PEOPLE)('$resource', ({ resource, path, own }) => {
	const idName = `${resource}Id`;
	const whole: JsonObject = { ...PERSON, ...own };
	const run = bildout.run;
	const add = async (more: JsonObject = {}) => await bildout.create(path, { ...whole, ...more });

	describe('update', () => {
		it('changes one field and leaves all others', async () => {
			const before = await add({ tier: 'gold' });
			const { json } = await run({
				resource,
				operation: 'update',
				[idName]: locator(before.id as string),
				updateFields: { phone: '(206) 555-0199' },
			});
			expect(await bildout.wire()).toEqual([
				[`GET ${path}/${before.id}`],
				[`PUT ${path}/${before.id}`, { ...whole, tier: 'gold', phone: '(206) 555-0199' }],
			]);
			const after = await bildout.read(`${path}/${before.id}`);
			expect(json).toEqual([after]);
			const { updated_at: _before, ...kept } = before;
			const { updated_at: _after, ...now } = after;
			expect(now).toEqual({ ...kept, phone: '(206) 555-0199' });
		});

		it('changes only the given parts of an address', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { address: { line2: 'Suite 300' } },
			});
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				address: { ...ADDRESS, line2: 'Suite 300' },
			});
		});

		it('tells leaving a field out, setting it to empty and clearing it apart', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { name: 'Harbor View', address: { line2: '' } },
				clearFields: ['phone', 'address.zip'],
			});
			expect((await bildout.wire())[1]).toEqual([
				`PUT ${path}/${id}`,
				{
					...whole,
					name: 'Harbor View',
					phone: null,
					address: { ...ADDRESS, line2: '', zip: null },
				},
			]);
		});

		it('clears a field that an expression turns into null', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { phone: '={{ null }}' },
			});
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ phone: null, name: PERSON.name });
		});

		it('writes just the given fields when told to', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { name: 'Harbor View', email: PERSON.email },
				options: { sendOnlyGivenFields: true },
			});
			expect(await bildout.wire()).toEqual([
				[`PUT ${path}/${id}`, { name: 'Harbor View', email: PERSON.email }],
			]);
		});

		it('refuses to change nothing, and to set and clear the same field', async () => {
			const { id } = await add();
			const nothing = await run({ resource, operation: 'update', [idName]: locator(id as string) });
			expect(nothing.error?.message).toBe('No fields to update');
			const both = await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { phone: '1' },
				clearFields: ['phone'],
			});
			expect(both.error?.message).toMatch(
				/phone.* is set in both 'update fields' and 'clear fields'/i,
			);
			expect(await bildout.wire()).toEqual([]);
		});

		it('loses none of several changes to the same record', async () => {
			const { id } = await add();
			await bildout.control.config({ latencyMs: 10 });
			await run(
				{
					resource,
					operation: 'update',
					[idName]: locator(id as string),
					updateFields: {
						customFields: { field: [{ name: '={{ $json.field }}', value: '={{ $json.value }}' }] },
					},
				},
				{
					items: [
						{ field: 'gate_code', value: '1' },
						{ field: 'crew', value: '2' },
						{ field: 'parking', value: '3' },
					],
				},
			);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				gate_code: '1',
				crew: '2',
				parking: '3',
				address: ADDRESS,
			});
		});
	});
});
