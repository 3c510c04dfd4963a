import { answersByHand } from '../support/answers.cts';
import { bildOut } from '../support/bildout.cts';
import { type PolledEvent, PolledWorkflow } from '../support/polling.cts';
import type { JsonObject } from '../support/sandbox.cts';

const b = bildOut();
const byHand = answersByHand();

const brief = (events: PolledEvent[]) =>
	events.map(({ type, data }) => `${type} ${data.id}`).sort();
const VENDOR_EVENTS = ['vendor.created', 'vendor.updated', 'vendor.deleted'];

it('emits nothing of a check of which a page in the middle fails, and all of it at the next', async () => {
	await b.control.seed({ vendors: 250 });
	const polled = new PolledWorkflow(b, VENDOR_EVENTS);
	await polled.publish();
	const [first] = await b.list('/vendors?limit=1');
	await b.write('PUT', `/vendors/${first.id}`, { name: '0 Changed, on the first page' });
	const { id } = await b.create('/vendors', { name: 'zz Last' });
	await b.control.fault({ kind: 'status', status: 403, path: '/vendors', after: 1, times: 1 });
	await expect(polled.check()).rejects.toThrow(/vendors:read/);
	expect(brief(await polled.check())).toEqual(
		[`vendor.created ${id}`, `vendor.updated ${first.id}`].sort(),
	);
	expect(await polled.check()).toEqual([]);
});

it('reports each change once that is made while the list is read', async () => {
	await b.control.seed({ vendors: 250 });
	const polled = new PolledWorkflow(b, VENDOR_EVENTS);
	await polled.publish();
	const [gone] = await b.list('/vendors?limit=1');
	await b.control.clearRequests();
	await b.control.fault({ kind: 'slow', path: '/vendors', delayMs: 400, times: 1 });
	const checking = polled.check();
	while ((await b.calls()).length === 0) await new Promise((later) => setTimeout(later, 5));
	await b.write('DELETE', `/vendors/${gone.id}`);
	const { id } = await b.create('/vendors', { name: '0 New, on the first page' });
	const events = [...(await checking), ...(await polled.check()), ...(await polled.check())];
	expect(brief(events)).toEqual([`vendor.created ${id}`, `vendor.deleted ${gone.id}`].sort());
	expect(await polled.check()).toEqual([]);
});

describe('of 10,000 invoices', () => {
	const MANY = 10_000;
	/** So wide that nothing waits for it. */
	const rateLimit = () => ({
		'x-ratelimit-limit': '1000000',
		'x-ratelimit-remaining': '1000000',
		'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
	});
	let invoices: JsonObject[];

	function answerFromList(): void {
		byHand.answer((_, query) => {
			const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit'))];
			const data = invoices.slice((page - 1) * limit, page * limit);
			const pagination = { page, limit, total: MANY, total_pages: MANY / limit };
			return [200, { data, pagination }, rateLimit()];
		});
	}

	it('keeps less than 600 kB, reads a page for each hundred, and misses none', async () => {
		invoices = Array.from({ length: MANY }, (_, index) => ({
			id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
			status: 'sent',
			due_date: '2100-01-01',
			amount_due: 10,
			created_at: '2026-01-01T00:00:00Z',
			updated_at: '2026-01-01T00:00:00Z',
		}));
		const credential = await b.connect({ baseUrl: byHand.url });
		const events = ['invoice.created', 'invoice.updated', 'invoice.paid', 'invoice.overdue'];
		const polled = new PolledWorkflow(b, events, {
			node: { credentials: { bildOutOAuth2Api: credential } },
		});
		answerFromList();
		expect(await polled.publish()).toEqual([]);
		expect(byHand.seen).toHaveLength(100);
		expect(polled.database.length).toBeLessThan(600_000);

		const changed = invoices.map((_, index) => index).filter((index) => index % 97 === 0);
		for (const index of changed) {
			const updated_at = '2026-02-01T00:00:00Z';
			invoices[index] = { ...invoices[index], status: 'paid', amount_due: 0, updated_at };
		}
		answerFromList();
		const found = await polled.check();
		expect(byHand.seen).toHaveLength(100);
		expect(brief(found)).toEqual(
			changed
				.flatMap((index) =>
					['invoice.paid', 'invoice.updated'].map((type) => `${type} ${invoices[index].id}`),
				)
				.sort(),
		);
		expect(polled.database.length).toBeLessThan(600_000);
	}, 180_000);
});
