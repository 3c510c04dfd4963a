import { randomUUID } from 'node:crypto';
import { type Body, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, create, read } = sandbox;

describe.each(['customers', 'vendors', 'projects'])('%s', (resource) => {
	it('keep a field that the contract does not know, and refuse one that belongs to the server', async () => {
		const made = await create(`/${resource}`, {
			name: 'Harbor View',
			favorite_color: { hex: '#b8430d' },
		});
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
