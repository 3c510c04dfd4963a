import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { bildOut } from '../support/bildout.cts';
import { setNodeClock } from '../support/clock.cts';
import { type PolledEvent, PolledWorkflow } from '../support/polling.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

const b = bildOut();
const server = scriptedServer();

/** What the server lists, a page at a time, whatever filter it is asked for. */
const lists = new Map<string, IDataObject[]>();
/** The requests that get no response. */
let hanging: RegExp | undefined;

beforeEach(() => {
	lists.clear();
	server.respond((request, query) => {
		if (hanging?.test(`${request}?${query}`)) return new Promise(() => {});
		const all = (lists.get(request.replace('GET /', '')) ?? []) as JsonObject[];
		const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit') ?? 20)];
		const total_pages = Math.ceil(all.length / limit);
		const pagination = { page, limit, total: all.length, total_pages };
		const reset = { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60) };
		return [200, { data: all.slice((page - 1) * limit, page * limit), pagination }, reset];
	});
});
afterEach(() => jest.restoreAllMocks());

type Lists = Record<string, IDataObject[]>;

/** A workflow whose credential leads to the server. */
function polledFrom(events: string[], parameters: IDataObject = {}): PolledWorkflow {
	const oauthTokenData = { access_token: 'token' };
	const client = { ...SANDBOX_CLIENT, baseUrl: server.url, oauthTokenData };
	const bildOutOAuth2Api = b.engine.credentials.add(client as never);
	const node = { credentials: { bildOutOAuth2Api } };
	return new PolledWorkflow(b, events, { parameters: parameters as never, node });
}

function setLists(all: Lists): void {
	for (const [path, records] of Object.entries(all)) lists.set(path, records);
}

/** One that was published while these vendors were there. */
async function publishedWith(
	vendors: IDataObject[],
	events = ['vendor.created'],
	parameters?: IDataObject,
): Promise<PolledWorkflow> {
	lists.set('vendors', vendors);
	const polled = polledFrom(events, parameters);
	await polled.publish();
	return polled;
}

const brief = (events: PolledEvent[]) => events.map(({ type, data }) => `${type} ${data.id}`);
const failure = async (check: Promise<unknown>) =>
	await check.then(
		() => 'no failure',
		(error: Error & { description?: string }) => `${error.message} | ${error.description}`,
	);

const DAY_MS = 24 * 60 * 60 * 1000;
const sent_at = '2026-03-01T10:00:00Z';
const created_at = '2025-01-01T00:00:00Z';
const invoice = (id: string, status: string, fields: IDataObject = {}): IDataObject => ({
	id,
	status,
	due_date: '2099-01-01',
	...fields,
});
const payment = (id: string, status?: string, fields: IDataObject = {}): IDataObject => ({
	id,
	direction: 'incoming',
	...(status && { status }),
	...fields,
});
const vendor = (number: number, fields: IDataObject = {}): IDataObject => ({
	id: `v${number}`,
	name: `Vendor ${number}`,
	...fields,
});
const vendors = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => vendor(from + index));

/** A day so many days from today, in the time zone of the workflow. */
const day = (offset: number) =>
	new Intl.DateTimeFormat('sv', { timeZone: 'America/Los_Angeles' }).format(
		Date.now() + offset * DAY_MS,
	);
const due = (status: string, dueIn: number) => ({
	invoices: [{ id: 'i', status, due_date: day(dueIn), amount_due: 10 }],
});

/** What BildOut lists at a check, and what the check brings, in any order: `type id`, or a failure. */
type Step = [Lists | IDataObject[], string?, RegExp?];

/** The title; the events that are chosen; the steps, of which the first is what is there at publishing. */
type Story = [string, string, Step[], More?];

interface More {
	options?: IDataObject;
	/** What of an event is compared, besides its type and the ID of the record. */
	label?: (event: PolledEvent) => string;
	warnings?: RegExp[];
	isInOrder?: boolean;
}

