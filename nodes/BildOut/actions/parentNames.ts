import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { MAX_PAGE_SIZE, SEARCH_PARAMETER } from '../assumptions';
import { type RecordType, targetOf, listTarget } from '../records/recordType';
import { fetchPage } from '../api/pagination/page';
import { START } from '../api/pagination/pageStyle';
import { apiRequest, DEFAULT_SETTINGS } from '../api/client';
import { mapConcurrently } from '../api/concurrency';

/** How many records are read one by one, so that a chooser cannot use up the allowance. */
const MOST_READ_ALONE = 50;

/** A chooser does not make people wait for a name. */
const SETTINGS = { ...DEFAULT_SETTINGS, timeoutMs: 10_000, maxRetries: 0 };

/**
 * The names of the records that those of a chooser belong to, for its labels: from one page of the list,
 * and of those that are not on it one by one. A name that cannot be had (a deleted customer, a missing
 * scope) is left out, so that the records can still be chosen.
 */
export class ParentNames {
	private readonly names = new Map<unknown, string | undefined>();

	private list?: Promise<boolean>;

	private readAlone = 0;

	/** @param text what is searched for: the records that match it count most */
	constructor(
		private readonly context: ILoadOptionsFunctions,
		private readonly type: RecordType,
		private readonly text: string,
	) {}

	nameOf(id: unknown): string | undefined {
		return this.names.get(id);
	}

	async learn(ids: unknown[]): Promise<void> {
		const wanted = [...new Set(ids.filter(Boolean))];
		if (wanted.length === 0) return;
		this.list ??= this.readList();
		if (!(await this.list)) return;
		const missing = wanted
			.filter((id) => !this.names.has(id))
			.slice(0, MOST_READ_ALONE - this.readAlone);
		this.readAlone += missing.length;
		await mapConcurrently(missing, async (id) => await this.readOne(id));
	}

	/** @returns whether such records can be read at all */
	private async readList(): Promise<boolean> {
		const request = {
			path: [this.type.path],
			target: listTarget(this.type),
			query: this.text.trim() === '' ? {} : { [SEARCH_PARAMETER]: this.text.trim() },
		};
		try {
			const { records } = await fetchPage(this.context, request, MAX_PAGE_SIZE, START, SETTINGS);
			for (const { id, name } of records) this.names.set(id, String(name));
			return true;
		} catch {
			return false;
		}
	}

	private async readOne(id: unknown): Promise<void> {
		const path = [this.type.path, String(id)];
		const target = targetOf(this.type, String(id));
		this.names.set(id, undefined);
		try {
			const { data } = await apiRequest(
				this.context,
				{ method: 'GET', path, target: target },
				SETTINGS,
			);
			const { name } = data as IDataObject;
			if (typeof name === 'string') this.names.set(id, name);
		} catch {
			// The record can be chosen without this name.
		}
	}
}
