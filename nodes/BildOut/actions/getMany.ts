import type { IDataObject } from 'n8n-workflow';

import { statusOf } from '../api/errors';
import { MAX_PAGE_SIZE } from '../assumptions';
import { choiceIn, parseNumber, readMenu, readSwitch, readWholeNumber } from '../input/values';
import { type AppliedFilters, readFilters } from '../input/filters';
import type { RecordContext, RunItem } from '../execution/run';
import { outputShaper } from '../input/output';
import { listAt, type RecordType } from '../records/recordType';
import { limit, returnAll } from './commonParameters';
import {
	filtersOf,
	filtersParameter,
	sortDirection,
	sortFields,
	sortParameter,
} from './fieldParameters';
import { outputParameters } from './get';
import { type Operation, shownFor } from './operation';

export function getManyOperation(
	type: RecordType,
	description = `Read a list of ${type.name}s`,
): Operation {
	const filters = filtersOf(type);
	return {
		option: { name: 'Get Many', action: `Get many ${type.name}s`, description },
		properties: shownFor(type, 'getAll', [
			returnAll,
			limit,
			filtersParameter(filters),
			sortParameter(type),
			...outputParameters(type),
		]),
		async execute(item) {
			const shape = outputShaper(item, type);
			const wanted = wantedOf(item);
			const applied = await readFilters(item, filters);
			const rules = readSort(item, type);
			// What comes first in a sorted list is known only when all of it is there.
			const enough = rules.length > 0 ? Infinity : wanted;
			const { records, checked } = await readFiltered({ item, type }, applied, enough);
			item.run.stats.note(applied.exceptions(type, records.length > 0));
			const chosen = sorted(records, rules).slice(0, wanted);
			const onServer = filters.find((filter) => filter.onServer);
			item.run.stats.countFiltered(type, {
				read: checked,
				wanted: chosen.length,
				faster: applied.queries.length === 0 ? onServer?.parameter.displayName : undefined,
			});
			return await Promise.all(chosen.map(shape));
		},
	};
}

/**
 * Asks BildOut for a single status by one word after the other, until it returns anything. Where the first word
 * finds nothing, a short list is filtered here instead.
 */
async function readFiltered(
	{ item, type }: RecordContext,
	{ queries, keep, isLeftToServer }: AppliedFilters,
	wanted: number,
): Promise<{ records: IDataObject[]; checked: number }> {
	let checked = 0;
	const passes = (record: IDataObject) => {
		checked += 1;
		return keep ? keep(record) : true;
	};
	const list = async (query: IDataObject, isFiltered: boolean, most = wanted) =>
		await item.list({
			...listAt(type),
			query,
			keep: isFiltered ? passes : undefined,
			wanted: most,
		});
	const narrowed = async (query: IDataObject) => {
		if (!isLeftToServer) return await list(query, true);
		const records = await list(query, false);
		// A BildOut that ignores what it is asked for returns other records among them.
		if (records.every(passes)) return records;
		checked = 0;
		return await list(query, true);
	};
	let refused = 0;
	for (const [at, query] of queries.entries()) {
		if (at === 1 && refused === 0) {
			// A list of less than a page is known whole by one request.
			const some = await list({}, false, MAX_PAGE_SIZE);
			if (some.length < MAX_PAGE_SIZE)
				return { records: some.filter(passes), checked: some.length };
		}
		const records = await narrowed(query).catch((error: Error) => {
			if (![400, 422].includes(statusOf(error) ?? 0)) throw error;
			return undefined;
		});
		if (records && checked > 0) return { records, checked };
		if (!records) refused += 1;
	}
	if (refused < queries.length) return { records: [], checked };
	// BildOut was asked for nothing, or refuses every word for it: the whole list is filtered here.
	const records = await list({}, keep !== undefined);
	return { records, checked: keep ? checked : records.length };
}

/** How many records are asked for; Infinity for all. */
export function wantedOf(item: RunItem): number {
	return readSwitch(item, 'Return All', item.param('returnAll', false))
		? Infinity
		: readWholeNumber(item, 'Limit', item.param('limit', 50), 1, 50);
}

interface SortRule {
	field: string;
	direction: 'asc' | 'desc';
}

function readSort(item: RunItem, type: RecordType): SortRule[] {
	const { rule } = item.collection('sort') as { rule?: Array<Partial<SortRule>> };
	if (!Array.isArray(rule)) return [];
	const offered = sortFields(type);
	return rule.map(({ field = type.sortedBy, direction = 'asc' }) => {
		const chosen = choiceIn(offered, String(field));
		return {
			// Any other field of the record can be named by an expression.
			field: offered.some(({ value }) => value === chosen) ? chosen : String(field),
			direction: readMenu(item, sortDirection, direction) as SortRule['direction'],
		};
	});
}

/** Sorts by the first rule, then where that ties by the next; records without the field come last. */
function sorted(records: IDataObject[], rules: SortRule[]): IDataObject[] {
	return [...records].sort((a, b) => {
		for (const { field, direction } of rules) {
			const order = compare(a[field], b[field], direction === 'desc' ? -1 : 1);
			if (order !== 0) return order;
		}
		return 0;
	});
}

/** Collating numbers within text takes time that grows with the square of their digits. */
const MAX_COMPARED = 200;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: unknown, b: unknown, sign: number): number {
	const aMissing = a === null || a === undefined || a === '';
	const bMissing = b === null || b === undefined || b === '';
	if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
	const [aNumber, bNumber] = [parseNumber(a), parseNumber(b)];
	if (aNumber !== undefined && bNumber !== undefined) return sign * (aNumber - bNumber);
	return (
		sign * collator.compare(String(a).slice(0, MAX_COMPARED), String(b).slice(0, MAX_COMPARED))
	);
}
