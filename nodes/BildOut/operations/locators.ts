import type { IDataObject } from 'n8n-workflow';

import { RECORD_ID, WEB_PATHS } from '../assumptions';
import { getConnection, parseUrl } from '../transport/connection';
import type { Item } from './item';
import { normalized, recordsBy } from './recordIndex';
import { RECORD_TYPES, type RecordName } from './recordTypes';

/**
 * The ID of the record that a resource locator names: from the list, by ID, by URL or by email. A
 * plain text, as agents and expressions give, is taken for what it looks like.
 *
 * @throws NodeOperationError before any request when the value cannot be an ID or a URL of this
 *   BildOut; after reading the list when no record, or more than one, has the email
 */
export async function locate(
	item: Item,
	locator: unknown,
	name: RecordName,
	label: string,
): Promise<string> {
	const { mode, text } = readLocator(locator);
	const type = RECORD_TYPES[name];
	if (text === '') {
		item.fail(
			`'${label}' is empty`,
			`Choose the ${name} from the list, or enter its ID or URL${type.hasEmail ? ' or email' : ''}. If it is an expression, check that the input item has the field it names.`,
		);
	}
	if (mode === 'url' || /^https?:/i.test(text)) return await idFromUrl(item, name, label, text);
	if (type.hasEmail && (mode === 'email' || text.includes('@'))) {
		return await idByEmail(item, name, label, text);
	}
	return checkId(item, name, label, text);
}

/** Whether a record chooser was left empty, which says "none" where the record is optional. */
export function isEmptyLocator(locator: unknown): boolean {
	return readLocator(locator).text === '';
}

function readLocator(locator: unknown): { mode?: string; text: string } {
	if (
		typeof locator === 'object' &&
		locator !== null &&
		('mode' in locator || 'value' in locator)
	) {
		const { mode, value } = locator as { mode?: string; value?: unknown };
		return { mode, text: plainText(value) };
	}
	return { text: plainText(locator) };
}

/** What is no text, such as a whole record, is written out: the error can then show it. */
function plainText(value: unknown): string {
	if (value === undefined || value === null) return '';
	return (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();
}

function checkId(item: Item, name: RecordName, label: string, id: string): string {
	if (!RECORD_ID.test(id)) {
		item.fail(
			`'${id}' under '${label}' is not the ID of ${oneOf(name)}`,
			`Choose the ${name} from the list, or enter its ID, e.g. 3f2b8c1e-9d4a-4b6f-8e21-7c5a9d0b1e2f. It is not the ${name === 'invoice' ? 'invoice number' : 'name'}.`,
		);
	}
	return id;
}

async function idFromUrl(
	item: Item,
	name: RecordName,
	label: string,
	text: string,
): Promise<string> {
	const { baseUrl } = await getConnection(item.run.node);
	const url = parseUrl(/^https?:/i.test(text) ? text : `https://${text}`);
	if (!url || url.host !== new URL(baseUrl).host) {
		item.fail(
			`'${text}' under '${label}' is not an address of ${baseUrl}`,
			`Copy the address of the ${name} from the browser while you are signed in to the BildOut of this credential.`,
		);
	}
	const segments = url.pathname.split('/');
	const at = segments.findIndex((segment) =>
		(WEB_PATHS[name] as readonly string[]).includes(segment),
	);
	const id = at < 0 ? undefined : segments[at + 1];
	if (!id) {
		item.fail(
			`'${text}' under '${label}' is not the address of ${oneOf(name)}`,
			`Choose the ${name} from the list instead. The address of ${oneOf(name)} looks like ${baseUrl}/${WEB_PATHS[name][0]}/ID.`,
		);
	}
	return checkId(item, name, label, id);
}

async function idByEmail(
	item: Item,
	name: RecordName,
	label: string,
	email: string,
): Promise<string> {
	const matches = (await recordsBy(item, name, 'email')).get(normalized(email)) ?? [];
	if (matches.length === 0) {
		item.fail(
			`'${label}': no ${name} has the email '${email}'`,
			`Check the spelling, or create the ${name} first.`,
		);
	}
	if (matches.length > 1) {
		item.fail(
			`'${label}': ${matches.length} ${name}s have the email '${email}': ${listed(matches)}`,
			`Choose the ${name} by ID instead.`,
		);
	}
	return String(matches[0].id);
}

function oneOf(name: RecordName): string {
	return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Records as an error lists them. */
export function listed(records: IDataObject[]): string {
	return records
		.map(({ name, id }) => `${String(name ?? 'no name')} (ID ${String(id)})`)
		.join(', ');
}