/** The list that the first of the events is about. */
const listOf = (events: string) => (events === '*' ? 'vendors' : `${events.split('.')[0]}s`);
const each = (text: string) => text.split(' ');
const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);
const eventsOf = (type: string, ids: string[]) => ids.map((id) => `${type} ${id}`).join(', ');

/** The steps of one record in a number of statuses, of which those that are marked bring the event. */
const statuses = (
	make: (status: string) => IDataObject,
	event: string,
	...words: string[]
): Step[] => words.map((word) => [[make(word.replace('!', ''))], word.endsWith('!') ? event : '']);

const NOT_ARRIVED = each('requires_confirmation expired returned rejected on_hold');
const ARRIVED = each('succeeded Paid completed');
const LOST = each('failed declined canceled expired rejected refunded');
const first = payment('in', 'processing');

const PAYMENTS: Story[] = [
	[
		'Payment Received comes only for a status that shows that the money arrived',
		'payment.received payment.sent',
		[
			[[]],
			[
				[
					...[...NOT_ARRIVED, ...ARRIVED].map((status) => payment(status, status)),
					payment('made'),
					payment('sent', 'on_hold', { direction: 'outgoing' }),
				],
				eventsOf('payment.received', [...ARRIVED, 'made']),
			],
		],
	],
	[
		'a payment with an unknown status is not received, with one warning a status',
		'payment.received',
		[[[]], ...times(2, [each('held waiting held').map((status, n) => payment(`${n}`, status))])],
		{ warnings: [/the status 'held' is unknown/, /the status 'waiting' is unknown/] },
	],
	[
		'Payment Status Changed comes for what is first seen as failed, canceled or refunded',
		'payment.status_changed payment.received',
		[
			[[]],
			[
				[...LOST.map((status) => payment(status, status)), payment('q', 'processing')],
				eventsOf('payment.status_changed', LOST),
			],
			[{}],
		],
	],
	[
		'another spelling of a status is no change',
		'payment.status_changed',
		['in_progress', 'In Progress', 'IN-PROGRESS', ' inProgress '].map((s) => [[payment('p', s)]]),
	],
	[
		'a payment that was disputed and then won is not received again',
		'payment.received',
		statuses(
			(status) => payment('p', status),
			'payment.received p',
			...each('processing succeeded! disputed succeeded'),
		),
	],
	[
		'the direction of a payment decides between received and sent',
		'payment.received payment.sent payment.status_changed',
		[
			[[]],
			[[first, { id: 'out', vendor_id: 'v' }], 'payment.sent out'],
			[[{ ...first, status: 'succeeded' }], 'payment.status_changed in, payment.received in'],
		],
	],
];

const later = { sent_at: '2026-03-09T10:00:00Z' };
const BY_NOW = each('paid partial overdue void');

