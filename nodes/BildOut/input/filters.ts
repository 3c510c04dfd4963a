import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

import { linkedIdIn, meaningOf } from '../assumptions';
import { type Filter, type RecordType, withArticle } from '../records/recordType';
import { dayOf, parseTimestamp, readTimestamp, toCalendarDate } from './dates';
import type { InputItem } from './inputItem';
import { isEmptyLocator, locate, valueOfLocator } from './resourceLocators';
import { formatValue, isEmptyCell, normalized } from './text';
import { asText, choiceIn, parseNumber, readNames, readNumber, saysNothing } from './values';

/** Filters as they are applied: BildOut is asked for some, and the node checks all of them. */
export interface AppliedFilters {
	/** What BildOut may be asked for, the likeliest first, since it may have another word; empty for the whole list. */
	queries: IDataObject[];
	/** Whether BildOut is asked for everything that is filtered, so that nothing may be left to leave out. */
	isLeftToServer: boolean;
	/** Undefined where nothing is filtered. */
	keep?: (record: IDataObject) => boolean;
	/**
	 * What may surprise, once all records were looked at: those that do not have what a filter looks at, and where
	 * nothing was found, words that no menu of a filter has, as `Status 'late'`.
	 *
	 * @throws NodeOperationError where nothing was found because no record has what a filter looks at
	 */
	exceptions: (
		type: RecordType,
		hasFound: boolean,
	) => { unknownWord: string[]; notFilterable: string[] };
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
	filters: readonly Filter[],
): Promise<AppliedFilters> {
	const values = item.collection('filters');
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
		const results = [...tests].map(([filter, test]) => {
			const passes = test(record);
			if (passes !== undefined) decided.add(filter);
			return passes;
		});
		const isKept = results.every((passes) => passes === true);
		if (!isKept && !results.includes(false)) undecided.add(record);
		return isKept;
	};
	return {
		queries,
		isLeftToServer: queries.length > 0 && tests.size === 1,
		keep: tests.size > 0 ? keep : undefined,
		exceptions({ name, label }, hasFound) {
			const applied = [...tests.keys()];
			const filter = applied.find((one) => !decided.has(one));
			if (filter && hasChecked && !hasFound) {
				item.fail(
					`The filter '${filter.parameter.displayName}' cannot be applied: none of the ${name}s that BildOut returned has '${filter.fields.join("' or '")}' with a value that can be compared`,
					`An empty list would mean that no ${name} matches, so nothing is returned. Remove the filter, and look at what ${withArticle({ name })} has with 'Simplify' turned off.`,
				);
			}
			return {
				unknownWord: hasFound
					? []
					: applied.flatMap((one) => unknownWordsOf(one, values[one.parameter.name])),
				notFilterable: [...undecided].map((record) => label(record) || String(record.id)),
			};
		},
	};
}

function unknownWordsOf({ parameter, vocabulary = {} }: Filter, value: unknown): string[] {
	const options = parameter.options as INodePropertyOptions[] | undefined;
	if (!options) return [];
	const isKnown = (word: string) =>
		Object.hasOwn(vocabulary, meaningOf(vocabulary, word)) ||
		options.some((option) => option.value === choiceIn(options, word));
	const words = readNames(value).filter((word) => !isKnown(word));
	return words.map((word) => `${parameter.displayName} ${formatValue(word)}`);
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

/** Whether a filter narrows the list. An expression that returns nothing is an error, as a misspelt field is. */
function isSet(item: InputItem, { kind, parameter }: Filter, value: unknown): boolean {
	const { name, displayName } = parameter;
	// An agent says by an empty value that it wants no filter.
	const isComputed = () => !item.isTool && item.isExpression('filters', name);
	if (isEmptyCell(valueOfLocator(value)) && isComputed()) failForNothing(item, displayName);
	if (saysNothing(item, valueOfLocator(value))) return false;
	// A bound of 0 as the panel shows it at first, or as a model fills it in, is none; a computed 0 is one.
	const isBound = kind === 'atLeast' || kind === 'atMost';
	return !isBound || value !== 0 || isComputed();
}

function failForNothing(item: InputItem, label: string): never {
	item.fail(
		`The expression for filter '${label}' returned no value`,
		'Without it, the list would have every record. Check that the input item has the field it names, or remove the filter.',
	);
}

async function readTest(item: InputItem, filter: Filter, value: unknown) {
	const { kind, parameter, fields } = filter;
	if (kind === 'anyOf') return isAnyOf(item, filter, value);
	if (typeof kind !== 'object') return COMPARISONS[kind](item, filter, value);
	if (isEmptyLocator(value)) return undefined;
	const sought = { item, type: kind.record, label: parameter.displayName };
	const id = await locate(sought, value);
	return compares(fields, String, (given) => given === id, linkedIdIn);
}

type Compared = Exclude<Filter['kind'], 'anyOf' | object>;

const COMPARISONS: Record<Compared, (item: InputItem, filter: Filter, value: unknown) => Test> = {
	contains: comparison(
		(item, what, value) => normalized(asText(item, what, value)),
		(given) => normalized(String(given)),
		(given, text) => given.includes(text),
	),
	dateFrom: comparison(toCalendarDate, dayOf, (day, from) => day >= from),
	dateTo: comparison(toCalendarDate, dayOf, (day, to) => day <= to),
	momentFrom: comparison(readTimestamp, parseTimestamp, (moment, from) => moment >= from),
	momentTo: comparison(
		(item, what, value) => readTimestamp(item, what, value, 'end'),
		parseTimestamp,
		(moment, to) => moment <= to,
	),
	atLeast: comparison(readNumber, parseNumber, (number, least) => number >= least),
	atMost: comparison(readNumber, parseNumber, (number, most) => number <= most),
};

/**
 * @param readWanted what the user gave to compare with
 * @param read what a record has, undefined where it cannot be compared
 */
function comparison<Value>(
	readWanted: (item: InputItem, what: string, value: unknown) => Value,
	read: (given: unknown) => Value | undefined,
	passes: (given: Value, wanted: Value) => boolean,
) {
	return (item: InputItem, { fields, parameter }: Filter, value: unknown): Test => {
		const wanted = readWanted(item, `'${parameter.displayName}'`, value);
		return compares(fields, read, (given) => passes(given, wanted));
	};
}

/** A record passes where one of the fields does. An empty field does not. */
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
