import { isObject } from '../api/json';
import type { InputItem } from './inputItem';

/**
 * n8n's expressions that read every item: `$input.all()`, `$('Node').all()` and `$items()`, in any spelling.
 * They are looked for in code without spaces around its signs.
 */
const READS_ALL = [
	// Of the input, anything but what is about one item.
	/\$input(?![\w$])(?!(?:\?\.|\.)?\[?['"\x60]?(?:item|first|last|params|context)\b)/,
	/\)(?:\?\.|\.)?\[?['"\x60]?all(?![\w$])/,
	/[.[]['"\x60]?all['"\x60]?\]?(?:\?\.)?\(/,
	/\$items(?![\w$])/,
];

/**
 * n8n resolves a parameter once for each input item. What reads all items would therefore be written as
 * often as there are items, unless the node is set to Execute Once: it is then given one.
 *
 * @param label as errors name it, e.g. `Line Items (JSON)`
 * @param raw the part of the parameter that may not read all items, where others may
 * @throws NodeOperationError where there are several input items and an expression reads all of them
 */
export function refuseAllItems(
	item: InputItem,
	name: string,
	label: string,
	raw: unknown = item.raw(name),
): void {
	const { length } = item.run.node.getInputData();
	if (length < 2 || !readsAllItems(raw)) return;
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
	return (
		raw
			.split('{{')
			.slice(1)
			// An escaped `\}}` is code.
			.map((part) => part.split(/(?<!\\)\}\}/)[0])
			.flatMap((code) => [code, withoutComments(code)].map(withoutGaps))
			.some((code) => READS_ALL.some((pattern) => pattern.test(code)))
	);
}

/** What looks like a comment may be part of a text, so the code is also looked at as it is. */
function withoutComments(code: string): string {
	const parts = code.split('*/');
	const rest = parts.pop()!;
	return [...parts.map((part) => part.split('/*')[0]), rest].join(' ');
}

function withoutGaps(code: string): string {
	return code.replace(/\s+/g, ' ').replace(/ ?([^\w $]) ?/g, '$1');
}
