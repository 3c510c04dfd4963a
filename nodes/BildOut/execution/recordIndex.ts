import type { IDataObject } from 'n8n-workflow';

import { mapConcurrently } from '../api/concurrency';
import { statusOf } from '../api/errors';
import { normalized } from '../input/text';
import { listAt, type RecordType } from '../records/recordType';
import { getRecord, hasId, isGone } from './readRecord';
import { findRecentCreates } from './recentCreates';
import type { KnownRecords, OnPage, RunItem } from './run';

/** Records that are read one by one because their list leaves a field out: what BildOut allows in a minute. */
const MAX_SINGLE_READS = 100;

/**
 * All records of a kind, by every field that people know them by. BildOut documents no search, so a
 * run of the node reads the list once, however many items ask. What the run itself creates, changes or
 * deletes is taken in, so that every later look-up knows it.
 */
export class RecordIndex implements KnownRecords {
	private reading?: Promise<IndexedRecords>;

	/** What was read, once it is there. */
	private records?: IndexedRecords;

	/** The fields for which records are, or were, read one by one. */
	private readonly completing = new Map<string, Promise<void>>();

	/** When the reading began, in milliseconds since 1970. */
	private readSince = 0;

	constructor(private readonly type: RecordType) {}

	/**
	 * @throws ApiFailure when the list could not be read to its end; NodeOperationError when the list leaves
	 *   the field out for so many records that nobody can tell whether one has the value
	 */
	async find(
		item: RunItem,
		field: string,
		value: unknown,
		isCustom = false,
	): Promise<IDataObject[]> {
		const isId = field === 'id';
		if (!isId) {
			item.run.stats.countLookup(this.type, field, value);
			await this.applyRecentCreate(item, field, value);
		}
		const found = (await this.load(item)).find(field, value);
		if (found.length > 0 || isCustom || isId) return found;
		const completing = this.completing.get(field) ?? this.readWithout(item, field);
		this.completing.set(field, completing);
		completing.catch(() => this.completing.delete(field));
		await completing;
		return (await this.load(item)).find(field, value);
	}

	get isLoaded(): boolean {
		return this.records !== undefined;
	}

	async all(item: RunItem, onPage?: OnPage): Promise<IDataObject[]> {
		return (await this.load(item, onPage)).all();
	}

	upsert(record: IDataObject): void {
		this.records?.upsert(record);
	}

	remove(id: string): void {
		this.records?.remove(id);
	}

	forget(): void {
		this.reading = undefined;
		this.records = undefined;
		this.completing.clear();
	}

	/** Reads one by one the records for which the list leaves the field out. */
	private async readWithout(item: RunItem, field: string): Promise<void> {
		const records = await this.load(item);
		const lacking = records.all().filter((record) => hasId(record) && record[field] === undefined);
		if (lacking.length > MAX_SINGLE_READS) {
			item.fail(
				`BildOut's list leaves out the ${field} of ${lacking.length} ${this.type.name}s, so nobody can see whether one of them is meant`,
				`Nothing was written. Choose the ${this.type.name} by its ID, or match by another field.`,
			);
		}
		await mapConcurrently(lacking, async ({ id }) => {
			records.upsert({
				[field]: null,
				...(await getRecord({ item, type: this.type }, String(id))),
			});
		});
	}

	/** Another execution of this process may have created the record, which the list may not show yet. */
	private async applyRecentCreate(item: RunItem, field: string, value: unknown): Promise<void> {
		const context = { item, type: this.type };
		const readIfThere = async (id: string) =>
			await getRecord(context, id).catch((error: Error) => {
				if (!isGone(error)) throw error;
				return undefined;
			});
		for (const { at, record } of await findRecentCreates(context, field, value)) {
			if (!record) {
				if (at >= this.readSince) this.forget();
				continue;
			}
			const records = await this.load(item);
			if (records.find('id', record.id).length > 0) continue;
			// One that was there before the list was read may have been deleted since.
			const isLater = at >= this.readSince;
			const current = isLater ? record : await readIfThere(String(record.id));
			if (current) records.upsert(current);
		}
	}

	private async load(item: RunItem, onPage?: OnPage): Promise<IndexedRecords> {
		this.reading ??= this.read(item, onPage);
		const { reading } = this;
		reading.catch((error: Error) => {
			// Where BildOut refused it would refuse again. Any other failure may be gone for the next item.
			const isRefused = [401, 403, 404].includes(statusOf(error) ?? 0);
			if (!isRefused && this.reading === reading) this.reading = undefined;
		});
		return await reading;
	}

	private async read(item: RunItem, onPage?: OnPage): Promise<IndexedRecords> {
		const { type } = this;
		const log = item.run.log.reading(`${type.name}s`);
		this.readSince = Date.now();
		const list = await item.list({
			...listAt(type),
			wanted: Infinity,
			onPage: (page) => {
				log(page);
				onPage?.(page);
			},
		});
		item.run.stats.countFullRead(type, list.length);
		const records = new IndexedRecords();
		for (const record of list) records.upsert(record);
		this.records = records;
		return records;
	}
}

/** Records by ID, and by the values of the fields that were asked for. */
class IndexedRecords {
	private readonly records = new Map<string, IDataObject>();

	/** For each field, the IDs of the records that have a value. */
	private readonly fields = new Map<string, Map<string, Set<string>>>();

	/** A record that is there already keeps its place and the fields that the new one leaves out. */
	upsert(record: IDataObject): void {
		// A record without an ID cannot be changed, but it counts among those that have a value.
		const id = hasId(record) ? String(record.id) : `no ID ${this.records.size}`;
		const before = this.records.get(id);
		const now = before ? { ...before, ...record } : record;
		this.records.set(id, now);
		for (const [field, ids] of this.fields) {
			if (before) ids.get(normalized(before[field]))?.delete(id);
			addToIndex(ids, now[field], id);
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
			for (const [id, record] of this.records) addToIndex(ids, record[field], id);
			this.fields.set(field, ids);
		}
		return [...(ids.get(normalized(value)) ?? [])].map((id) => this.records.get(id)!);
	}

	all(): IDataObject[] {
		return [...this.records.values()];
	}
}

function addToIndex(ids: Map<string, Set<string>>, value: unknown, id: string): void {
	const key = normalized(value);
	if (key !== '') ids.set(key, (ids.get(key) ?? new Set()).add(id));
}
