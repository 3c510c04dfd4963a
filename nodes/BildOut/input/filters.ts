import type { IDataObject } from 'n8n-workflow';

import { toCalendarDate, toMoment } from './dates';
import { asText, readNames, readNumber } from './values';
import type { InputItem } from './inputItem';
import { isEmptyLocator, locate } from './resourceLocators';
import { normalized } from '../execution/recordIndex';
import type { Filter } from '../records/recordType';

/** Filters as they are applied: some by BildOut, the rest by the node. */
export interface AppliedFilters {
	query: IDataObject;
	keep?: (record: IDataObject) => boolean;
}

type Test = (record: IDataObject) => boolean;

/**
 * Splits the filters that a user set into those that BildOut is documented to apply and those that
 * the node applies to what BildOut returns.
 *
 * @throws NodeOperationError for a value that cannot be compared with
 */
export async function readFilters(
	item: InputItem,
	values: IDataObject,
	filters: readonly Filter[],
): Promise<AppliedFilters> {
	const query: IDataObject = {};
	const tests: Test[] = [];
	for (const filter of filters) {
		const { name, displayName: label } = filter.parameter;
		const value = values[name];
		if (!isSet(item, filter, value)) continue;
		const wanted = filter.kind === 'anyOf' ? readWanted(item, label, value) : undefined;
		if (filter.onServer && wanted?.length === 1) {
			query[filter.fields[0]] = wanted[0].toLowerCase();
			continue;
		}
		const test = wanted ? isAnyOf(wanted, filter.fields[0]) : await readTest(item, filter, value);
		if (test) tests.push(test);
	}
	if (tests.length === 0) return { query };
	return { query, keep: (record) => tests.every((test) => test(record)) };
}

/** Whether a filter narrows the list. An expression that yields nothing is an error, as a misspelt field is. */
function isSet(item: InputItem, filter: Filter, value: unknown): boolean {
	const { name, displayName: label } = filter.parameter;
	// An agent says by it that it wants no filter.
	if (!item.isTool && item.yieldsNothing('filters', name, value)) failForNothing(item, label);
	if (value === undefined || value === null || value === '') return false;
	return !isUntouchedBound(item, name, filter, value);
}

function failForNothing(item: InputItem, label: string): never {
	item.fail(
		`The expression of the filter '${label}' yields nothing`,
		'Without it, the list would have every record. Check that the input item has the field it names, or remove the filter.',
	);
}

/** The values of which a record must have one; none where nobody chose any. */
function readWanted(item: InputItem, label: string, value: unknown): string[] {
	const wanted = readNames(value);
	const isNoneChosen = Array.isArray(value) && value.length === 0;
	if (wanted.length === 0 && !isNoneChosen && !item.isTool) failForNothing(item, label);
	return wanted;
}

/** A bound of 0 as the panel shows it at first, or as a model fills it in, is none; a computed 0 is one. */
function isUntouchedBound(
	item: InputItem,
	name: string,
	{ kind }: Filter,
	value: unknown,
): boolean {
	const isBound = kind === 'atLeast' || kind === 'atMost';
	return isBound && value === 0 && (item.isTool || !item.isExpression('filters', name));
}

async function readTest(
	item: InputItem,
	filter: Filter,
	value: unknown,
): Promise<Test | undefined> {
	const { kind, parameter } = filter;
	const label = parameter.displayName;
	const what = `'${label}'`;
	const [field] = filter.fields;
	if (typeof kind === 'object') {
		if (isEmptyLocator(value)) return undefined;
		const id = await locate(item, value, kind.record, label);
		return (record) => String(record[field]) === id;
	}
	switch (kind) {
		case 'contains': {
			const text = normalized(asText(item, what, value));
			return (record) =>
				filter.fields.some((name) => normalized(String(record[name] ?? '')).includes(text));
		}
		case 'dateFrom': {
			const from = toCalendarDate(item, what, value);
			return (record) => typeof record[field] === 'string' && record[field].slice(0, 10) >= from;
		}
		case 'dateTo': {
			const to = toCalendarDate(item, what, value);
			return (record) => typeof record[field] === 'string' && record[field].slice(0, 10) <= to;
		}
		case 'momentFrom': {
			const from = toMoment(item, what, value);
			return (record) => Date.parse(String(record[field])) >= from;
		}
		case 'momentTo': {
			const to = toMoment(item, what, value, 'end');
			return (record) => Date.parse(String(record[field])) <= to;
		}
		case 'atLeast': {
			const least = readNumber(item, what, value);
			return (record) => record[field] !== null && Number(record[field]) >= least;
		}
		case 'atMost': {
			const most = readNumber(item, what, value);
			return (record) => record[field] !== null && Number(record[field]) <= most;
		}
		default:
			return undefined;
	}
}

/** People write 'Active' where BildOut has 'active'. */
function isAnyOf(wanted: string[], field: string): Test | undefined {
	if (wanted.length === 0) return undefined;
	const lowered = wanted.map((entry) => entry.toLowerCase());
	return (record) => lowered.includes(String(record[field]).toLowerCase());
}
