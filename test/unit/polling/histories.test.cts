import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { compare, type Known } from '../../../nodes/BildOut/polling/diff.ts';
import { serializeSnapshot, parseSnapshot } from '../../../nodes/BildOut/polling/snapshot.ts';
import { type WatchedResource, WATCHES } from '../../../nodes/BildOut/polling/watches.ts';

const START = Date.parse('2026-03-02T12:00:00Z');
const invoices = WATCHES.find(({ record }) => record.name === 'invoice') as WatchedResource;

/** How the server tells when a record changed. */
type Timestamps = 'milliseconds' | 'seconds' | 'none';

/** One step in the history of a BildOut, or a check of the trigger. */
type Step =
	| { do: 'create'; which: number }
	| { do: 'edit'; which: number }
	| { do: 'delete'; which: number }
	| { do: 'status'; which: number; status: string }
	| { do: 'check'; fate: 'taken' | 'lost answer' | 'crash before saving'; order: number };

const which = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('create' as const), which }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), which }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant('status' as const),
			which,
			status: fc.constantFrom('draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void'),
		}),
	},
	{
		weight: 5,
		arbitrary: fc.record({
			do: fc.constant('check' as const),
			fate: fc.constantFrom('taken', 'taken', 'lost answer', 'crash before saving'),
			order: fc.nat(),
		}),
	},
);

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
			this.records.push({
				id,
				status: 'draft',
				due_date: '2027-01-01',
				...this.stamp('created_at'),
			});
			Object.assign(this.records.at(-1)!, this.stamp('updated_at'));
			return;
		}
		if (step.do === 'check' || this.records.length === 0) return;
		const at = step.which % this.records.length;
		if (step.do === 'delete') {
			this.records.splice(at, 1);
			return;
		}
		const change = step.do === 'edit' ? { notes: `edit ${this.edits++}` } : { status: step.status };
		if (step.do === 'status' && this.records[at].status === step.status) return;
		this.records[at] = { ...this.records[at], ...change, ...this.stamp('updated_at') };
	}

	list(order: number): IDataObject[] {
		const records = structuredClone(this.records);
		const turn = records.length > 0 ? order % records.length : 0;
		return [...records.slice(turn), ...records.slice(0, turn)];
	}

	private stamp(name: string): IDataObject {
		if (this.timestamps === 'none') return {};
		const text = new Date(this.now).toISOString();
		return { [name]: this.timestamps === 'seconds' ? text.replace(/\.\d+/, '') : text };
	}
}

/** What has to be reported, worked out by comparing whole records. */
class Model {
	private seen = new Map<string, { record: IDataObject; missing: number }>();

	private isFirst = true;

	expected(records: IDataObject[]): string[] {
		const events = records.flatMap((record) =>
			eventsBetween(this.seen.get(String(record.id))?.record, record),
		);
		const next = new Map<string, { record: IDataObject; missing: number }>(
			records.map((record) => [String(record.id), { record, missing: 0 }] as const),
		);
		for (const [id, { record, missing }] of this.seen) {
			if (next.has(id)) continue;
			if (missing === 0) next.set(id, { record, missing: 1 });
			else events.push(`invoice.deleted ${id}`);
		}
		this.seen = next;
		const { isFirst } = this;
		this.isFirst = false;
		return isFirst ? [] : events.sort();
	}
}

function eventsBetween(before: IDataObject | undefined, record: IDataObject): string[] {
	const entered = STATES.filter((state) => isIn(record, state) && !(before && isIn(before, state)));
	const isSame = before && JSON.stringify(before) === JSON.stringify(record);
	const change = before ? 'updated' : 'created';
	return [...(isSame ? [] : [change]), ...entered].map(
		(event) => `invoice.${event} ${String(record.id)}`,
	);
}

const STATES = ['sent', 'partially_paid', 'paid', 'overdue'];

const WORDS: Record<string, string[]> = {
	sent: ['sent', 'viewed'],
	partially_paid: ['partial'],
	paid: ['paid'],
	overdue: ['overdue'],
};
const isIn = ({ status }: IDataObject, state: string) => WORDS[state].includes(String(status));

describe('For any history of a BildOut, and checks that fail or whose outcome is lost in between', () => {
	it.each(['milliseconds', 'seconds', 'none'] as const)(
		'each change that holds at a check is reported once (timestamps: %s)',
		(timestamps) => {
			fc.assert(
				fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
					const server = new Server(timestamps);
					const model = new Model();
					let kept = JSON.stringify(serializeSnapshot([]));
					let isFirst = true;
					const ids = new Set<string>();
					for (const step of [...steps, check, check, check]) {
						server.apply(step);
						if (step.do !== 'check') continue;
						// A reading that failed, or an n8n that ended before it saved, has changed nothing.
						if (step.fate === 'lost answer') continue;
						const known: Known = parseSnapshot(JSON.parse(kept));
						const clock = { now: server.now, timezone: 'UTC' };
						const reading = { records: server.list(step.order), clock, narrowed: false };
						const { happenings, kept: next } = compare(invoices, known, reading, true, true);
						if (step.fate === 'crash before saving') continue;
						kept = JSON.stringify(serializeSnapshot(next));
						const reported = isFirst ? [] : happenings;
						isFirst = false;
						expect(reported.map(({ type, data }) => `${type} ${String(data.id)}`).sort()).toEqual(
							model.expected(server.records),
						);
						for (const { id, type } of reported) {
							// Without a timestamp, nothing tells the second change to the same content from the first.
							if (timestamps !== 'none' || type !== 'invoice.updated')
								expect(ids).not.toContain(id);
							ids.add(id);
						}
					}
				}),
				{ numRuns: 150 },
			);
		},
	);
});

const check: Step = { do: 'check', fate: 'taken', order: 0 };