const INVOICES: Story[] = [
	[
		'Invoice Paid, chosen alone, comes for an older invoice when the only paid one is deleted',
		'invoice.paid',
		[
			[[invoice('a', 'paid'), invoice('b', 'sent', { created_at })]],
			[[invoice('b', 'paid', { created_at })], 'invoice.paid b'],
		],
	],
	[
		'Invoice Paid, chosen alone, comes for an older invoice when the only paid one is not paid any more',
		'invoice.paid',
		[
			[[invoice('a', 'paid'), invoice('b', 'sent', { created_at })]],
			...times(2, [[invoice('a', 'sent'), invoice('b', 'sent', { created_at })]]),
			[[invoice('a', 'sent'), invoice('b', 'paid', { created_at })], 'invoice.paid b'],
			[{}],
		],
	],
	[
		'Invoice Sent comes by sent_at, whatever the status is by now',
		'invoice.sent',
		[
			[BY_NOW.map((status) => invoice(status, 'draft', { sent_at: null }))],
			[
				[...BY_NOW, ...BY_NOW.map((status) => `new ${status}`)].map((id) =>
					invoice(id, id.replace('new ', ''), { sent_at }),
				),
				eventsOf('invoice.sent', [...BY_NOW, ...BY_NOW.map((status) => `new ${status}`)]),
			],
			[{}],
		],
	],
	[
		'Invoice Sent comes again, with its time, where an invoice is sent another time',
		'invoice.sent',
		[
			[[invoice('i', 'draft')]],
			[[invoice('i', 'sent', { sent_at })], 'invoice.sent i 2026-03-01T10:00:00.000Z'],
			[[invoice('i', 'sent', { sent_at: '2026-03-01 10:00:00+00' })]],
			[[invoice('i', 'sent', later)], 'invoice.sent i 2026-03-09T10:00:00.000Z'],
		],
		{ label: ({ created_at: at }) => at },
	],
	[
		'Invoice Sent comes once where sent_at comes after the status',
		'invoice.sent',
		[
			[[invoice('i', 'draft')]],
			[[invoice('i', 'sent', { sent_at: null })], 'invoice.sent i'],
			[[invoice('i', 'sent', { sent_at })]],
		],
	],
	...each('partially_paid Partial overdue').map((status): Story => {
		const amounts = { amount_paid: '10.00', amount_due: '5.00' };
		const is = (now: string) => invoice('i', now, now === 'overdue' ? amounts : {});
		const words = ['sent', `${status}!`, 'disputed', status, 'sent', `${status}!`];
		return [
			`Invoice Partly Paid comes for ${status}, once until the invoice leaves the state`,
			'invoice.partially_paid',
			statuses(is, 'invoice.partially_paid i', ...words),
		];
	}),
];

const owing = (id: string, dueIn: number, amounts: IDataObject) => ({
	id,
	status: 'sent',
	due_date: day(dueIn),
	...amounts,
});

/** Days until the due date, of which those that are marked bring the event. */
const dueIn = (status: string, event: string, ...days: string[]): Step[] =>
	days.map((text) => [due(status, parseInt(text, 10)), text.endsWith('!') ? event : '']);

const ODD: Array<[string, string | number | null]> = [
	['due_date', '0000-00-00'],
	['due_date', '2026-13-01'],
	['due_date', '2026-02-30'],
	['due_date', 20260301],
	['due_date', null],
	['due_date', ''],
	['created_at', 1_767_312_000_000_000_000],
	['created_at', '99999999999999999999'],
	['updated_at', 1e300],
	['sent_at', '2026-99-99T00:00:00Z'],
];
const DUE_DATES = ['0000-00-00', '2026-13-01', '2026-02-30', '20260301'];
const odd = (status: string) =>
	ODD.map(([field, value], n) => invoice(`${status}${n}`, status, { [field]: value }));
