import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Vocabulary } from '../assumptions';
import type { Target } from '../api/errors';

/** All that the node needs to know of one kind of record. Each kind has a file in this folder. */
export interface RecordType {
	/** In singular and lower case; also the value of the parameter 'resource'. */
	name: string;
	/** The path segment below `/api/v1` (section Endpoints of BildOut's developer page). */
	path: string;
	/** The scopes that reading and writing it need (section Scopes). */
	scopes: { read: string; write?: string };
	/** Top-level fields that a client never writes. */
	serverOwned: readonly string[];
	/** Fields that a client never writes where they hold another record, or a list of them. */
	embedded?: readonly string[];
	/** Its rows, where a PUT replaces them all by those of the body. */
	rows?: {
		/** The field's name in the API. */
		field: string;
		/** In plural and lower case. */
		name: string;
		/** The label of the parameter that changes them. */
		parameter: string;
		/** Fields of a row that a client never writes. */
		serverOwned: readonly string[];
	};
	/** Its fields, in the order in which people think of them. */
	fields: readonly Field[];
	/** Texts that some BildOuts send with it; 'Simplify' keeps those that are there. */
	extraFields?: readonly string[];
	/** What the list is sorted by when a sort rule is added. */
	sortedBy: string;
	/** What a user may search its list for, e.g. 'e.g. roofing'. */
	searchPlaceholder?: string;
	/** By what people tell one record from another, besides its ID. */
	lookupKeys: readonly LookupKey[];
	/** The field with the record within which its name tells it from others, e.g. the customer of a project. */
	nameScope?: string;
	/** What people call it where they do not say its name, e.g. 'construction job'. */
	alias?: string;
	/** What else changes with its name, as a sentence for the panel. */
	renaming?: string;
	/** What people take for its ID, for errors. */
	confusedWith?: string;
	/** How its chooser shows it. Parts that the record does not have are left out. */
	label: (record: IDataObject, nameOfLinked?: string) => string;
	/** A record that it belongs to, whose name people want to see with it. */
	parent?: ParentRecord;
}

/** One field of a record: everything that the node knows of it and lets people do with it. */
export type Field = WrittenField | ReadField;

interface AnyField {
	/** The field's name in the API. */
	api: string;
	uses: readonly Use[];
	/** The parts of an object that 'Simplify' keeps. */
	simplifiedParts?: readonly string[];
	/** The members of 'Filters' that look at this field. */
	filters?: ReadonlyArray<Omit<Filter, 'fields'>>;
}

/** A field that people give a value. A required one stands in the panel when a record is created. */
export interface WrittenField extends AnyField {
	parameter: INodeProperties;
	kind: FieldKind;
}

/** A field that only BildOut sets. */
export interface ReadField extends AnyField {
	/** Its label in menus, in title case. */
	label: string;
	parameter?: undefined;
	kind?: undefined;
}

/**
 * What may be done with a field. `create`, `update`, `clear`, `sort`: the parameters that offer it; `search`: the
 * filter 'Search' looks in it; `simplify`: 'Simplify' keeps it; `agent`: it is among those that an agent reads when
 * it reads selected fields. An agent's menu offers every field.
 */
export type Use = 'create' | 'update' | 'clear' | 'sort' | 'search' | 'simplify' | 'agent';

export type FieldKind =
	| 'text'
	| 'name'
	| 'email'
	| 'phone'
	| 'choice'
	| 'currency'
	| 'number'
	| 'boolean'
	| 'date'
	| 'address'
	| { record: RecordType };

/** How one member of 'Filters' decides about a record. */
export interface Filter {
	parameter: INodeProperties;
	/** The record's field; several for a text that may be in any of them. */
	fields: readonly string[];
	kind:
		| 'anyOf'
		| 'contains'
		| 'dateFrom'
		| 'dateTo'
		| 'momentFrom'
		| 'momentTo'
		| 'atLeast'
		| 'atMost'
		| { record: RecordType };
	/** BildOut applies this filter itself where a single value is asked for (section Endpoints). */
	onServer?: boolean;
	/** The words that the field may use for each value. */
	vocabulary?: Vocabulary;
	/** The value where more than the field tells it; undefined where the record does not. */
	derive?: (record: IDataObject) => unknown;
}

/** A field of which people know the value, and the mode of the chooser that takes it. */
export interface LookupKey {
	/** The field's name in the API. */
	field: string;
	/** What people call the value, in lower case; also the chooser's mode. */
	mode: string;
	placeholder: string;
	/** A text of this form is taken for the value, not for an ID, in every mode that takes text. */
	pattern?: RegExp;
	/** The same where no mode was chosen: an expression returned the text, or an agent wrote it. */
	plainPattern?: RegExp;
	/** The records that a value may mean, where people write it in several ways. */
	findIn?: (records: readonly IDataObject[], value: string) => IDataObject[];
}

export interface ParentRecord {
	type: RecordType;
	/** The field that has its ID. */
	field: string;
	/** The field in which its name is given, beside the ID. */
	nameField: string;
	/** Its name, where BildOut sends it along. */
	nameIn: (record: IDataObject) => string | undefined;
}

/** The fields with which something may be done. */
export function fieldsFor({ fields }: RecordType, use: Use): Field[] {
	return fields.filter(({ uses }) => uses.includes(use));
}

/** What people call a field. */
export function labelOf(field: Field): string {
	return field.parameter ? field.parameter.displayName : field.label;
}

/** Where a record is, or without an ID where it is created, and what errors of a request there name. */
export function recordAt(
	{ name, path, scopes, confusedWith }: RecordType,
	id?: string,
): { path: string[]; target: Target } {
	const target = { resource: name, id, scopes, confusedWith };
	return { path: id === undefined ? [path] : [path, id], target };
}

/** The same of its list. */
export function listAt({ name, path, scopes }: RecordType): { path: string[]; target: Target } {
	return { path: [path], target: { resource: `${name} list`, scopes } };
}

/** A word with a capital letter, as a label has it. */
export function capitalized(text: string): string {
	return text[0].toUpperCase() + text.slice(1);
}

/** The record's name after 'a' or 'an'. */
export function withArticle({ name }: Pick<RecordType, 'name'>): string {
	return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
