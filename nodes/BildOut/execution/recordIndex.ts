import type { IDataObject } from 'n8n-workflow';

import { statusOf } from '../api/errors';
import { listRecords } from '../api/pagination/listRecords';
import type { InputItem } from '../input/inputItem';
import { type Creation, findRecentCreate, now, publishCreate } from './recentCreates';
import { type RecordType, listTarget } from '../records/recordType';

/**
 * All records of a kind, by every field that people know them by. BildOut documents no search, so a
 * run of the node reads the list once, however many items ask. What the run itself creates, changes or
 * deletes is taken in, so that every later look-up knows it.
 */
export class RecordIndex {
	private reading?: Promise<Filing>;

	/** When the reading began, by the count of `otherRuns`. */
	private since = 0;

	/** What is in the index already, although it was created after the reading began. */
	private readonly known = new WeakSet<Creation>();

	constructor(private readonly type: RecordType) {}

	/**
	 * The records whose field has the value, without regard to case and to spaces around it.
	 *
	 * @throws ApiFailure when the list could not be read to its end
	 */
	async find(item: InputItem, field: string, value: unknown): Promise<IDataObject[]> {
		if (field !== 'id') item.run.stats.looksUp(this.type, field, value);
		await this.learnOf(item, normalized(value));
		const found = (await this.filing(item)).find(field, value);
		if (found.length > 0) return found;
		// An earlier item that is under way may be about to give a record this value.
		await item.run.waitForEarlierItems(item);
		return (await this.filing(item)).find(field, value);
	}

	/** Takes in a record that was created from a body; undefined where that may have happened or not. */
	async created(
		item: InputItem,
		body: IDataObject,
		record: IDataObject | undefined,
	): Promise<void> {
		const whole = { ...body, ...record };
		if (record) this.take(whole);
		const values = ['name', ...this.type.lookupKeys.map(({ field }) => field)]
			.flatMap((field) => [normalized(body[field]), normalized(whole[field])])
			.filter((value) => value !== '');
		const creation = await publishCreate(item, this.type.name, values, record && whole);
		if (record) this.known.add(creation);
	}

	/** All records, in the order of the list. */
	async all(item: InputItem): Promise<IDataObject[]> {
		return (await this.filing(item)).all();
	}

	/** Takes in a record that was created or changed. */
	take(record: IDataObject): void {
		this.afterReading((filing) => filing.put(record));
	}

	/** Takes out a record that was deleted. */
	drop(id: string): void {
		this.afterReading((filing) => filing.remove(id));
	}

	/** Another execution may have created the record since the list was read, and this run as well. */
	private async learnOf(item: InputItem, value: string): Promise<void> {
		const creation = await findRecentCreate(item, this.type.name, value);
		if (!creation || creation.moment < this.since || this.known.has(creation)) return;
		if (!creation.record) this.reading = undefined;
		else this.take(creation.record);
		this.known.add(creation);
	}

	/** A list that is being read may or may not show what happens meanwhile, so that is laid over it. */
	private afterReading(change: (filing: Filing) => void): void {
		if (!this.reading) return;
		this.reading = this.reading.then((filing) => {
			change(filing);
			return filing;
		});
		this.reading.catch(() => {});
	}

	private async filing(item: InputItem): Promise<Filing> {
		this.reading ??= this.read(item);
		const { reading } = this;
		reading.catch((error: Error) => {
			// Where BildOut refused it would refuse again. Any other failure may be gone for the next item.
			const isRefused = [401, 403, 404].includes(statusOf(error) ?? 0);
			if (!isRefused && this.reading === reading) this.reading = undefined;
		});
		return await reading;
	}

	private async read(item: InputItem): Promise<Filing> {
		this.since = now();
		const records = await listRecords(
			item.run.node,
			{ path: [this.type.path], target: listTarget(this.type), wanted: Infinity },
			item.requestSettings(),
		);
		item.run.stats.readsAll(this.type, records.length);
		const filing = new Filing();
		for (const record of records) filing.put(record);
		return filing;
	}
}

/** Records by ID, and by the values of the fields that were asked for. */
class Filing {
	private readonly records = new Map<string, IDataObject>();

	/** For each field, the IDs of the records that have a value. */
	private readonly fields = new Map<string, Map<string, Set<string>>>();

	/** A record that is there already keeps its place and the fields that the new one leaves out. */
	put(record: IDataObject): void {
		// A record without an ID cannot be changed, but it counts among those that have a value.
		const id = hasId(record) ? String(record.id) : `no ID ${this.records.size}`;
		const before = this.records.get(id);
		const now = { ...before, ...record };
		this.records.set(id, now);
		for (const [field, ids] of this.fields) {
			if (before) ids.get(normalized(before[field]))?.delete(id);
			file(ids, now[field], id);
		}
	}

	remove(id: string): void {
		const record = this.records.get(id);
		this.records.delete(id);
		for (const [field, ids] of this.fields) ids.get(normalized(record?.[field]))?.delete(id);
	}

	find(field: string, value: unknown): IDataObject[] {
		let ids = this.fields.get(field);
		if (!ids) {
			ids = new Map();
			for (const [id, record] of this.records) file(ids, record[field], id);
			this.fields.set(field, ids);
		}
		return [...(ids.get(normalized(value)) ?? [])].map((id) => this.records.get(id)!);
	}

	all(): IDataObject[] {
		return [...this.records.values()];
	}
}

function file(ids: Map<string, Set<string>>, value: unknown, id: string): void {
	const key = normalized(value);
	if (key !== '') ids.set(key, (ids.get(key) ?? new Set()).add(id));
}

/** Every record of BildOut has an ID; an answer without one is something else. */
export function hasId({ id }: IDataObject): boolean {
	return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

/**
 * Emails, names and what is searched for are compared without regard to case, to spaces around them and
 * to how a letter and its accent are put together (macOS writes file names as two signs).
 */
export function normalized(value: unknown): string {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' ? value.trim().normalize('NFC').toLowerCase() : '';
}
