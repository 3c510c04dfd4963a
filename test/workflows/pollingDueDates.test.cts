import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { bildOut } from '../support/bildout.cts';
import { PolledWorkflow } from '../support/polling.cts';
import { writtenLists } from '../support/written-lists.cts';

const b = bildOut();
const lists = writtenLists();

function polledFrom(events: string[], options: IDataObject = {}): PolledWorkflow {
	const account = b.engine.credentials.add({
		...SANDBOX_CLIENT,
		baseUrl: lists.url,
		oauthTokenData: { access_token: 'token' },
	} as never);
	return new PolledWorkflow(b, events, {
		parameters: { options } as never,
		node: { credentials: { bildOutOAuth2Api: account } },
	});
}

/** A day so many days from today, in the time zone of the workflow. */
function day(offset: number): string {
	return new Intl.DateTimeFormat('sv', { timeZone: 'America/Los_Angeles' }).format(
		Date.now() + offset * 86_400_000,
	);
}

const is = (id: string, status: string, dueIn: number) =>
	lists.set('invoices', [{ id, status, due_date: day(dueIn), amount_due: 10 }]);
const failure = async (check: Promise<unknown>) =>
	await check.then(
		() => 'no failure',
		(error: Error) => error.message,
	);

beforeEach(() => lists.clear());

describe('Invoice Due Soon of a BildOut Polling Trigger', () => {
	it('comes once for each due date, within the days that are set', async () => {
		is('i', 'sent', 8);
		const polled = polledFrom(['invoice.due_soon'], { daysBeforeDue: 7 });
		await polled.publish();
		const found: Array<[number, number]> = [];
		for (const due of [7, 7, 5, 7, 20, 5, 0, -1]) {
			is('i', 'sent', due);
			found.push([due, (await polled.check()).length]);
		}
		expect(found).toEqual([
			[7, 1],
			[7, 0],
			[5, 1],
			[7, 0],
			[20, 0],
			[5, 0],
			[0, 1],
			[-1, 0],
		]);
	});

	it('leaves out drafts and invoices that are paid, and comes when a draft is sent', async () => {
		is('i', 'draft', 2);
		const polled = polledFrom(['invoice.due_soon']);
		await polled.publish();
		expect(await polled.check()).toEqual([]);
		is('i', 'paid', 2);
		expect(await polled.check()).toEqual([]);
		is('i', 'viewed', 2);
		expect(await polled.check()).toMatchObject([
			{ id: `invoice.due_soon:i:${day(2)}`, type: 'invoice.due_soon', data: { id: 'i' } },
		]);
	});
});

describe('Overdue Steps of a BildOut Polling Trigger', () => {
	const steps = (events: IDataObject[]) =>
		events.map(({ days_overdue: days, step }) => [days, step]);

	it('bring Invoice Overdue again, each step once, and only the latest of those slept over', async () => {
		is('i', 'sent', 1);
		const polled = polledFrom(['invoice.overdue'], { overdueSteps: '14, 1 7;30' });
		await polled.publish();
		const found: unknown[] = [];
		for (const due of [0, -1, -1]) {
			is('i', 'sent', due);
			found.push(steps(await polled.check()));
		}
		expect(found).toEqual([[], [[1, 1]], []]);
		// Another due date stands for days that pass.
		is('i', 'sent', -15);
		expect(steps(await polled.check())).toEqual([[15, 14]]);
		expect(await polled.check()).toEqual([]);
		is('i', 'paid', -15);
		expect(await polled.check()).toEqual([]);
	});

	it('bring it with step 0 before the first of them, and nothing of the past when they are changed', async () => {
		is('i', 'sent', 1);
		const polled = polledFrom(['invoice.overdue'], { overdueSteps: '7' });
		await polled.publish();
		is('i', 'sent', -3);
		expect(steps(await polled.check())).toEqual([[3, 0]]);
		const node = polled.node({}, { options: { overdueSteps: '1, 2, 7' } });
		expect(await polled.publish(node)).toEqual([]);
		expect(await polled.check()).toEqual([]);
	});
});

it('Invoice Viewed comes once for a BildOut Polling Trigger', async () => {
	is('i', 'sent', 30);
	const polled = polledFrom(['invoice.viewed']);
	await polled.publish();
	const found: number[] = [];
	for (const status of ['viewed', 'partial', 'viewed', 'overdue', 'viewed']) {
		is('i', status, 30);
		found.push((await polled.check()).length);
	}
	expect(found).toEqual([1, 0, 0, 0, 0]);
});

it.each([
	[{ daysBeforeDue: 0 }, /'Days Before Due' must be a whole number from 1 to 60, got '0'/],
	[{ daysBeforeDue: 61 }, /'Days Before Due'/],
	[{ overdueSteps: '1, two' }, /'Overdue Steps' must be whole numbers of days.*got '1, two'/],
	[{ overdueSteps: '0' }, /'Overdue Steps'/],
])('A BildOut Polling Trigger refuses the options %j', async (options, message) => {
	const polled = polledFrom(['*'], options);
	expect(await failure(polled.publish())).toMatch(message);
});
