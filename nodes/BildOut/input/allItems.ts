import { isObject } from '../api/json';
import type { InputItem } from './inputItem';

const GAP = String.raw`(?:\s|/\*[^*]*\*/)*`;
const ACCESS = String.raw`${GAP}(?:\?\.|\.)?${GAP}\[?${GAP}['"\x60]?`;

/** n8n's expressions that read every item: `$input.all()`, `$('Node').all()` and `$items()`, in any spelling. */
const READS_ALL = [
	// Of the input, anything but what is about one item.
	String.raw`\$input(?![\w$])(?!${ACCESS}(?:item|first|last|params|context)\b)`,
	String.raw`\)${ACCESS}all(?![\w$])`,
	String.raw`[.[]${GAP}['"\x60]?all['"\x60]?${GAP}\]?${GAP}(?:\?\.)?${GAP}\(`,
	String.raw`\$items(?![\w$])`,
].map((pattern) => new RegExp(pattern));

/**
 * n8n resolves a parameter once for each input item. What reads all items would therefore be written as
 * often as there are items, unless the node is set to Execute Once: it is then given one.
 *
 * @param name a parameter of which no part may read all items
 * @param label as errors name it, e.g. `Line Items (JSON)`
 * @throws NodeOperationError where there are several input items and an expression reads all of them
 */
export function refuseAllItems(item: InputItem, name: string, label: string): void {
	const { length } = item.run.node.getInputData();
	if (length < 2 || !readsAllItems(item.raw(name))) return;
	item.fail(
		`'${label}' reads all ${length} input items, and would do so for each of them unless 'Execute Once' is on`,
		`The same would be written ${length} times. To write it once, turn on 'Execute Once' in the Settings of this node. To write something for each input item, use only that item, e.g. {{ $json.lines }}.`,
	);
}

/** @param raw a parameter before its expressions are resolved, at any depth */
export function readsAllItems(raw: unknown): boolean {
	if (Array.isArray(raw) || isObject(raw)) return Object.values(raw).some(readsAllItems);
	if (typeof raw !== 'string' || !raw.startsWith('=')) return false;
	// Only what follows an opening bracket is code.
	return raw
		.split('{{')
		.slice(1)
		.some((part) => READS_ALL.some((pattern) => pattern.test(part.split('}}')[0])));
}
