import { outputShaper } from '../../../nodes/BildOut/input/output.ts';
import { customerRecord } from '../../../nodes/BildOut/records/customer.ts';
import { itemIn } from '../../support/item.cts';

describe('The shape of a list', () => {
	it('is asked of n8n once, however many records there are', async () => {
		const asked: string[] = [];
		const item = itemIn(undefined, {
			param: (name, fallback) => {
				asked.push(name);
				return fallback;
			},
			collection: () => ({}),
		});
		const shape = outputShaper(item, customerRecord);
		const shaped = await Promise.all(
			Array.from({ length: 100 }, async (_, index) => await shape({ id: `c${index}`, org: 'x' })),
		);
		expect(shaped[99]).toMatchObject({ id: 'c99', name: null });
		expect(shaped[99]).not.toHaveProperty('org');
		expect(asked).toEqual(['simplify']);
	});
});
