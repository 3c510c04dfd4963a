import type { JsonObject } from '../support/sandbox.cts';

/** Customers and vendors are made alike, so their tests are the same. */

export const ADDRESS = {
	line1: '410 Maple Street',
	line2: 'Suite 200',
	city: 'Tacoma',
	state: 'WA',
	zip: '98402',
	country: 'US',
};

export const PERSON = {
	name: 'Harbor View Homes',
	email: 'office@harborviewhomes.example',
	phone: '(206) 555-0142',
	address: ADDRESS,
};

/** Each kind, with the fields that only it has. */
export const PEOPLE: Array<{ resource: string; path: string; own: JsonObject }> = [
	{ resource: 'customer', path: '/customers', own: {} },
	{
		resource: 'vendor',
		path: '/vendors',
		own: { type: 'subcontractor', notes: 'Net 30. Delivers on Tuesdays.' },
	},
];
