import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { today as dayIn } from '../../../nodes/BildOut/input/dates.ts';
import { currentDay } from '../../../nodes/BildOut/polling/check.ts';
import { compare } from '../../../nodes/BildOut/polling/diff.ts';
import { serializeSnapshot, parseSnapshot } from '../../../nodes/BildOut/polling/snapshot.ts';
import { watchedLists } from '../../../nodes/BildOut/polling/watches.ts';

const START = Date.parse('2026-03-02T12:00:00Z');
const invoices = watchedLists(['*']).find(({ record }) => record.name === 'invoice')!;

/** How the server shows when a record changed, and whether also when an invoice was sent. */
type Timestamps = 'milliseconds' | 'seconds' | 'none' | 'sent_at';

const which = fc.nat(2);
const edit = fc.record({ do: fc.constantFrom('create', 'edit', 'edit', 'delete'), which });
const status = fc.record({
	do: fc.constant('status'),
	which,
	status: fc.constantFrom('draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void'),
});
const check = fc.record({
	do: fc.constant('check'),
	fate: fc.constantFrom('taken', 'taken', 'lost response', 'crash before saving'),
	order: fc.nat(),
	/** Which records the list leaves out, by their places. */
	hidden: fc.array(which, { maxLength: 1 }),
});

/** One step in the history of a BildOut, or a check of the trigger. */
interface Step {
	do: string;
	which?: number;
	status?: string;
	fate?: string;
	order?: number;
	hidden?: number[];
}
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: edit },
	{ weight: 4, arbitrary: status },
	{ weight: 5, arbitrary: check },
);
const CHECK: Step = { do: 'check', fate: 'taken' };

const SETTINGS = { timezone: 'UTC', until: Infinity, daysBeforeDue: 3, overdueSteps: [] };

/** A BildOut that keeps no more of its past than a list shows. */
class Server {
	readonly records: IDataObject[] = [];

	now = START;

	private made = 0;

	private edits = 0;

	constructor(private readonly timestamps: Timestamps) {}

	apply(step: Step): void {
		this.now += 400;
		if (step.do === 'create') {
			const number = this.made++;
			const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
			const stamps = { ...this.stamp('created_at'), ...this.stamp('updated_at') };
			this.records.push({ id, status: 'draft', due_date: '2027-01-01', ...stamps });
			return;
		}
		if (step.do === 'check' || this.records.length === 0) return;
		const at = step.which! % this.records.length;
		if (step.do === 'delete') {
			this.records.splice(at, 1);
			return;
		}
		const change = step.do === 'edit' ? { notes: `edit ${this.edits++}` } : { status: step.status };
		if (step.do === 'status' && this.records[at].status === step.status) return;
		const isSent = step.do === 'status' && ['sent', 'viewed'].includes(String(step.status));
		const wasUnsent = ['draft', 'void'].includes(String(this.records[at].status));
		const sentAt = isSent && wasUnsent && this.timestamps === 'sent_at' && this.stamp('sent_at');
		this.records[at] = { ...this.records[at], ...change, ...this.stamp('updated_at'), ...sentAt };
	}

	list({ order = 0, hidden = [] }: Step): IDataObject[] {
		const records = structuredClone(this.records).filter((_, at) => !hidden.includes(at));
		const turn = records.length > 0 ? order % records.length : 0;
		return [...records.slice(turn), ...records.slice(0, turn)];
	}

	private stamp(name: string): IDataObject {
		if (this.timestamps === 'none') return {};
		const text = new Date(this.now).toISOString();
		return { [name]: this.timestamps === 'seconds' ? text.replace(/\.\d+/, '') : text };
	}
}

/** What the model remembers of a record. */
interface Seen {
	record: IDataObject;
	missing: number;
	/** It was sent, or is in a state that only an invoice that was sent can be in. */
	isSent: boolean;
	/** It was viewed since it was last sent. */
	isViewed: boolean;
	/** When it was sent, each time that was reported. */
	sentAt: unknown[];
}

/** What has to be reported, worked out by comparing whole records. */
class Model {
	private seen = new Map<string, Seen>();

	private isFirst = true;

	expected(records: IDataObject[]): string[] {
		const events: string[] = [];
		const next = new Map<string, Seen>();
		for (const record of records) {
			const id = String(record.id);
			const { types, seen } = eventsBetween(this.seen.get(id), record);
			events.push(...types.map((type) => `invoice.${type} ${id}`));
			next.set(id, seen);
		}
		for (const [id, seen] of this.seen) {
			if (next.has(id)) continue;
			if (seen.missing === 0) next.set(id, { ...seen, missing: 1 });
			else events.push(`invoice.deleted ${id}`);
		}
		this.seen = next;
		const { isFirst } = this;
		this.isFirst = false;
		return isFirst ? [] : events.sort();
	}
}

function eventsBetween(before: Seen | undefined, record: IDataObject) {
	const types = Object.entries(STATES)
		.filter(([, word]) => record.status === word && before?.record.status !== word)
		.map(([state]) => state);
	const isSame = before && JSON.stringify(before.record) === JSON.stringify(record);
	if (!isSame) types.push(before ? 'updated' : 'created');

	const { status, sent_at: at } = record;
	const seen: Seen = { isSent: false, isViewed: false, sentAt: [], ...before, record, missing: 0 };
	const wasViewed = seen.isViewed;
	if (status === 'viewed') seen.isViewed = true;
	else if (['draft', 'sent', 'void'].includes(String(status))) seen.isViewed = false;
	if (seen.isViewed && !wasViewed) types.push('viewed');

	const wasSent = seen.isSent;
	seen.isSent = at !== undefined || !['draft', 'void'].includes(String(status));
	if (at !== undefined && !seen.sentAt.includes(at)) {
		// Where it is only now that the record shows when it was sent, that was reported.
		if (!wasSent || seen.sentAt.length > 0) types.push('sent');
		seen.sentAt = [...seen.sentAt, at];
	} else if (at === undefined && !wasSent && ['sent', 'viewed'].includes(String(status))) {
		types.push('sent');
	}
	return { types, seen };
}

