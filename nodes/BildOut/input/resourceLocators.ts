import type { IDataObject } from 'n8n-workflow';

import { RECORD_ID, webPathsOf } from '../assumptions';
import { getConnection, parseUrl } from '../api/connection';
import type { InputItem } from './inputItem';
import { oneLine } from './text';
import { isLocator, plainEmail, refuseSpreadsheetError } from './values';
import { capitalized, type LookupKey, type RecordType, withArticle } from '../records/recordType';

/** No name, number or email is longer. */
const MAX_VALUE_LENGTH = 1_000;

/**
 * The ID of the record that a resource locator names: from the list, by ID, by URL, or by what people
 * know of it. A plain text, as agents and expressions give, is taken for what it looks like.
 *
 * @throws NodeOperationError before any request when the value cannot be an ID or a URL of this
 *   BildOut; after reading the list when no record, or more than one, has the email, name or number
 */
export async function locate(
	item: InputItem,
	locator: unknown,
	type: RecordType,
	label: string,
): Promise<string> {
	const { mode, text } = readLocator(requiredLocator(item, locator, type, label));
	refuseSpreadsheetError(item, `'${label}'`, text);
	const chosen = type.lookupKeys.find((key) => key.mode === mode);
	if (chosen) return idOf(item, type, label, chosen, text, await find(item, type, chosen, text));
	if (mode === 'url' || /^https?:/i.test(text)) return await idFromUrl(item, type, label, text);
	const key =
		mode === 'list' ? undefined : type.lookupKeys.find((one) => isValueOf(one, mode, text));
	if (!key) return checkId(item, type, label, text);
	const found = await find(item, type, key, text);
	const byId = await item.run.index(type).find(item, 'id', text);
	return idOf(item, type, label, key, text, [...new Set([...found, ...byId])]);
}

/** Whether a text is to be looked up rather than taken for an ID. */
function isValueOf({ pattern, plainPattern }: LookupKey, mode: string | undefined, text: string) {
	if (text.length > MAX_VALUE_LENGTH) return false;
	return pattern?.test(text) || (mode === undefined && plainPattern?.test(text));
}

/** The value of a chooser that may not be empty. */
export function requiredLocator(
	item: InputItem,
	locator: unknown,
	type: RecordType,
	label: string,
): IDataObject[string] {
	if (valueOfLocator(locator) === undefined && !item.isTool) {
		item.failForUndefined(`'${label}'`, `It must name ${withArticle(type)}.`);
	}
	if (isEmptyLocator(locator)) {
		const ways = ['ID', 'URL', ...type.lookupKeys.map(({ mode }) => mode)];
		item.fail(
			`'${label}' is empty`,
			`Choose the ${type.name} from the list, or enter its ${ways.join(' or ')}. If it is an expression, check that the input item has the field it names.`,
		);
	}
	return locator as IDataObject[string];
}

/** Whether a record chooser was left empty, which says "none" where the record is optional. */
export function isEmptyLocator(locator: unknown): boolean {
	return readLocator(locator).text === '';
}

/** What a chooser gives, without its mode. */
export function valueOfLocator(locator: unknown): unknown {
	return isLocator(locator) ? locator.value : locator;
}

function readLocator(locator: unknown): { mode?: string; text: string } {
	const mode = isLocator(locator) ? locator.mode : undefined;
	return { mode, text: plainText(valueOfLocator(locator)) };
}

/** What is no text, such as a whole record, is written out: the error can then show it. */
function plainText(value: unknown): string {
	if (value === undefined || value === null) return '';
	return typeof value === 'object' ? JSON.stringify(value) : oneLine(String(value));
}

function checkId(item: InputItem, type: RecordType, label: string, id: string): string {
	if (!RECORD_ID.test(id)) {
		item.fail(
			`'${id}' under '${label}' is not the ID of ${withArticle(type)}`,
			`Choose the ${type.name} from the list, or enter its ID, e.g. 3f2b8c1e-9d4a-4b6f-8e21-7c5a9d0b1e2f.${notThat(type)}`,
		);
	}
	return id;
}

/** What may have been meant instead of an ID. */
function notThat({ lookupKeys: knownBy, confusedWith: notItsId }: RecordType): string {
	if (notItsId === undefined) return '';
	const known = knownBy.at(-1);
	return ` It is not the ${notItsId}${known ? `: to enter that, choose 'By ${capitalized(known.mode)}'` : ''}.`;
}

async function idFromUrl(
	item: InputItem,
	type: RecordType,
	label: string,
	text: string,
): Promise<string> {
	const { baseUrl } = await getConnection(item.run.node);
	const url = parseUrl(/^https?:/i.test(text) ? text : `https://${text}`);
	if (!url || url.host !== new URL(baseUrl).host) {
		item.fail(
			`'${text}' under '${label}' is not an address of ${baseUrl}`,
			`Copy the address of the ${type.name} from the browser while you are signed in to the BildOut of this credential.`,
		);
	}
	const segments = url.pathname.split('/');
	const at = segments.findIndex((segment) => webPathsOf(type.path).includes(segment));
	const id = at < 0 ? undefined : segments[at + 1];
	if (!id) {
		item.fail(
			`'${text}' under '${label}' is not the address of ${withArticle(type)}`,
			`Choose the ${type.name} from the list instead. The address of ${withArticle(type)} looks like ${baseUrl}/${webPathsOf(type.path)[0]}/ID.`,
		);
	}
	return checkId(item, type, label, id);
}

async function find(
	item: InputItem,
	type: RecordType,
	{ field, mode, findIn }: LookupKey,
	text: string,
): Promise<IDataObject[]> {
	const index = item.run.index(type);
	const found = await index.find(item, field, mode === 'email' ? plainEmail(text) : text);
	return findIn ? findIn(await index.all(item), text) : found;
}

function idOf(
	item: InputItem,
	type: RecordType,
	label: string,
	{ mode }: LookupKey,
	value: string,
	matches: IDataObject[],
): string {
	if (matches.length === 0) {
		item.fail(
			`'${label}': no ${type.name} has the ${mode} '${value}'`,
			`Check the spelling, or create the ${type.name} first.`,
		);
	}
	if (matches.length > 1) {
		item.fail(
			`'${label}': ${matches.length} ${type.name}s have the ${mode} '${value}': ${listed(matches, type)}`,
			`Choose the ${type.name} by ID instead.`,
		);
	}
	return String(matches[0].id);
}

/** Records as an error lists them. */
export function listed(records: IDataObject[], { label }: RecordType): string {
	return records
		.map(
			(record) =>
				`${String(record.name ?? (label(record) || 'no name'))} (ID ${String(record.id)})`,
		)
		.join(', ');
}