const idsOf = (records: IDataObject[]) => records.map(({ id }) => String(id));
const DAYS: Story[] = [
	[
		'Invoice Due Soon comes once for each due date, within the days that are set',
		'invoice.due_soon',
		dueIn('sent', 'invoice.due_soon i', ...each('8 7! 7 5! 7 20 5 0! -1')),
		{ options: { daysBeforeDue: 7 } },
	],
	[
		'Overdue Steps bring Invoice Overdue at each step, and only the latest of those slept over',
		'invoice.overdue',
		[
			...dueIn('sent', 'invoice.overdue i 1/1', ...each('1 0 -1! -1')),
			// Another due date stands for days that pass.
			...dueIn('sent', 'invoice.overdue i 15/14', ...each('-15! -15')),
			...dueIn('paid', '', '-15'),
		],
		{
			options: { overdueSteps: '14, 1 7;30' },
			label: ({ days_overdue: days, step }) => `${String(days)}/${String(step)}`,
		},
	],
	[
		'the ID of an event is the same for the same due date and step',
		'invoice.due_soon invoice.overdue',
		[
			[due('sent', 20)],
			[due('sent', 3), `invoice.due_soon i invoice.due_soon:i:${day(3)}`],
			[due('sent', -1), `invoice.overdue i invoice.overdue:i:${day(-1)}:1`],
		],
		{ options: { overdueSteps: '1, 7, 14, 30' }, label: ({ id }) => id },
	],
	[
		'amounts count however BildOut writes them, and whichever of them it leaves out',
		'invoice.partially_paid invoice.overdue',
		[
			[[]],
			[
				[
					owing('paid in full', -2, { total: 100, amount_paid: '100.00' }),
					owing('nothing due', -2, { total: 100, amount_due: '$0.00' }),
					owing('unknown', -2, { amount_due: '' }),
					owing('some due', 9, { total: '100', amount_paid: 40 }),
					owing('some paid', 9, { total: '1,000.00', amount_due: '$600.00' }),
					owing('new', 9, { total: 100, amount_due: 100, amount_paid: null }),
				],
				[
					'invoice.overdue unknown',
					'invoice.partially_paid some due',
					'invoice.partially_paid some paid',
				].join(', '),
			],
		],
	],
	[
		'an invoice whose dates cannot be read is left out of what needs them alone',
		'invoice.created invoice.sent invoice.overdue',
		[
			[[]],
			[
				[...odd('sent'), ...odd('overdue'), invoice('late', 'sent', { due_date: '2020-01-01' })],
				[
					eventsOf('invoice.created', [...idsOf([...odd('sent'), ...odd('overdue')]), 'late']),
					eventsOf('invoice.sent', [...idsOf(odd('sent')), 'late']),
					eventsOf('invoice.overdue', [...idsOf(odd('overdue')), 'late']),
				].join(', '),
			],
			[{}],
		],
		{ warnings: DUE_DATES.map((date) => new RegExp(`the due date '${date}' is no date$`)) },
	],
];

const link = (token: string, file = 'a.pdf') =>
	vendor(1, { logo: { url: `https://files.example.com/${file}?X-Signature=${token}` } });
const at = (city: string) => ({ address: { city, zip: '1' } });

const RECORDS: Story[] = [
	[
		'a change needs no timestamp, and another order of fields is none',
		'vendor.updated',
		[
			[[vendor(1, at('A'))]],
			[[{ address: { zip: '1', city: 'A' }, ...vendor(1) }]],
			[[vendor(1, at('B'))], 'vendor.updated v1'],
		],
	],
	[
		'a URL with another query is no change',
		'vendor.updated',
		[[[link('1')]], [[link('2')]], [[link('2', 'b.pdf')], 'vendor.updated v1']],
	],
	[
		'a record that was missing for long is not created again where Deleted is not chosen',
		'vendor.created',
		[3, 2, 2, 2, 2, 3].map((count) => [vendors(count)]),
	],
	[
		'half of many, or ten, are deleted after two checks',
		'vendor.deleted customer.deleted',
		[
			[{ vendors: vendors(40), customers: vendors(12) }],
			[{ vendors: vendors(20), customers: vendors(2) }],
			[
				{},
				`${eventsOf('vendor.deleted', idsOf(vendors(20, 20)))}, ${eventsOf('customer.deleted', idsOf(vendors(10, 2)))}`,
			],
		],
	],
	[
		'all gone at once is doubted, with one failure, and the rest goes on',
		'vendor.deleted vendor.created project.created',
		[
			[vendors(30)],
			[[], '', /none of the 30 vendors .* \| .*'Enabled Scopes'/],
			[{ projects: [{ id: 'p' }] }, 'project.created p'],
			...times(5, [{}]),
			[vendors(31), 'vendor.created v30'],
		],
	],
	[
		'most gone at once is doubted, with one failure, and what is there is reported',
		'customer.deleted customer.created customer.updated',
		[
			[vendors(1000)],
			[vendors(1), '', /only 1 of the 1000 customers .* \| .*'Enabled Scopes'/],
			[[{ id: 'v0', name: 'Changed' }, { id: 'new' }], 'customer.created new, customer.updated v0'],
			...times(6, [{}]),
			[[...vendors(1000), { id: 'new' }], 'customer.updated v0'],
		],
	],
	[
		'the last few records are gone after a while',
		'vendor.deleted',
		[
			[vendors(2)],
			[[], '', /none of the 2 vendors/],
			...times(3, [{}]),
			[{}, 'vendor.deleted v0, vendor.deleted v1'],
			[{}],
		],
	],
	[
		'other records where the known ones were are of another account',
		'*',
		[
			[vendors(5)],
			[vendors(5, 100), '', /none of the 5 vendors seen.*same account/],
			...times(5, [{}]),
		],
	],
	[
		'the events of a check come in order of time',
		'vendor.created',
		[
			[[]],
			[
				['2026-01-03T00:00:00Z', '2026-01-01 00:00:00', 1_767_312_000].map((created_at, n) =>
					vendor(n, { created_at }),
				),
				'vendor.created v1 2026-01-01, vendor.created v2 2026-01-02, vendor.created v0 2026-01-03',
			],
		],
		{ label: ({ created_at }) => created_at.slice(0, 10), isInOrder: true },
	],
];

