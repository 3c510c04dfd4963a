/** The words that the seeded account is made of: places, work, materials and the people who do it. */

/** City, state, ZIP and telephone area code that belong together. */
export const places: Array<[city: string, state: string, zip: string, area: string]> = [
	['Seattle', 'WA', '98115', '206'],
	['Tacoma', 'WA', '98402', '253'],
	['Bellevue', 'WA', '98004', '425'],
	['Olympia', 'WA', '98501', '360'],
	['Spokane', 'WA', '99201', '509'],
	['Portland', 'OR', '97214', '503'],
	['Eugene', 'OR', '97401', '541'],
	['Boise', 'ID', '83702', '208'],
	['Vancouver', 'WA', '98660', '360'],
	['Bend', 'OR', '97701', '541'],
];

export const businessKinds = [
	'Homes',
	'Properties',
	'Property Management',
	'Dental Group',
	'Coffee Roasters',
	'Brewing Co.',
	'Veterinary Clinic',
	'Community Church',
	'Auto Body',
	'Bakery',
];

export const vendorTrades: Array<
	[trade: string, type: 'supplier' | 'subcontractor' | 'consultant']
> = [
	['Lumber Supply', 'supplier'],
	['Ready-Mix Concrete', 'supplier'],
	['Tile & Stone', 'supplier'],
	['Roofing Supply', 'supplier'],
	['Tool Rental', 'supplier'],
	['Electric', 'subcontractor'],
	['Plumbing', 'subcontractor'],
	['Drywall', 'subcontractor'],
	['Heating & Air', 'subcontractor'],
	['Painting', 'subcontractor'],
	['Excavation', 'subcontractor'],
	['Structural Engineering', 'consultant'],
	['Architecture Studio', 'consultant'],
	['Land Surveying', 'consultant'],
];

export const vendorNotes = [
	'Net 30. Delivers on Tuesdays and Fridays.',
	'Call the day before to confirm the crew.',
	'Certificate of insurance on file until next June.',
	'Asks for half up front on orders over $5,000.',
	null,
	null,
];

/** The work, and about what it costs. */
export const jobs: Array<[job: string, description: string, budget: number]> = [
	['Kitchen Remodel', 'Cabinets, counters, lighting and a new island', 48_000],
	['Bathroom Remodel', 'Walk-in shower, tile floor, double vanity', 27_500],
	['Deck Rebuild', 'Remove the old deck, new footings, cedar boards and rail', 19_800],
	['Garage Addition', 'Two-car garage with a workshop along the back', 86_000],
	['Roof Replacement', 'Tear-off, new underlayment and architectural shingles', 24_300],
	['Basement Finish', 'Framing, insulation, drywall and an egress window', 41_000],
	['Accessory Dwelling', 'Backyard cottage of 640 square feet', 178_000],
	['Storefront Build-Out', 'Partition walls, counter, lighting and accessible restroom', 96_500],
	['Fence and Gate', 'Cedar fence along three sides, steel drive gate', 14_200],
	['Siding and Windows', 'Fiber-cement siding and fourteen new windows', 62_000],
];

/** What is billed: name, description, from and to price of one, most of them on one line, tax rate. */
export const billables: Array<
	[
		name: string,
		description: string | null,
		from: number,
		to: number,
		most: number,
		taxRate: number | null,
	]
> = [
	['Framing lumber', '2x6 and 2x10, kiln dried', 6.5, 14.75, 180, 8.5],
	['Concrete, delivered', 'Per cubic yard, 4000 psi', 168, 195, 14, 8.5],
	['Drywall sheets', '1/2 inch, 4 by 8 feet', 13.8, 19.5, 90, 8.5],
	['Porcelain tile', 'Per square foot', 4.9, 11.25, 220, 8.5],
	['Architectural shingles', 'Per square, with underlayment', 132, 168, 28, 8.5],
	['Cedar deck boards', 'Per linear foot', 3.1, 5.4, 420, 8.5],
	['Windows', 'Vinyl, double-pane, low-e', 310, 640, 14, 8.5],
	['Labor: carpentry', 'Per hour', 72, 88, 64, null],
	['Labor: installation', 'Per hour', 68, 82, 48, null],
	['Labor: demolition', 'Per hour', 58, 66, 24, null],
	['Electrical rough-in', 'Subcontracted', 1_400, 4_800, 1, null],
	['Plumbing rough-in', 'Subcontracted', 1_600, 5_200, 1, null],
	['Permit and inspection fees', 'Passed on at cost', 240, 1_150, 1, null],
	['Dumpster rental', '20 yards, one week', 420, 560, 3, 8.5],
	['Site cleanup', null, 180, 420, 2, null],
	['Project management', 'Per week on site', 650, 900, 6, null],
];

export const invoiceNotes = [
	'Thank you for your business!',
	'Please put the invoice number on your check.',
	'Second of three progress payments.',
	'Includes the change order agreed on site.',
	null,
	null,
];
