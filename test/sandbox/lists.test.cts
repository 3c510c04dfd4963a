import { type Body, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api } = sandbox;

const lists = ['/customers', '/vendors', '/projects', '/invoices', '/payments'];
const get = async (path: string): Promise<Body> => {
	const { status, body } = await api('GET', path);
	expect([status, body.error]).toEqual([200, undefined]);
	return body;
};
const ids = (records: Body[]): string[] => records.map(({ id }) => id);

/** All records of a list, page by page, in the form that is set. */
async function walk(path: string, form: string, limit: number): Promise<Body[]> {
	const found: Body[] = [];
	let next: string | null = '';
	while (next !== null) {
		const { data, pagination }: Body = await get(`${path}?limit=${limit}${next}`);
		found.push(...data);
		if (form === 'page') {
			const { page, total_pages } = pagination;
			next = page < total_pages ? `&page=${page + 1}` : null;
		} else if (form === 'offset') {
			next = found.length < pagination.total ? `&offset=${found.length}` : null;
		} else {
			next = pagination.has_more ? `&cursor=${pagination.next_cursor}` : null;
		}
	}
	return found;
}

it('are seeded alike at every start', async () => {
	const before = await Promise.all(lists.map(get));
	await sandbox.control.reset({ seed: false });
	expect((await get('/customers')).pagination.total).toBe(0);
	await sandbox.control.reset({ seed: true });
	expect(await Promise.all(lists.map(get))).toEqual(before);
	expect(before.map(({ pagination }) => pagination.total)).toEqual([36, 24, 30, 240, 280]);
});

it.each([...lists.filter((path) => path !== '/invoices'), '/webhooks'])(
	'%s takes no notice of a parameter that it does not have',
	async (path) => {
		expect(await get(`${path}?status=paid&colour=red`)).toEqual(await get(path));
	},
);

describe.each(['page', 'offset', 'cursor'] as const)('%s pagination', (form) => {
	beforeEach(async () => await sandbox.control.config({ pagination: form }));

	it.each(lists)('walks all of %s in order, each record once', async (path) => {
		const whole = await walk(path, form, 100);
		expect(new Set(ids(whole)).size).toBe(whole.length);
		expect(whole.length).toBeGreaterThanOrEqual(24);
		expect(ids(await walk(path, form, 7))).toEqual(ids(whole));
		if (path === '/invoices' || path === '/payments') {
			const made = whole.map(({ created_at }) => created_at);
			expect(made).toEqual([...made].sort().reverse());
		} else {
			const names = whole.map(({ name }) => name.toLowerCase());
			expect(names).toEqual([...names].sort());
		}
	});

	it('gives 20 by default, and never more than the maximum', async () => {
		expect((await get('/invoices')).data).toHaveLength(20);
		expect((await get('/invoices?limit=100000')).data).toHaveLength(100);
		await sandbox.control.config({ maxLimit: 30 });
		expect((await get('/invoices?limit=100')).data).toHaveLength(30);
	});

	it('answers the first page again and again when it is told to be careless', async () => {
		await sandbox.control.config({ ignorePage: true });
		const first = await get('/customers?limit=5');
		const next = {
			page: 'page=2',
			offset: 'offset=5',
			cursor: `cursor=${first.pagination.next_cursor}`,
		};
		expect((await get(`/customers?limit=5&${next[form]}`)).data).toEqual(first.data);
	});

	it('is empty past the end', async () => {
		await sandbox.control.reset({ seed: false });
		await sandbox.control.config({ pagination: form });
		const { data, pagination } = await get('/customers?limit=5');
		expect(data).toEqual([]);
		expect(pagination).toEqual(
			{
				page: { page: 1, limit: 5, total: 0, total_pages: 0 },
				offset: { offset: 0, limit: 5, total: 0 },
				cursor: { next_cursor: null, has_more: false },
			}[form],
		);
	});
});

it('have a cursor that stays in its place when records come in before it', async () => {
	await sandbox.control.config({ pagination: 'cursor' });
	const first = await get('/customers?limit=10');
	await api('POST', '/customers', { name: 'AAA comes first' });
	const second = await get(`/customers?limit=10&cursor=${first.pagination.next_cursor}`);
	const overlap = ids(second.data).filter((id) => ids(first.data).includes(id));
	expect(overlap).toEqual([]);
});

it.each([
	'limit=0',
	'limit=-1',
	'limit=ten',
	'page=0',
	'offset=-1',
	'offset=1e999',
	'cursor=bm9uc2Vuc2U',
])('refuse %s', async (query) => {
	if (query.startsWith('cursor')) await sandbox.control.config({ pagination: 'cursor' });
	const { status, body } = await api('GET', `/customers?${query}`);
	expect([status, body.error.details[0].field]).toEqual([422, query.split('=')[0]]);
});

it.each(['draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void'])(
	'give the invoices that are %s, and only those',
	async (status) => {
		const every = await walk('/invoices', 'page', 100);
		const wanted = ids(every.filter((invoice) => invoice.status === status));
		expect(wanted.length).toBeGreaterThan(0);
		const { data, pagination } = await get(`/invoices?limit=100&status=${status}`);
		expect(pagination.total).toBe(wanted.length);
		expect(ids(data)).toEqual(wanted.slice(0, 100));
	},
);

it('refuse a status that no invoice has', async () => {
	expect((await api('GET', '/invoices?status=unknown')).status).toBe(422);
});

it('search names, emails and numbers, case aside, taking every character for itself', async () => {
	const made = (
		await api('POST', '/customers', { name: '100%_Ögren & Söhne', email: 'Ada@Ogren.example' })
	).body.data;
	const { body: invoice } = await api('POST', '/invoices', {
		client_id: made.id,
		line_items: [{ name: 'Work', quantity: 1, unit_price: 1 }],
	});
	const found = async (path: string, text: string) =>
		ids((await get(`${path}?search=${encodeURIComponent(text)}`)).data);
	expect(await found('/customers', '100%_')).toEqual([made.id]);
	expect(await found('/customers', 'GREN & S')).toEqual([made.id]);
	expect(await found('/customers', 'ÖGREN & SÖHNE')).toEqual([made.id]);
	expect(await found('/customers', 'ada@OGREN')).toEqual([made.id]);
	expect(await found('/customers', '%')).toEqual([made.id]);
	expect(await found('/customers', "'; DROP TABLE customers --")).toEqual([]);
	expect(await found('/invoices', invoice.data.invoice_number.toLowerCase())).toEqual([
		invoice.data.id,
	]);
	expect(await found('/invoices', 'gren &')).toEqual([invoice.data.id]);
});

it.each(['page=1e30', 'page=9007199254740993', 'page=1e300'])(
	'are empty beyond their end, however far: %s',
	async (query) => {
		const { status, body } = await api('GET', `/customers?${query}`);
		expect([status, body.data]).toEqual([200, []]);
	},
);

it.each([
	['/customers', [1]],
	['/customers', [{ name: 'A' }, 1]],
	['/customers', ['A', 1.5]],
	['/invoices', ['A', 1]],
	['/invoices', [{}, 1]],
])('refuse a cursor that %s did not give out: %j', async (path, position) => {
	await sandbox.control.config({ pagination: 'cursor' });
	const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
	const { status, body } = await api('GET', `${path}?cursor=${cursor}`);
	expect([status, body.error.details[0].field]).toEqual([422, 'cursor']);
});