describe('A BildOut Polling Trigger, check by check:', () => {
	it.each([...PAYMENTS, ...INVOICES, ...DAYS, ...RECORDS])('%s', async (...story) => {
		const [, events, steps, { options = {}, label, warnings, isInOrder } = {}] = story;
		const polled = polledFrom(each(events), { options });
		const sorted = (texts: string[]) => (isInOrder ? texts : texts.sort());
		for (const [n, [now, expected = '', problem]] of steps.entries()) {
			setLists(Array.isArray(now) ? { [listOf(events)]: now } : now);
			const check = n === 0 ? polled.publish() : polled.check();
			if (problem) {
				expect(await failure(check)).toMatch(problem);
				continue;
			}
			const found = (await check).map((event) =>
				[event.type, event.data.id, ...(label ? [label(event)] : [])].join(' '),
			);
			const wanted = expected.split(/, (?=\w+\.)/).filter((text) => text !== '');
			expect([n, sorted(found)]).toEqual([n, sorted(wanted)]);
		}
		if (!warnings) return;
		expect(polled.warnings).toEqual(warnings.map((one) => expect.stringMatching(one)));
	});
});

it('asks for paid invoices alone where only Invoice Paid is chosen', async () => {
	await polledFrom(['invoice.paid']).publish();
	expect(server.seen).toEqual([[expect.stringContaining('status=paid')]]);
});

describe('Where the options change, a BildOut Polling Trigger', () => {
	it('reports no step that has passed', async () => {
		setLists(due('sent', 1));
		const polled = polledFrom(['invoice.overdue'], { options: { overdueSteps: '7' } });
		await polled.publish();
		setLists(due('sent', -3));
		expect(await polled.check()).toMatchObject([{ days_overdue: 3, step: 0 }]);
		const node = polled.node({}, { options: { overdueSteps: '1, 2, 7' } });
		expect(await polled.publish(node)).toEqual([]);
		expect(await polled.check()).toEqual([]);
	});

	it.each([
		[{ daysBeforeDue: 0 }, /'Days Before Due' must be a whole number from 1 to 60, got '0'/],
		[{ daysBeforeDue: 61 }, /'Days Before Due'/],
		[{ overdueSteps: '1, two' }, /'Overdue Steps' must be whole numbers of days.*got '1, two'/],
		[{ overdueSteps: '0' }, /'Overdue Steps'/],
	])('refuses %j', async (options, message) => {
		expect(await failure(polledFrom(['*'], { options }).publish())).toMatch(message);
	});
});

