import type { IDataObject } from 'n8n-workflow';

import { linkedIdIn, meaningOf } from '../assumptions';
import { type Filter, type RecordType, withArticle } from '../records/recordType';
import { dayOf, parseTimestamp, readTimestamp, toCalendarDate } from './dates';
import type { InputItem } from './inputItem';
import { isEmptyLocator, locate, valueOfLocator } from './resourceLocators';
import { normalized } from './text';
import { asText, parseNumber, readNames, readNumber, saysNothing } from './values';

/** Filters as they are applied: BildOut is asked for some, and the node checks all of them. */
export interface AppliedFilters {
	/** What BildOut may be asked for, the likeliest first, since it may have another word; empty for the whole list. */
	queries: IDataObject[];
	/** Whether BildOut is asked for everything that is filtered, so that nothing may be left to leave out. */
	isLeftToServer: boolean;
	/** Undefined where nothing is filtered. */
	keep?: (record: IDataObject) => boolean;
	/** Records that are left out only because they do not have what a filter looks at. */
	undecided: ReadonlySet<IDataObject>;
	/** Ends the item where no record was kept because none has what a filter looks at. */
	requireFields: (type: RecordType) => void;
}

/** Whether a record passes; undefined where it does not have what is compared. */
type Test = (record: IDataObject) => boolean | undefined;

/**
 * Reads the filters that a user set. BildOut documents one of them (`status` of invoices); whether it
 * applies that one cannot be relied on, so what it returns is checked too.
 *
 * @throws NodeOperationError for a value that cannot be compared with
 */
export async function readFilters(
	item: InputItem,
	values: IDataObject,
	filters: readonly Filter[],
): Promise<AppliedFilters> {
	const queries: IDataObject[] = [];
	const tests = new Map<Filter, Test>();
	for (const filter of filters) {
		const value = values[filter.parameter.name];
		if (!isSet(item, filter, value)) continue;
		const test = await readTest(item, filter, value);
		if (!test) continue;
		tests.set(filter, test);
		if (filter.onServer) queries.push(...serverQueries(filter, readNames(value)));
	}
	const decided = new Set<Filter>();
	const undecided = new Set<IDataObject>();
	let hasChecked = false;
	const keep = (record: IDataObject) => {
		hasChecked = true;
		const results = [...tests].map(([filter, test]) => ({ filter, passes: test(record) }));
		for (const { filter, passes } of results) if (passes !== undefined) decided.add(filter);
		const isKept = results.every(({ passes }) => passes === true);
		if (!isKept && results.every(({ passes }) => passes !== false)) undecided.add(record);
		return isKept;
	};
	return {
		queries,
		isLeftToServer: queries.length > 0 && tests.size === 1,
		keep: tests.size > 0 ? keep : undefined,
		undecided,
		requireFields(type) {
			const undecided = [...tests.keys()].find((filter) => !decided.has(filter));
			if (undecided && hasChecked) failForMissingField(item, type, undecided);
		},
	};
}

/** Each word that BildOut may have for a single value. */
function serverQueries(
	{ fields: [field], vocabulary = {} }: Filter,
	wanted: string[],
): IDataObject[] {
	if (wanted.length !== 1) return [];
	const meaning = meaningOf(vocabulary, wanted[0]);
	return (vocabulary[meaning] ?? [meaning]).map((word) => ({ [field]: word }));
}

function failForMissingField(
	item: InputItem,
	{ name }: RecordType,
	{ parameter, fields }: Filter,
): never {
	item.fail(
		`The filter '${parameter.displayName}' cannot be applied: none of the ${name}s that BildOut returned has '${fields.join("' or '")}' with a value that can be compared`,
		`An empty list would mean that no ${name} matches, so nothing is returned. Remove the filter, and look at what ${withArticle({ name })} has with 'Simplify' turned off.`,
	);
}

/** Whether a filter narrows the list. An expression that returns nothing is an error, as a misspelt field is. */
function isSet(item: InputItem, filter: Filter, value: unknown): boolean {
	const { name, displayName: label } = filter.parameter;
	// An agent says by it that it wants no filter.
	if (!item.isTool && item.yieldsNothing('filters', name, value)) failForNothing(item, label);
	if (saysNothing(item, valueOfLocator(value))) return false;
	return !isUntouchedBound(item, name, filter, value);
}

function failForNothing(item: InputItem, label: string): never {
	item.fail(
		`The expression for filter '${label}' returned no value`,
		'Without it, the list would have every record. Check that the input item has the field it names, or remove the filter.',
	);
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
	const { kind, parameter, fields } = filter;
	const label = parameter.displayName;
	const what = `'${label}'`;
	if (typeof kind === 'object') {
		if (isEmptyLocator(value)) return undefined;
		const id = await locate(item, value, kind.record, label);
		return compares(fields, String, (given) => given === id, linkedIdIn);
	}
	switch (kind) {
		case 'anyOf':
			return isAnyOf(item, filter, value);
		case 'contains': {
			const text = normalized(asText(item, what, value));
			return compares(
				fields,
				(given) => normalized(String(given)),
				(given) => given.includes(text),
			);
		}
		case 'dateFrom': {
			const from = toCalendarDate(item, what, value);
			return compares(fields, dayOf, (day) => day >= from);
		}
		case 'dateTo': {
			const to = toCalendarDate(item, what, value);
			return compares(fields, dayOf, (day) => day <= to);
		}
		case 'momentFrom': {
			const from = readTimestamp(item, what, value);
			return compares(fields, parseTimestamp, (moment) => moment >= from);
		}
		case 'momentTo': {
			const to = readTimestamp(item, what, value, 'end');
			return compares(fields, parseTimestamp, (moment) => moment <= to);
		}
		case 'atLeast': {
			const least = readNumber(item, what, value);
			return compares(fields, parseNumber, (number) => number >= least);
		}
		case 'atMost': {
			const most = readNumber(item, what, value);
			return compares(fields, parseNumber, (number) => number <= most);
		}
	}
}

/**
 * A record passes where one of the fields does. An empty field does not.
 *
 * @param read the value in a form that can be compared, undefined where it has none
 * @param valueOf takes the value from a record
 */
function compares<Value>(
	fields: readonly string[],
	read: (given: unknown) => Value | undefined,
	passes: (value: Value) => boolean,
	valueOf = (record: IDataObject, field: string): unknown => record[field],
): Test {
	return (record) => {
		const there = fields
			.map((field) => valueOf(record, field))
			.filter((value) => value !== undefined);
		const given = there.filter((value) => value !== null && value !== '');
		const values = given.map(read).filter((value) => value !== undefined);
		if (values.some(passes)) return true;
		return there.length === 0 || values.length < given.length ? undefined : false;
	};
}

/** People write 'Active' where BildOut has 'active', and BildOut may have 'in_progress'. */
function isAnyOf(item: InputItem, filter: Filter, value: unknown): Test | undefined {
	const { fields, vocabulary = {}, derive } = filter;
	const wanted = readNames(value);
	const isNoneChosen = Array.isArray(value) && value.length === 0;
	if (wanted.length === 0 && !isNoneChosen && !item.isTool) {
		failForNothing(item, filter.parameter.displayName);
	}
	if (wanted.length === 0) return undefined;
	const meanings = wanted.map((word) => meaningOf(vocabulary, word));
	if (derive) {
		return (record) => {
			const meaning = derive(record);
			return meaning === undefined ? undefined : meanings.includes(String(meaning));
		};
	}
	return compares(
		fields,
		(given) => meaningOf(vocabulary, given),
		(given) => meanings.includes(given),
	);
}
