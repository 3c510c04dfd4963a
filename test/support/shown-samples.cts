import {
	createSourceFile,
	forEachChild,
	isImportDeclaration,
	isStringLiteralLike,
	isTemplateExpression,
	type Node,
	ScriptTarget,
} from 'typescript';
import { filesIn, read } from './files.cts';

/** What code fills in where it writes a sample. */
export const HOLE = '‹…›';

/** Where each sample is shown, by its text with single spaces. */
type ShownSamples = Map<string, string[]>;

/**
 * The expressions, the JSON and the values that people are shown to copy: in all Markdown pages, and in the
 * texts of the nodes and the credential.
 */
export function shownSamples(): ShownSamples {
	const shown: ShownSamples = new Map();
	const add = (file: string, samples: string[]) => {
		for (const sample of samples.map(plain)) {
			const files = shown.get(sample) ?? [];
			if (!files.includes(file)) shown.set(sample, [...files, file]);
		}
	};
	for (const file of filesIn('*.md')) add(file, samplesOfPage(read(file)));
	for (const file of filesIn('nodes/*.ts', 'credentials/*.ts'))
		add(file, samplesOfCode(read(file)));
	return shown;
}

const plain = (sample: string) => sample.replace(/\s+/g, ' ').trim();

function samplesOfPage(page: string): string[] {
	const blocks = [...page.matchAll(/```(\w*)\n([^]*?)```/g)];
	const inBlocks = blocks.flatMap(([, language, block]) =>
		language === 'json' ? [block] : samplesIn(block),
	);
	const rest = page.replace(/```\w*\n[^]*?```/g, '');
	const spans = [...rest.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
	return [...inBlocks, ...spans.flatMap((span) => (isValue(span) ? [span] : samplesIn(span)))];
}

/** A value as people have it in a cell or a field: a number, a date, an error of a formula, a number of theirs. */
const isValue = (span: string) =>
	/^(\d[\d /,.-]*|\d[\d.]+…|#[A-Z\d/]+[!?]?|[A-Z]+-[\d-]+|\[U\+\w+\])$/.test(span);

/** What code puts between the braces of an expression. */
const isCode = (text: string) => /^(String\()?(\$json|\$input|\$now|DateTime)\./.test(text);

/** Of the texts that are more than the sample alone: a parameter's own value is no advice. */
function samplesOfCode(source: string): string[] {
	const texts: string[] = [];
	const visit = (node: Node): void => {
		if (isImportDeclaration(node)) return;
		if (isStringLiteralLike(node)) texts.push(node.text);
		if (isTemplateExpression(node)) {
			const parts = node.templateSpans.map(({ literal }) => `${HOLE}${literal.text}`);
			texts.push([node.head.text, ...parts].join(''));
		}
		forEachChild(node, visit);
	};
	visit(createSourceFile('node.ts', source, ScriptTarget.ESNext, true));
	return texts
		.filter((text) => !text.startsWith('='))
		.flatMap((text) =>
			isCode(text)
				? [text]
				: samplesIn(text).filter((sample) => sample !== text || sample.startsWith('{{')),
		);
}

/** Expressions, parts of expressions, and JSON in a text. */
function samplesIn(text: string): string[] {
	const expressions = [...text.matchAll(/\{\{[^]*?\}\}(?!\})/g)].map(([expression]) => expression);
	const parts = [...text.matchAll(/\?\? ''/g)].map(([part]) => part);
	const rest = text.replace(/\{\{[^]*?\}\}(?!\})/g, '').replace(/\?\? ''/g, '');
	return [...expressions, ...parts, ...jsonIn(rest)];
}

/** Each object or list that begins with a name in quotation marks, or with such an object. */
function jsonIn(text: string): string[] {
	const [start] = [...text.matchAll(/(?<![\w\]$])[[{]\s*(?:\{\s*)?"/g)];
	if (start === undefined) return [];
	let depth = 0;
	for (let at = start.index; at < text.length; at += 1) {
		if ('[{'.includes(text[at])) depth += 1;
		if (']}'.includes(text[at])) depth -= 1;
		if (depth > 0) continue;
		return [text.slice(start.index, at + 1), ...jsonIn(text.slice(at + 1))];
	}
	return [text.slice(start.index)];
}

// Dates: each runs in each time zone and beside empty cells there; code fills in formats and digits.
const IN_DATES = [
	'workflows/dates',
	"describe('the expressions that an error recommends'",
] as const;

const NUMBERS = ['unit/input/invoiceNumber', "['42', 'INV-00042']"] as const;
const CELLS = ['unit/input/text', "'#REF!', '#N/A'"] as const;

/** Samples that another file tests, with words that are in it as long as it does. */
export const TESTED_ELSEWHERE: Array<[sample: string, file: string, words: string]> = [
	[`{{ $json.due ? ${HOLE} : $json.due }}`, ...IN_DATES],
	[`DateTime.fromFormat(${HOLE}, '${HOLE}')`, ...IN_DATES],
	[`DateTime.${HOLE}(parseFloat($json.due)${HOLE})`, ...IN_DATES],
	["DateTime.fromISO('1899-12-30').plus({ days: parseFloat($json.due) })", ...IN_DATES],
	['String($json.due).trim()', ...IN_DATES],
	[`$json.due.match(/\\d+/g).slice(0, 3).join('${HOLE}')`, ...IN_DATES],
	['2025-02-15', 'workflows/dates', "'2025-02-15'"],
	['2/15/2025', 'workflows/dates', "recommendedFor('2/15/2025'"],
	['{{ $now.plus({ days: 30 }) }}', 'workflows/dates', '{{ $now.plus({ days: 30 }) }}'],
	['INV-00042', ...NUMBERS],
	['00042', ...NUMBERS],
	['42', ...NUMBERS],
	['ACME-00042', ...NUMBERS],
	['JOB-1042-2025-03', 'workflows/externalId', 'creates each External ID once'],
	['1, 7, 14, 30', 'workflows/pollingLists', "overdueSteps: '1, 7, 14, 30'"],
	['#REF!', ...CELLS],
	['#N/A', ...CELLS],
	['[U+200B]', 'unit/input/text', '[U+200B]'],
	['0', 'workflows/inputValues', "'0'"],
	['1,200', 'workflows/lineItems', "unit_price: '1,200'"],
	['0000-00-00', 'workflows/pollingLists', "'0000-00-00'"],
	['192.168.…', 'unit/webhook/private-host', '192.168.'],
	['{"ignored":"event_not_chosen"}', 'unit/webhook/deliveries', "ignored: 'event_not_chosen'"],
	['{"ignored":"repeated_delivery"}', 'unit/webhook/deliveries', "ignored: 'repeated_delivery'"],
];