describe('With another credential, a BildOut Polling Trigger', () => {
	it.each([
		['another account', vendors(5, 100), []],
		['the same account', vendors(6), ['vendor.created v5']],
	])('that leads to %s goes on from what is right for it', async (_, now, expected) => {
		const polled = await publishedWith(vendors(5));
		const { credentials } = polledFrom([]).node();
		lists.set('vendors', now);
		expect(brief(await polled.publish(polled.node({ credentials })))).toEqual(expected);
		lists.set('vendors', [...now, vendor(999)]);
		expect(brief(await polled.check())).toEqual(['vendor.created v999']);
	});

	it('starts after a day from the records of another account under the same credential', async () => {
		const polled = await publishedWith(vendors(5), ['*']);
		lists.set('vendors', vendors(5, 100));
		await failure(polled.check());
		for (let n = 0; n < 3; n++) expect(await polled.check()).toEqual([]);
		setNodeClock((now) => now + DAY_MS);
		expect(await polled.check()).toEqual([]);
		lists.set('vendors', vendors(6, 100));
		expect(brief(await polled.check())).toEqual(['vendor.created v105']);
	});
});

describe('Where n8n keeps another state than the latest, a BildOut Polling Trigger', () => {
	type Kept = Record<string, IDataObject>;
	const KEY = 'node:BildOut Polling Trigger';

	it('goes by when a state was written, not by how many checks there were before', async () => {
		const polled = await publishedWith(vendors(1));
		for (let n = 0; n < 5; n++) expect(await polled.check()).toEqual([]);
		// Another main process took over from what n8n had saved, and reported an event.
		const other = await publishedWith(vendors(2));
		const { resources } = (JSON.parse(other.database) as Kept)[KEY];
		const saved = (JSON.parse(polled.database) as Kept)[KEY];
		polled.database = JSON.stringify({ [KEY]: { ...saved, resources, at: Date.now() } });
		polled.crash();
		expect(await polled.check()).toEqual([]);
	});

	const DAMAGES = [{ resources: undefined }, { resources: null }, { at: 'x' }, { account: 7 }];

	it.each<IDataObject>(DAMAGES)(
		'starts from what is there where another node left %j in it',
		async (change) => {
			const polled = await publishedWith(vendors(1));
			const saved = (JSON.parse(polled.database) as Kept)[KEY];
			const damaged = polled.inNewProcess();
			damaged.database = JSON.stringify({ [KEY]: { ...saved, ...change } });
			expect(await damaged.publish()).toEqual([]);
			lists.set('vendors', vendors(2));
			expect(brief(await damaged.check())).toEqual(['vendor.created v1']);
		},
	);

	it('warns when n8n starts and nothing is kept for a node that is published, and at no other time', async () => {
		const polled = await publishedWith(vendors(1));
		await polled.publish(polled.node(), 'init');
		expect(polled.warnings).toEqual([]);
		const wiped = polled.inNewProcess();
		wiped.database = '{}';
		for (let n = 0; n < 2; n++) expect(await wiped.publish(wiped.node(), 'init')).toEqual([]);
		expect(wiped.warnings).toEqual([
			expect.stringMatching(/"BildOut Polling Trigger" has no saved state.*docs\/queue-mode\.md/),
		]);
	});
});

