import { paidRow, receipt } from '../../../tools/lib/receipt.mts';

const invoice = {
	invoice_number: 'INV-0241',
	status: 'draft',
	due_date: '2026-12-22',
	line_items: [
		{ name: 'Cabinet materials', quantity: 100, unit_price: 45, tax_rate: 8.5, amount: 4500 },
		{ name: 'Labor: installation', quantity: 16, unit_price: 75, tax_rate: 0, amount: 1200 },
	],
	subtotal: 5700,
	tax_total: 382.5,
	total: 6082.5,
};

it('shows what the demo made as a person reads it', () => {
	const customer = {
		name: 'Harborview Kitchens LLC',
		email: 'office@harborviewkitchens.com',
		phone: '+1 207 555 0148',
		address: {
			line1: '18 Wharf Street',
			city: 'Portland',
			state: 'ME',
			zip: '04101',
			country: 'US',
		},
	};
	expect(receipt(customer, [invoice]).split('\n')).toEqual([
		'Customer    Harborview Kitchens LLC',
		'            office@harborviewkitchens.com, +1 207 555 0148',
		'            18 Wharf Street, Portland, ME 04101, US',
		'',
		'Invoice     INV-0241, draft, due 2026-12-22',
		'            Cabinet materials: 100 × 45.00              4,500.00  + 8.5 % tax',
		'            Labor: installation: 16 × 75.00             1,200.00',
		'            Subtotal                                    5,700.00',
		'            Tax                                           382.50',
		'            Total                                       6,082.50',
	]);
});

it('leaves out what a customer does not have', () => {
	expect(
		receipt({ name: 'Ann Poe', email: null, phone: null, address: null }, []).split('\n'),
	).toEqual(['Customer    Ann Poe']);
});

it('shows the row that a paid invoice became', () => {
	const row = {
		invoice_number: 'INV-0241',
		total: 6082.5,
		due_date: '2026-12-22',
		paid_noted_at: '2026-12-01T15:04:05.000Z',
	};
	expect(paidRow(row).split('\n')).toEqual([
		'Table       BildOut paid invoices',
		'            INV-0241, due 2026-12-22                    6,082.50',
		'            noted as paid 2026-12-01T15:04:05.000Z',
	]);
});
