import type { IDataObject } from 'n8n-workflow';

/**
 * The records of a list, each once, in the order in which they came. A record is known by its ID; those
 * without one only as a page that is repeated as a whole.
 */
export class DistinctRecords {
	/** How many there are, kept or not. */
	count = 0;

	readonly kept: IDataObject[] = [];

	private readonly seen = new Set<string | number>();

	/** @param keep which of them are wanted */
	constructor(private readonly keep: (record: IDataObject) => boolean) {}

	/** @returns how many of them are new */
	add(records: IDataObject[]): number {
		const fresh = this.fresh(records);
		this.count += fresh.length;
		this.kept.push(...fresh.filter(this.keep));
		return fresh.length;
	}

	/** Whether any of them is new; remembers nothing. */
	hasNew(records: IDataObject[]): boolean {
		const page = pageKey(records);
		if (page !== undefined && this.seen.has(page)) return false;
		return records.some((record) => {
			const id = idOf(record);
			return id === undefined || !this.seen.has(id);
		});
	}

	private fresh(records: IDataObject[]): IDataObject[] {
		const page = pageKey(records);
		if (page !== undefined && this.seen.has(page)) return [];
		if (page !== undefined) this.seen.add(page);
		return records.filter((record) => {
			const id = idOf(record);
			if (id === undefined) return true;
			if (this.seen.has(id)) return false;
			this.seen.add(id);
			return true;
		});
	}
}

function idOf({ id }: IDataObject): string | number | undefined {
	return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** What a page is known by of which some records have no ID. */
function pageKey(records: IDataObject[]): string | undefined {
	const isKnownById = records.every((record) => idOf(record) !== undefined);
	return isKnownById ? undefined : `page ${JSON.stringify(records)}`;
}
