import { outputShaper } from '../../../nodes/BildOut/input/output.ts';
import type { IDataObject } from 'n8n-workflow';
import { invoiceRecord } from '../../../nodes/BildOut/records/invoice.ts';
import type { RecordType } from '../../../nodes/BildOut/records/recordType.ts';
import { customerRecord } from '../../../nodes/BildOut/records/customer.ts';
import { itemIn } from '../../support/item.cts';

describe('A simplified record', () => {
	const simplify = async (type: RecordType, record: IDataObject) => {
		const item = itemIn(undefined, {
			param: (_: string, fallback: unknown) => fallback,
			collection: () => ({}),
		});
		return await outputShaper(item, type)(record);
	};

	it('keeps an address that is one text, whole', async () => {
		const address = '1200 Larimer St, Denver, CO';
		const simple = await simplify(customerRecord, { id: 'c1', address });
		expect(simple).toMatchObject({ id: 'c1', address });
		expect(Object.keys(simple).filter((key) => key.startsWith('address'))).toEqual(['address']);
	});

	it.each([undefined, null, '', {}])('has the parts of an address that is %j', async (address) => {
		const simple = await simplify(customerRecord, { id: 'c1', address } as IDataObject);
		expect(simple).toMatchObject({ address_line1: null, address_city: null });
		expect(simple).not.toHaveProperty('address');
	});

	it('keeps where the customer pays an invoice, and its file, where BildOut sends them', async () => {
		const there = { payment_link_token: 'tok', pdf_url: 'https://bildout.com/1.pdf' };
		expect(await simplify(invoiceRecord, { id: 'i1', ...there })).toMatchObject(there);
		const without = await simplify(invoiceRecord, { id: 'i1', pdf_url: null });
		expect(Object.keys(without)).toHaveLength(10);
	});
});

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
