import type { IDataObject } from 'n8n-workflow';

import { CLIENT_FIELDS } from '../assumptions';
import { isObject } from '../api/json';
import type { RecordType } from '../records/recordType';

/** A field as the names on the way to it, e.g. `['line_items', 'org_id']`. Numbers of rows are left out. */
type Path = string[];

/**
 * The body without the fields for which BildOut refused it, where they are fields that BildOut owns: all
 * that it names were read from the record, the user gave none of them, and none is known as a field that
 * clients write.
 *
 * @param words what BildOut said was wrong, e.g. `org_id: is not allowed`
 * @returns undefined where any field is of another kind, or none is named
 */
export function dropRejectedFields(
	type: RecordType,
	body: IDataObject,
	given: IDataObject,
	words: string[],
): IDataObject | undefined {
	const paths = words.flatMap((text) => pathsNamed(body, text));
	const isServerOwned = (path: Path) =>
		!isWritten(type, path) && has(body, path) && !has(given, path);
	if (paths.length === 0 || !paths.every(isServerOwned)) return undefined;
	return paths.reduce<IDataObject>((left, path) => without(left, path) as IDataObject, body);
}

/** Leaving out a field that clients write would empty it. */
function isWritten({ fields, rows }: RecordType, [name, ...rest]: Path): boolean {
	if (rest.length > 0) return CLIENT_FIELDS.includes(rest[rest.length - 1]);
	return name === rows?.field || fields.some(({ api, parameter }) => api === name && parameter);
}

/** A detail begins with the path of its field; other words may mention fields of the record. */
function pathsNamed(body: IDataObject, text: string): Path[] {
	const [beginning] = /^[\w.[\]]+(?=:)/.exec(text) ?? [];
	if (beginning !== undefined) {
		const names = beginning.split(/[.[\]]+/).filter((name) => name !== '' && !/^\d+$/.test(name));
		return [names[0] in body ? names : names.slice(1)];
	}
	// A plain word such as "source" may stand in any sentence; a field is quoted or has an underscore.
	const mentioned = text.match(/(?<=["'`])\w+(?=["'`])|\b\w+_\w+\b/g) ?? [];
	return mentioned.filter((name) => Object.hasOwn(body, name)).map((name) => [name]);
}

function has(value: unknown, [name, ...rest]: Path): boolean {
	if (Array.isArray(value)) return value.some((entry) => has(entry, [name, ...rest]));
	if (!isObject(value) || !Object.hasOwn(value, name)) return false;
	return rest.length === 0 || has(value[name], rest);
}

function without(value: unknown, [name, ...rest]: Path): unknown {
	if (Array.isArray(value)) return value.map((entry) => without(entry, [name, ...rest]));
	if (!isObject(value) || !Object.hasOwn(value, name)) return value;
	const { [name]: field, ...others } = value;
	return rest.length === 0 ? others : { ...value, [name]: without(field, rest) };
}
