import type { IDataObject } from 'n8n-workflow';

import type { Subject } from '../transport/errors';

/** All that the node needs to know of one kind of record. Each is described in its resource's folder. */
export interface RecordType {
	/** In singular and lower case; also the value of the parameter 'resource'. */
	name: string;
	/** The path segment below `/api/v1` (section Endpoints of BildOut's developer page). */
	path: string;
	/** The scopes that reading and writing it need (section Scopes). */
	scopes: { read: string; write?: string };
	/** The path segments that stand before its ID in the web application's addresses. */
	webPaths: readonly string[];
	/** Top-level fields that a client never writes. */
	serverOwned: readonly string[];
	/** Its rows, where a PUT replaces them all by those of the body. */
	rows?: RowsOfRecord;
	/** By what people tell one record from another, besides its ID. */
	knownBy: readonly KnownBy[];
	/** What people call it where they do not say its name, e.g. 'construction job'. */
	calledBy?: string;
	/** What people take for its ID, for errors. */
	notItsId?: string;
	/** The fields that 'Simplify' keeps: what people look for. Nested ones with a dot. */
	simplified: readonly string[];
	/** How its chooser shows it. Parts that the record does not have are left out. */
	label: (record: IDataObject, nameOfLinked?: string) => string;
	/** A record that it belongs to, whose name stands in the label too. */
	linked?: { field: string; type: RecordType };
}

/** A field of which people know the value, and the mode of the chooser that takes it. */
export interface KnownBy {
	/** The field's name in the API. */
	field: string;
	mode: string;
	placeholder: string;
}

export interface RowsOfRecord {
	/** The field's name in the API. */
	field: string;
	/** In plural and lower case. */
	name: string;
	/** The label of the parameter that changes them. */
	parameter: string;
	/** Fields of a row that a client never writes. */
	serverOwned: readonly string[];
}

/** What a request is about, for its errors. */
export function subjectOf({ name, scopes, notItsId }: RecordType, id?: string): Subject {
	return { what: name, id, scopes, notItsId };
}

export function subjectOfList({ name, scopes }: RecordType): Subject {
	return { what: `${name} list`, scopes };
}

/** The record's name after 'a' or 'an'. */
export function withArticle({ name }: RecordType): string {
	return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
