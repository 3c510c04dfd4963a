import type { IDataObject } from 'n8n-workflow';

import { CLIENT_FIELDS } from '../assumptions';
import type { FieldError } from '../api/errorBody';
import { isObject } from '../api/json';
import type { RecordType } from '../records/recordType';

/** A field as the names that lead to it, e.g. `['line_items', 'org_id']`. Numbers of rows are left out. */
export type FieldPath = string[];

/**
 * The fields for which BildOut refused a body, where it refused all of them because they may not be written:
 * each was read from the record, the user gave none of them, and none is known as a field that clients write.
 *
 * @returns undefined where it refused any field for its value, or names none
 */
export function rejectedFields(
	type: RecordType,
	body: IDataObject,
	changes: IDataObject,
	errors: FieldError[],
): FieldPath[] | undefined {
	const paths = errors.map(({ field }) => pathIn(body, field));
	const areRejected =
		errors.length > 0 &&
		errors.every(isNotWritable) &&
		paths.every((path) => isDroppable(type, body, changes, path));
	return areRejected ? paths : undefined;
}

/** The body without the fields, except those that the user gave or that clients write. */
export function dropFields(
	type: RecordType,
	body: IDataObject,
	changes: IDataObject,
	paths: FieldPath[],
): IDataObject {
	return paths
		.filter((path) => isDroppable(type, body, changes, path))
		.reduce((left, path) => without(left, path) as IDataObject, body);
}

const FIELD =
	'(?:field|key|propert(?:y|ies)|attribute|parameter|argument|column|input)(?:s|\\(s\\))?';

/** Codes that say that a field may not be written, in words. */
const NOT_WRITABLE_CODE = new RegExp(
	`^(?:(?:field )?(?:is )?(?:read ?only|immutable|prohibited|forbidden|protected|computed|generated|server owned|system)(?: ${FIELD})?|(?:${FIELD} )?not (?:allowed|permitted|writ(?:e)?able|editable|updat(?:e)?able|modifiable)|(?:${FIELD} )?(?:unknown|unrecogni[sz]ed|unexpected|unpermitted|unsupported|extra|additional)(?: ${FIELD})?|extra forbidden|(?:any|object) (?:unknown|allow ?unknown)|no such ${FIELD}|undefined ${FIELD}|additionalproperties)$`,
);

/** The same in a sentence, without the name of the field. */
const NOT_WRITABLE = new RegExp(
	[
		'\\bread[- ]?only\\b',
		'\\bimmutable\\b',
		"\\b(?:cannot|can not|can[’']t|(?:may|must|should) not|not allowed to|never|no longer) (?:be )?(?:directly )?(?:writ(?:e|ten)|edit(?:ed)?|modif(?:y|ied)|updated?|changed?|set|assign(?:ed)?|overwritten|specified|provided|supplied|included|present|sent|submitted)\\b",
		'\\bnot (?:a )?(?:writ(?:e)?able|editable|updat(?:e)?able|modifiable|changeable|assignable)\\b',
		'\\bmust be (?:omitted|absent|left out|removed|missing)\\b',
		'\\b(?:should be omitted|do not send|set automatically)\\b',
		`\\bis (?:an? )?(?:computed|calculated|derived|generated)(?: ${FIELD})?`,
		`\\b(?!(?:unexpected|unsupported) (?:input|argument))(?:unknown|unrecogni[sz]ed|unexpected|unsupported|unpermitted|undefined|extra|additional) ${FIELD}(?: (?:is |are )?not (?:allowed|permitted|supported))?`,
		'\\bshould not exist\\b',
		`\\bnot a (?:known|recogni[sz]ed|permitted|writ(?:e)?able) ${FIELD}`,
		// "Not a valid input" is about the value.
		'\\bnot an? (?:accepted|allowed|valid) (?:field|property|attribute|column)\\b',
		`\\bno such ${FIELD}\\b`,
		`^(?:this |the )?(?:${FIELD} )?(?:is |are )?(?:not (?:allowed|permitted)|prohibited|forbidden)$`,
		'\\b(?:managed|set|controlled|generated|computed|calculated|assigned|maintained|owned) (?:automatically |only )?by (?:the )?(?:server|system|bildout)\\b',
		'\\b(?:automatically|server|system)[- ](?:generated|set|computed|calculated|managed|assigned|owned)\\b',
	].join('|'),
);

