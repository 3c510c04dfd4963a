import type { IDataObject } from 'n8n-workflow';

import { RECORD_ID, webPathsOf } from '../assumptions';
import { getConnection, parseUrl } from '../api/connection';
import { capitalized, type LookupKey, type RecordType, withArticle } from '../records/recordType';
import type { InputItem } from './inputItem';
import { oneLine } from './text';
import { isLocator, plainEmail, refuseSpreadsheetError } from './values';

/** No name, number or email is longer. */
const MAX_VALUE_LENGTH = 1_000;

/** A record that is to be found, and the label of the parameter that names it. */
export interface Sought {
	item: InputItem;
	type: RecordType;
	label: string;
}

/**
 * The ID of the record that a resource locator names: from the list, by ID, by URL, or by what people
 * know of it. A plain text, as agents and expressions give, is taken for what it looks like.
 *
 * @throws NodeOperationError before any request when the value cannot be an ID or a URL of this
 *   BildOut; after reading the list when no record, or more than one, has the email, name or number
 */
export async function locate(sought: Sought, locator: unknown): Promise<string> {
	const { item, type, label } = sought;
	const { mode, text } = readLocator(requiredLocator(sought, locator));
	refuseSpreadsheetError(item, `'${label}'`, text);
	const chosen = type.lookupKeys.find((key) => key.mode === mode);
	if (chosen) return idOf(sought, chosen, text, await find(sought, chosen, text));
	if (mode === 'url' || /^https?:/i.test(text)) return await idFromUrl(sought, text);
	const key =
		mode === 'list' ? undefined : type.lookupKeys.find((one) => isValueOf(one, mode, text));
	if (!key) return checkId(sought, text);
	const found = await find(sought, key, text);
	const byId = await item.run.index(type).find(item, 'id', text);
	return idOf(sought, key, text, [...new Set([...found, ...byId])]);
}

/** Whether a text is to be looked up rather than taken for an ID. */
function isValueOf({ pattern, plainPattern }: LookupKey, mode: string | undefined, text: string) {
	if (text.length > MAX_VALUE_LENGTH) return false;
	return pattern?.test(text) || (mode === undefined && plainPattern?.test(text));
}

/** The value of a chooser that may not be empty. */
export function requiredLocator(
	{ item, type, label }: Sought,
	locator: unknown,
): IDataObject[string] {
	if (valueOfLocator(locator) === undefined && !item.isTool) {
		item.failForUndefined(`'${label}'`, `'${label}' must name ${withArticle(type)}.`);
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
	const value = valueOfLocator(locator) ?? '';
	return {
		mode: isLocator(locator) ? locator.mode : undefined,
		// What is no text, such as a whole record, is written out: the error can then show it.
		text: typeof value === 'object' ? JSON.stringify(value) : oneLine(String(value)),
	};
}

function checkId({ item, type, label }: Sought, id: string): string {
	if (RECORD_ID.test(id)) return id;
	const { lookupKeys, confusedWith } = type;
	const other = lookupKeys.at(-1);
	const choose = other ? `: to enter that, choose 'By ${capitalized(other.mode)}'` : '';
	const notThat = confusedWith === undefined ? '' : ` It is not the ${confusedWith}${choose}.`;
	return item.fail(
		`'${id}' under '${label}' is not the ID of ${withArticle(type)}`,
		`Choose the ${type.name} from the list, or enter its ID, e.g. 3f2b8c1e-9d4a-4b6f-8e21-7c5a9d0b1e2f.${notThat}`,
	);
}

async function idFromUrl(sought: Sought, text: string): Promise<string> {
	const { item, type, label } = sought;
	const { baseUrl } = await getConnection(item.run.node);
	const url = parseUrl(/^https?:/i.test(text) ? text : `https://${text}`);
	if (!url || url.host !== new URL(baseUrl).host) {
		return item.fail(
			`'${text}' under '${label}' is not an address of ${baseUrl}`,
			`Copy the address of the ${type.name} from the browser while you are signed in to the BildOut of this credential.`,
		);
	}
	const segments = url.pathname.split('/');
	const at = segments.findIndex((segment) => webPathsOf(type.path).includes(segment));
	const id = at < 0 ? undefined : segments[at + 1];
	if (!id) {
		return item.fail(
			`'${text}' under '${label}' is not the address of ${withArticle(type)}`,
			`Choose the ${type.name} from the list instead. The address of ${withArticle(type)} looks like ${baseUrl}/${webPathsOf(type.path)[0]}/ID.`,
		);
	}
	return checkId(sought, id);
}

async function find({ item, type }: Sought, key: LookupKey, text: string): Promise<IDataObject[]> {
	const { field, mode, findIn } = key;
	const index = item.run.index(type);
	const found = await index.find(item, field, mode === 'email' ? plainEmail(text) : text);
	return findIn ? findIn(await index.all(item), text) : found;
}

function idOf(
	{ item, type, label }: Sought,
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
	const nameOf = (record: IDataObject) => String(record.name ?? (label(record) || 'no name'));
	return records.map((record) => `${nameOf(record)} (ID ${String(record.id)})`).join(', ');
}
