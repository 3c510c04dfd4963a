import { bildOut } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { ADDRESS, PEOPLE, PERSON } from './people.cts';

const bildout = bildOut();

describe.each(PEOPLE)('$resource', ({ resource, path, own }) => {
	const whole: JsonObject = { ...PERSON, ...own };
	const run = bildout.run;
	const add = async (more: JsonObject = {}) => await bildout.create(path, { ...whole, ...more });

	describe('create or update', () => {
		const upsert = { resource, operation: 'upsert', name: '={{ $json.name }}' };
		const byEmail = { ...upsert, matchBy: 'email', email: '={{ $json.email }}' };
		const byName = { ...upsert, matchBy: 'name' };

		it('creates what is not there yet', async () => {
			const { json } = await run(
				{ ...byEmail, additionalFields: { phone: '1' } },
				{ items: [{ name: 'New', email: 'new@example.com' }] },
			);
			const body = { name: 'New', email: 'new@example.com', phone: '1' };
			expect((await bildout.wire()).at(-1)).toEqual([`POST ${path}`, body]);
			const { upsert: done, ...record } = json[0];
			expect(done).toBe('created');
			expect(record).toEqual(await bildout.read(`${path}/${record.id}`));
		});

		it('updates what has the same email, whatever its case, and keeps the rest', async () => {
			const { id } = await add();
			const { json } = await run(byEmail, {
				items: [{ name: 'Harbor View', email: 'OFFICE@HarborViewHomes.example' }],
			});
			expect(json).toMatchObject([{ id, upsert: 'updated', name: 'Harbor View' }]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				name: 'Harbor View',
				phone: PERSON.phone,
				address: ADDRESS,
			});
		});

		it('leaves what exists as it is, where it is told to', async () => {
			const before = await add();
			const { json } = await run(
				{ ...byEmail, ifExists: 'leave', additionalFields: { phone: '1' } },
				{
					items: [
						{ name: 'Other', email: PERSON.email },
						{ name: 'New', email: 'new@example.com' },
					],
				},
			);
			expect(json).toMatchObject([
				{ ...before, upsert: 'found' },
				{ name: 'New', phone: '1', upsert: 'created' },
			]);
			expect(await bildout.read(`${path}/${before.id}`)).toEqual(before);
			const writes = (await bildout.wire()).filter(([line]) => !line.startsWith('GET '));
			expect(writes).toHaveLength(1);
		});

		it('takes an email for what it is, not for a part of one', async () => {
			await add();
			const { json } = await run(byEmail, {
				items: [{ name: 'Other', email: 'fice@harborviewhomes.example' }],
			});
			expect(json).toMatchObject([{ upsert: 'created' }]);
		});

		it('updates what has the same name', async () => {
			const { id } = await add();
			const { json } = await run(
				{ ...byName, additionalFields: { email: 'new@example.com' } },
				{ items: [{ name: 'harbor view HOMES' }] },
			);
			expect(json).toMatchObject([{ id, upsert: 'updated', email: 'new@example.com' }]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ phone: PERSON.phone });
		});

		it('names all that match, and changes none, when several do', async () => {
			const twins = [await add({ name: 'First' }), await add({ name: 'Second' })];
			const { error } = await run(byEmail, { items: [{ name: 'Third', email: PERSON.email }] });
			for (const { id, name } of twins) {
				expect(error?.message).toContain(`${name}`);
				expect(error?.message).toContain(`${id}`);
			}
			expect((await bildout.wire()).every(([line]) => line.startsWith('GET '))).toBe(true);
		});

		it('makes one record of ten items with the same email', async () => {
			const { json } = await run(byEmail, {
				items: Array.from({ length: 10 }, (_unused, index) => ({
					name: `Name ${index}`,
					email: 'one@example.com',
				})),
			});
			expect(json.map((record) => record.upsert)).toEqual(['created', ...Array(9).fill('updated')]);
			const { id } = json[0];
			expect(new Set(json.map((record) => record.id))).toEqual(new Set([id]));
			const found = (await bildout.list(`${path}?search=one@example.com`)).map((one) => one.id);
			expect(found).toEqual([id]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ name: 'Name 9' });
		});

		it('asks for the value to match by before it sends anything', async () => {
			const { error } = await run(byEmail, { items: [{ name: 'New' }] });
			expect(error?.message).toBe("The expression for 'Email' returned no value");
			expect(error?.description).toMatch(/choose Name under 'Match By'\.$/);
			expect(await bildout.wire()).toEqual([]);
		});
	});
});