/** What else may stand in such a sentence. Any other word may speak of a value, or of a state that passes. */
const NEUTRAL =
	/^(?:this|the|that|a|an|it|its|is|are|be|and|or|so|as|by|via|through|in|on|from|with|of|please|directly|manually|here|always|only|therefore|also|remove|omit|leave|out|ignore|client|clients|user|users|caller|callers|you|api|request|requests|body|payload|input|put|patch|update|updates|field|fields|property|properties|attribute|attributes|key|column|parameter|server|system|bildout|resource|record|object)$/;

/** Whether BildOut refused the field itself, whatever its value. In doubt it did not. */
function isNotWritable({ field, code = '', message = '' }: FieldError): boolean {
	const spelled = code
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.replace(/[^a-z]+/g, ' ')
		.trim();
	const name = field.split('.').at(-1)!;
	// Laravel, for example, writes `po number`.
	const names = [field, name].map((one) => escaped(one.toLowerCase()).replaceAll('_', '[_ ]'));
	const sentence = message
		.toLowerCase()
		.replace(/["'`“”‘’]/g, '"')
		.replace(
			new RegExp(`"(?:${names.join('|')})"|(?<![\\w.])(?:${names.join('|')})(?![\\w.])`, 'g'),
			'',
		)
		.trim()
		.replace(/^(?:the |field )*(?:field )?/, '')
		.replace(/can"t/g, "can't")
		.replace(/(?<![.!\s])[.!\s]+$/, '')
		.trim();
	const says = NOT_WRITABLE.test(sentence);
	const rest = sentence.replace(new RegExp(NOT_WRITABLE, 'g'), ' ').match(/[\p{L}\d']+/gu) ?? [];
	if (rest.some((word) => !NEUTRAL.test(word))) return false;
	return says || NOT_WRITABLE_CODE.test(spelled);
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isDroppable(
	type: RecordType,
	body: IDataObject,
	changes: IDataObject,
	path: FieldPath,
): boolean {
	return path.length > 0 && !isWritten(type, path) && has(body, path) && !has(changes, path);
}

/** Leaving out a field that clients write would empty it. */
function isWritten({ fields, rows }: RecordType, [name, ...rest]: FieldPath): boolean {
	if (rest.length > 0) return CLIENT_FIELDS.includes(rest[rest.length - 1]);
	return name === rows?.field || fields.some(({ api, parameter }) => api === name && parameter);
}

/** The names may be led by one for the body itself, as in `body.org_id`. */
function pathIn(body: IDataObject, field: string): FieldPath {
	const names = field.split('.').filter((name) => name !== '' && !/^\d+$/.test(name));
	return names.length > 1 && !(names[0] in body) ? names.slice(1) : names;
}

function has(value: unknown, [name, ...rest]: FieldPath): boolean {
	if (Array.isArray(value)) return value.some((entry) => has(entry, [name, ...rest]));
	if (!isObject(value) || !Object.hasOwn(value, name)) return false;
	return rest.length === 0 || has(value[name], rest);
}

function without(value: unknown, [name, ...rest]: FieldPath): unknown {
	if (Array.isArray(value)) return value.map((entry) => without(entry, [name, ...rest]));
	if (!isObject(value) || !Object.hasOwn(value, name)) return value;
	const { [name]: field, ...others } = value;
	return rest.length === 0 ? others : { ...value, [name]: without(field, rest) };
}
