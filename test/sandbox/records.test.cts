import { randomUUID } from 'node:crypto';
import { type Body, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, create, read } = sandbox;

const address = {
	line1: '410 Maple Street',
	line2: null,
	city: 'Tacoma',
	state: 'WA',
	zip: '98402',
	country: 'US',
};

const full = {
	customers: {
		name: 'Harbor View',
		email: 'office@harbor.example',
		phone: '(253) 555-0142',
		address,
	},
	vendors: {
		name: 'Cascade Lumber',
		email: 'sales@cascade.example',
		phone: '(503) 555-0117',
		address,
		type: 'supplier',
		notes: 'Net 30',
	},
	projects: {
		name: 'Maple Street Kitchen',
		description: 'Cabinets',
		status: 'active',
		client_id: null,
		address,
		start_date: '2026-11-02',
		end_date: '2027-02-26',
		budget: 48500.5,
	},
};

describe.each(Object.entries(full))('%s', (resource, fields) => {
	it('are created, read, replaced and deleted', async () => {
		const made = await create(`/${resource}`, fields);
		expect(made).toEqual({
			id: expect.stringMatching(/^[0-9a-f-]{36}$/),
			...fields,
			created_at: expect.any(String),
			updated_at: made.created_at,
		});
		expect(await read(`/${resource}/${made.id}`)).toEqual(made);

		const { status, body } = await api('PUT', `/${resource}/${made.id}`, { name: 'Just a name' });
		expect(status).toBe(200);
		const emptied = Object.fromEntries(Object.keys(fields).map((field) => [field, null]));
		expect(body.data).toEqual({
			id: made.id,
			...emptied,
			name: 'Just a name',
			created_at: made.created_at,
			updated_at: expect.any(String),
		});
		expect(await read(`/${resource}/${made.id}`)).toEqual(body.data);

		const gone = await api('DELETE', `/${resource}/${made.id}`);
		expect([gone.status, gone.body]).toEqual([200, { data: { id: made.id, deleted: true } }]);
		for (const method of ['GET', 'PUT', 'DELETE']) {
			const answer = await api(
				method,
				`/${resource}/${made.id}`,
				method === 'PUT' ? fields : undefined,
			);
			expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
			expect(answer.body.error.message).toContain(made.id);
		}
	});

	it('keep a field that the contract does not know, and refuse one that belongs to the server', async () => {
		const made = await create(`/${resource}`, { ...fields, favorite_color: { hex: '#b8430d' } });
		expect((await read(`/${resource}/${made.id}`)).favorite_color).toEqual({ hex: '#b8430d' });
		for (const [method, path] of [
			['POST', `/${resource}`],
			['PUT', `/${resource}/${made.id}`],
		] as const) {
			const { status, body } = await api(method, path, { ...made });
			expect(status).toBe(422);
			expect(body.error.details.map(({ field }: Body) => field).sort()).toEqual([
				'created_at',
				'id',
				'updated_at',
			]);
		}
	});

	it('need a name', async () => {
		for (const name of [undefined, null, '']) {
			const { status, body } = await api('POST', `/${resource}`, { ...fields, name });
			expect([status, body.error.code]).toEqual([422, 'validation_error']);
			expect(body.error.details).toEqual([{ field: 'name', message: expect.any(String) }]);
		}
	});
});

describe('what hangs together', () => {
	it('keeps a customer with invoices, and says why', async () => {
		const { id } = await create('/customers', { name: 'Payer' });
		const line_items = [{ name: 'Work', quantity: 1, unit_price: 1 }];
		const invoice = await create('/invoices', { client_id: id, line_items });
		const refused = await api('DELETE', `/customers/${id}`);
		expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
		expect(refused.body.error.message).toContain('1 invoice');
		await api('DELETE', `/invoices/${invoice.id}`);
		expect((await api('DELETE', `/customers/${id}`)).status).toBe(200);
	});

	it('lets go of a project that is deleted', async () => {
		const project = await create('/projects', { name: 'Deck' });
		const { id: client_id } = await create('/customers', { name: 'Payer' });
		const line_items = [{ name: 'Work', quantity: 1, unit_price: 1 }];
		const invoice = await create('/invoices', { client_id, project_id: project.id, line_items });
		await api('DELETE', `/projects/${project.id}`);
		expect((await read(`/invoices/${invoice.id}`)).project_id).toBeNull();
	});

	it('sums a project up from its invoices and payments', async () => {
		const { id: client_id } = await create('/customers', { name: 'Payer' });
		const { id: project_id } = await create('/projects', { name: 'Deck', budget: 5000 });
		const invoice = async (price: number, status: string) =>
			await create('/invoices', {
				client_id,
				project_id,
				status,
				line_items: [{ name: 'Work', quantity: 1, unit_price: price }],
			});
		await invoice(1000.1, 'sent');
		const paid = await invoice(2000.2, 'sent');
		await invoice(9999, 'draft');
		await invoice(9999, 'void');
		await sandbox.raw('POST', `/page/invoices/${paid.id}/paid`);
		expect(await read(`/projects/${project_id}/financials`)).toEqual({
			project_id,
			currency: 'usd',
			budget: 5000,
			invoiced_total: 3000.3,
			received_total: 2000.2,
			outstanding_total: 1000.1,
			paid_to_vendors_total: 0,
			profit: 3000.3,
			margin_percent: 100,
			invoice_count: 2,
			payment_count: 1,
		});
		expect((await api('GET', `/projects/${randomUUID()}/financials`)).status).toBe(404);
	});

	it('has seeded financials that agree with the records they are made of', async () => {
		const everything = async (path: string): Promise<Body[]> => {
			const pages = [1, 2, 3].map(async (page) => await read(`${path}?limit=100&page=${page}`));
			return (await Promise.all(pages)).flat();
		};
		const [projects, invoices, payments] = await Promise.all(
			['/projects', '/invoices', '/payments'].map(everything),
		);
		const cents = (amounts: number[]) =>
			amounts.reduce((all, one) => all + Math.round(one * 100), 0);
		for (const { id } of projects!.slice(0, 5)) {
			const own = invoices!.filter(
				({ project_id, status }) => project_id === id && !['draft', 'void'].includes(status),
			);
			const toVendors = payments!.filter(
				({ project_id, direction, status }) =>
					project_id === id && direction === 'outgoing' && status === 'succeeded',
			);
			const financials = await read(`/projects/${id}/financials`);
			expect(own.length).toBeGreaterThan(0);
			expect(financials.invoice_count).toBe(own.length);
			expect(cents([financials.invoiced_total])).toBe(cents(own.map(({ total }) => total)));
			expect(cents([financials.paid_to_vendors_total])).toBe(
				cents(toVendors.map(({ amount }) => amount)),
			);
			expect(cents([financials.profit])).toBe(
				cents([financials.invoiced_total]) - cents([financials.paid_to_vendors_total]),
			);
		}
	});
});
