import type { INodeProperties } from 'n8n-workflow';

import type { Filter, RecordType } from './recordType';
import { optionalResourceLocator } from './resourceLocator';

/** The members of 'Filters' that many fields have in common. Their descriptions end a sentence. */

type FieldFilter = Omit<Filter, 'fields'>;

/** @param wording e.g. `{ name: 'due', label: 'Due', records: 'invoices due' }` */
interface Wording {
	/** What the names of the parameters begin with. */
	name: string;
	label: string;
	/** What is left over, up to the value that it is compared with. */
	records: string;
}

const CHECKED_HERE = 'Checked by this node.';

/** From one calendar day to another. */
export function dayFilters({ name, label, records }: Wording): FieldFilter[] {
	return [
		{
			kind: 'dateFrom',
			parameter: dateParameter(
				`${label} From`,
				`${name}From`,
				`Only ${records} on this day or later.`,
			),
		},
		{
			kind: 'dateTo',
			parameter: dateParameter(
				`${label} To`,
				`${name}To`,
				`Only ${records} on this day or earlier.`,
			),
		},
	];
}

/** From one point in time to another. */
export function timeFilters(wording: Wording): FieldFilter[] {
	const { name, label, records } = wording;
	return [
		timeFromFilter(wording),
		{
			kind: 'momentTo',
			parameter: dateParameter(
				`${label} To`,
				`${name}To`,
				`Only ${records} at this time or earlier. A day without a time, or at 00:00:00 as the calendar gives it, counts whole.`,
			),
		},
	];
}

export function timeFromFilter({ name, label, records }: Wording): FieldFilter {
	return {
		kind: 'momentFrom',
		parameter: dateParameter(
			`${label} From`,
			`${name}From`,
			`Only ${records} at this time or later.`,
		),
	};
}

function dateParameter(displayName: string, name: string, condition: string): INodeProperties {
	const description = `${condition} ${CHECKED_HERE}`;
	return {
		displayName,
		name,
		type: 'dateTime',
		default: '',
		description,
	};
}

/** Between two numbers. */
export function amountFilters({ name, label, records }: Wording): FieldFilter[] {
	const parameter = (bound: 'Min' | 'Max', meaning: string): INodeProperties => ({
		displayName: `${bound} ${label}`,
		name: `${bound.toLowerCase()}${name}`,
		type: 'number',
		default: 0,
		description: `Only ${records} at ${meaning} this, unless it is 0. Checked by this node.`,
	});
	return [
		{ kind: 'atLeast', parameter: parameter('Min', 'least') },
		{ kind: 'atMost', parameter: parameter('Max', 'most') },
	];
}

/** The records that belong to another one, e.g. `invoices of this customer`. */
export function linkedFilter(type: RecordType, records: string): FieldFilter {
	return {
		kind: { record: type },
		parameter: optionalResourceLocator(type, `Only ${records}. Checked by this node.`),
	};
}