const STATES = { partially_paid: 'partial', paid: 'paid', overdue: 'overdue' };

describe('For any history of a BildOut, and checks that fail or whose outcome is lost in between', () => {
	it.each(['milliseconds', 'seconds', 'none', 'sent_at'] as const)(
		'each change that holds at a check is reported once (timestamps: %s)',
		(timestamps) => {
			fc.assert(
				fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
					const server = new Server(timestamps);
					const model = new Model();
					let kept = JSON.stringify(serializeSnapshot([]));
					let isFirst = true;
					const ids = new Set<string>();
					for (const step of [...steps, CHECK, CHECK, CHECK]) {
						server.apply(step);
						if (step.do !== 'check') continue;
						// A reading that failed, or an n8n that ended before it saved, has changed nothing.
						if (step.fate === 'lost response') continue;
						const known = parseSnapshot(JSON.parse(kept));
						const today = new Date(server.now).toISOString().slice(0, 10);
						const settings = { ...SETTINGS, now: server.now, today };
						const records = server.list(step);
						const { events, kept: next } = compare(invoices, known, records, settings);
						if (step.fate === 'crash before saving') continue;
						kept = JSON.stringify(serializeSnapshot(next));
						const reported = isFirst ? [] : events;
						isFirst = false;
						expect(reported.map(({ type, data }) => `${type} ${String(data.id)}`).sort()).toEqual(
							model.expected(records),
						);
						for (const { id, type, data } of reported) {
							// Without a timestamp, nothing tells the second change to the same content from the first.
							if (timestamps !== 'none' || type === 'invoice.created')
								expect(ids).not.toContain(id);
							ids.add(id);
							// A record that comes back after it was reported as deleted is as if it were new.
							if (type !== 'invoice.deleted') continue;
							for (const each of ids) if (each.includes(String(data.id))) ids.delete(each);
						}
					}
				}),
				{ numRuns: 150 },
			);
		},
	);
});

describe('For any history of due dates and payments, over days', () => {
	const STEPS = [1, 7, 14];
	const dayAt = (at: number) => new Date(START + at * 86_400_000).toISOString().slice(0, 10);
	const numberOf = (day: string) => (Date.parse(day) - Date.parse(dayAt(0))) / 86_400_000;

	const around = ['Pacific/Kiritimati', 'UTC', 'Pacific/Honolulu'];

	it.each([[['UTC']], [['Pacific/Kiritimati']], [around]])(
		'in %s, with a clock that is set back, each invoice is due soon once for each due date, and overdue once at each step',
		(timezones) => {
			const move = fc.record({
				hours: fc.oneof(fc.integer({ min: -24, max: -1 }), fc.nat(200)),
				timezone: fc.constantFrom(...timezones),
				due: fc.option(fc.nat(20), { nil: undefined }),
				status: fc.constantFrom('draft', 'sent', 'partial', 'paid', undefined),
				isKept: fc.boolean(),
			});
			fc.assert(
				fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
					let [now, due, status] = [START, 10, 'sent'];
					let latest = 0;
					let kept = serializeSnapshot([]);
					const soon = new Set<string>();
					const reached = new Set<string>();
					let wasOverdue = false;
					let isFirst = true;
					const first = { hours: 0, timezone: timezones[0], due, status, isKept: true };
					for (const next of [first, ...moves]) {
						// A clock that is set back by more than a day or two was wrong before.
						now = Math.max(now + next.hours * 3_600_000, START + (latest - 1) * 86_400_000);
						const { timezone } = next;
						const day = currentDay(now, timezone, dayAt(latest));
						const today = Math.max(latest, numberOf(dayIn(now, timezone)));
						expect(day).toBe(dayAt(today));
						due = next.due ?? due;
						status = next.status ?? status;
						const isOpen = status === 'sent' || status === 'partial';
						const isSoon = isOpen && due >= today && due - today <= SETTINGS.daysBeforeDue;
						const isOverdue = isOpen && due < today;
						const step = STEPS.filter((each) => each <= today - due).at(-1) ?? 0;
						const isNewStep = isOverdue && step > 0 && !reached.has(`${due}:${step}`);
						const expected = [
							...(isSoon && !soon.has(String(due)) ? ['invoice.due_soon'] : []),
							...(isOverdue && (!wasOverdue || isNewStep)
								? [`invoice.overdue ${isNewStep ? step : 0}`]
								: []),
						];
						const settings = { ...SETTINGS, now, timezone, today: day, overdueSteps: STEPS };
						const records = [{ id: 'i', status, due_date: dayAt(due), amount_due: 5 }];
						const known = parseSnapshot(structuredClone(kept));
						const { events, kept: after } = compare(invoices, known, records, settings);
						const found = events
							.filter(({ type }) => type === 'invoice.due_soon' || type === 'invoice.overdue')
							.map(({ type, details }) => (details ? `${type} ${String(details.step)}` : type));
						if (!isFirst) expect(found.sort()).toEqual(expected.sort());
						// An n8n that ends before it saves has reported nothing, and does so at the next check.
						if (!next.isKept) continue;
						isFirst = false;
						latest = today;
						kept = serializeSnapshot(after);
						if (isSoon) soon.add(String(due));
						if (isOverdue && step > 0) reached.add(`${due}:${step}`);
						wasOverdue = isOverdue;
					}
				}),
				{ numRuns: 300 },
			);
		},
	);
});