describe('With many records, a BildOut Polling Trigger', () => {
	const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

	it('keeps 10,000 in less than 600 kB, reads them with 100 requests, misses none, and refuses more', async () => {
		const many = (count: number) =>
			Array.from({ length: count }, (_, n) =>
				invoice(uuid(n), 'sent', { created_at, updated_at: created_at, amount_due: 10 }),
			);
		lists.set('invoices', many(10_000));
		const polled = polledFrom(each('invoice.created invoice.updated invoice.paid invoice.deleted'));
		await polled.publish();
		expect(server.seen).toHaveLength(100);
		const next = many(10_001).slice(1);
		const paid = next.filter((_, n) => n % 97 === 0);
		for (const one of paid) Object.assign(one, { status: 'paid', updated_at: sent_at });
		lists.set('invoices', next);
		const changed = paid.flatMap(({ id }) => [`invoice.paid ${id}`, `invoice.updated ${id}`]);
		const expected = [`invoice.created ${uuid(10_000)}`, ...changed];
		expect(brief(await polled.check()).sort()).toEqual(expected.sort());
		expect(brief(await polled.check())).toEqual([`invoice.deleted ${uuid(0)}`]);
		expect(polled.database.length).toBeLessThan(600_000);
		lists.set('invoices', many(10_002));
		expect(await failure(polled.check())).toMatch(
			/10002 invoices, more than the 10000 .* \| .*'Invoice Paid'/,
		);
	});

	it('refuses a poll time that the account is too large for', async () => {
		lists.set('invoices', vendors(6000));
		lists.set('vendors', vendors(6000));
		const polled = polledFrom(['invoice.created', 'vendor.created']);
		expect(await failure(polled.publish())).toMatch(/takes 120 requests.*every 3 minutes or more/);
		const pollTimes = { item: [{ mode: 'everyX', value: 3, unit: 'minutes' }] };
		expect(await polled.publish(polled.node({}, { pollTimes }))).toEqual([]);
	});

	/** A first check for which the time that n8n gives is over while a page of a list stands still. */
	async function cutOffAt<T>(polled: PolledWorkflow, page: RegExp, check: () => Promise<T>) {
		hanging = page;
		polled.budgetMs = 3000;
		try {
			return await check();
		} finally {
			hanging = undefined;
			polled.budgetMs = undefined;
		}
	}

	const HOURLY = { pollTimes: { item: [{ mode: 'everyHour' }] } };
	const stamped = (count: number) =>
		vendors(count).map((one) => ({ ...one, created_at, updated_at: created_at }));

	it.each([
		['the first page', /vendors\?(?!.*page=)/],
		['a later page', /vendors\?.*page=2\b/],
	])(
		'loses nothing that is made after a first check that ended at %s of a list',
		async (_, page) => {
			setLists({ customers: stamped(20), vendors: stamped(300), projects: stamped(3) });
			const polled = polledFrom(['*'], HOURLY);
			expect(await cutOffAt(polled, page, async () => await polled.publish())).toEqual([]);
			const now = new Date().toISOString();
			setLists({
				customers: [...stamped(20), { id: 'c', created_at: now }],
				vendors: [...stamped(300), { id: 'v', created_at: now }],
				projects: [...stamped(2), { id: 'v2', created_at, updated_at: now }],
			});
			expect(brief(await polled.check()).sort()).toEqual([
				'customer.created c',
				'project.updated v2',
				'vendor.created v',
			]);
			expect(await polled.check()).toEqual([]);
		},
	);

	it('refuses a poll time that is too short also where the first check ends too early', async () => {
		lists.set('vendors', vendors(12_000));
		const polled = polledFrom(['invoice.created', 'vendor.created']);
		const publish = async () => await failure(polled.publish());
		expect(await cutOffAt(polled, /vendors\?.*page=2\b/, publish)).toMatch(
			/takes at least 121 requests.*every 3 minutes or more/,
		);
	});

	it('keeps what it knew where its first check with another credential ends too early', async () => {
		const polled = await publishedWith(stamped(5), ['customer.created', 'vendor.created'], HOURLY);
		const { credentials } = polledFrom([]).node();
		lists.set('vendors', stamped(6));
		const restarted = polled.inNewProcess();
		const publish = async () => await restarted.publish(restarted.node({ credentials }));
		expect(await cutOffAt(restarted, /vendors/, publish)).toEqual([]);
		expect(brief(await restarted.check())).toEqual(['vendor.created v5']);
	});
});

it.each<[string[], RegExp]>([
	[
		['vendor.created'],
		/^There is no record in BildOut yet for the event 'vendor.created' \| Make one/,
	],
	[['vendor.deleted', 'vendor.created'], /does not list what was deleted.*Put another event first/],
	[[], /^No event is chosen under 'Trigger On' \| Choose/],
])('Fetch Test Event of %j reports why there is nothing to show', async (events, reason) => {
	lists.set('vendors', []);
	expect(await failure(polledFrom(events).fetchTestEvent())).toMatch(reason);
});
