import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { compare } from '../../../nodes/BildOut/polling/diff.ts';
import { parseSnapshot, serializeSnapshot } from '../../../nodes/BildOut/polling/snapshot.ts';
import { watchedLists } from '../../../nodes/BildOut/polling/watches.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-02T12:00:00Z');
const STEPS = [1, 7, 14, 30, 90];

const invoices = watchedLists(['*']).find(({ record }) => record.name === 'invoice')!;
const dayIn = (days: number) => new Date(NOW + days * DAY_MS).toISOString().slice(0, 10);

/** What is kept between two checks, as JSON, and what the latest of them found. */
class Checks {
	kept = '{}';

	constructor(private readonly ids: string[]) {}

	check(fields: IDataObject): string[] {
		const clock = { now: NOW, timezone: 'UTC', today: dayIn(0), until: Infinity };
		const settings = { ...clock, daysBeforeDue: 3, overdueSteps: STEPS };
		const records = this.ids.map((id) => ({ id, amount_due: 5, ...fields }));
		const known = parseSnapshot(JSON.parse(this.kept));
		const { events, kept } = compare(invoices, known, records, settings);
		this.kept = JSON.stringify(serializeSnapshot(kept));
		return events.map(({ type }) => type).filter((type) => type !== 'invoice.updated');
	}
}

const SENT_AT = '2025-04-01T00:00:00Z';

/** Invoices that are sent four times, due soon on one day and another, and then overdue by all steps. */
function aLongLife(checks: Checks): void {
	for (const month of [1, 2, 3, 4]) {
		const sent_at = `2025-0${month}-01T00:00:00Z`;
		checks.check({ status: 'sent', sent_at, due_date: dayIn(month % 2) });
	}
	for (const step of STEPS) {
		const overdue = { status: 'overdue', sent_at: SENT_AT, due_date: dayIn(-step) };
		expect(checks.check(overdue)).toContain('invoice.overdue');
		expect(checks.check(overdue)).toEqual([]);
	}
}

it('10,000 invoices that were sent, due soon and overdue by steps again and again take less than 600 kB', () => {
	const checks = new Checks([randomUUID()]);
	checks.check({ status: 'draft' });
	aLongLife(checks);
	const [one] = parseSnapshot(JSON.parse(checks.kept)).values();
	const most = one.states.map(({ occasions }) => occasions.length);
	expect(most.reduce((sum, count) => sum + count)).toBe(4 + 2 + STEPS.length);
	const all = Array.from({ length: 10_000 }, () => ({ ...one, id: randomUUID() }));
	const kept = JSON.stringify(serializeSnapshot(all));
	expect(kept.length).toBeLessThan(600_000);
	// What is given up for it are the oldest occasions.
	const read = [...parseSnapshot(JSON.parse(kept)).values()];
	expect(read).toHaveLength(10_000);
	const latest = ({ states }: typeof one) => states.map(({ occasions }) => occasions.at(-1));
	for (const record of [read[0], read[9_999]]) expect(latest(record)).toEqual(latest(one));
});

it('IDs of any kind come back as they were', () => {
	const uuid = randomUUID();
	const ids = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), '7', 12, 'cus_1', '~x'];
	const states = parseSnapshot({ a: 'abcde0012.' }).get('a')!.states;
	const records = ids.map((id) => ({ id, hash: 'abcde', missing: 1, states }));
	const known = parseSnapshot(JSON.parse(JSON.stringify(serializeSnapshot(records))));
	expect([...known.values()]).toEqual(expect.arrayContaining(records));
	expect([...known.keys()].sort()).toEqual(ids.map(String).sort());
});
