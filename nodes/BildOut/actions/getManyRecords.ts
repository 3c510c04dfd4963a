import type { IDataObject } from 'n8n-workflow';

import { listRecords } from '../api/pagination/listRecords';
import { readSwitch, parseNumber, readWholeNumber } from '../input/values';
import { readFilters } from '../input/filters';
import type { InputItem } from '../input/inputItem';
import { type Filter, type RecordType, listTarget } from '../records/recordType';

/** The records that match the filters, sorted as asked for, at most as many as the limit says. */
export async function getManyRecords(
	item: InputItem,
	type: RecordType,
	filters: readonly Filter[],
): Promise<IDataObject[]> {
	const wanted = wantedOf(item);
	const { query, keep } = await readFilters(item, item.collection('filters'), filters);
	const rules = readSort(item);
	let filtered = 0;
	const keepCounted =
		keep &&
		((record: IDataObject) => {
			filtered += 1;
			return keep(record);
		});
	const records = await listRecords(
		item.run.node,
		{
			path: [type.path],
			target: listTarget(type),
			query,
			keep: keepCounted,
			// What comes first in a sorted list is known only when all of it is there.
			wanted: rules.length > 0 ? Infinity : wanted,
		},
		item.requestSettings(),
	);
	const chosen = sorted(records, rules).slice(0, wanted);
	const faster = filters.find(({ onServer, fields }) => onServer && !(fields[0] in query));
	item.run.stats.filters(type, {
		read: keep ? filtered : records.length,
		wanted: chosen.length,
		faster: faster?.parameter.displayName,
	});
	return chosen;
}

/** How many records are asked for; Infinity for all. */
export function wantedOf(item: InputItem): number {
	return readSwitch(item, 'Return All', item.param('returnAll', false))
		? Infinity
		: readWholeNumber(item, 'Limit', item.param('limit', 50), 1, 50);
}

interface SortRule {
	field: string;
	direction: 'asc' | 'desc';
}

function readSort(item: InputItem): SortRule[] {
	const { rule } = item.collection('sort') as { rule?: SortRule[] };
	return Array.isArray(rule) ? rule : [];
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

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: unknown, b: unknown, sign: number): number {
	const aMissing = a === null || a === undefined || a === '';
	const bMissing = b === null || b === undefined || b === '';
	if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
	const [aNumber, bNumber] = [parseNumber(a), parseNumber(b)];
	if (aNumber !== undefined && bNumber !== undefined) return sign * (aNumber - bNumber);
	return sign * collator.compare(String(a), String(b));
}
