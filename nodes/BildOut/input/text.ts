/**
 * Text as people, spreadsheets and other programs give it: with characters that nobody sees, look-alikes of
 * a hyphen, and without bounds. Everything here is linear in the length of the text.
 */

/** The longest value that an error shows, and the longest message and description of an error. */
const MAX_SHOWN_VALUE = 200;
const MAX_MESSAGE = 1000;

/** Format and control characters, but not white space and not the signs of Arabic and Kaithi that are seen. */
const INVISIBLE =
	/(?![\t-\r\u0085\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cf}\p{Cc}\u034f\u17b4\u17b5\u180b-\u180d]/gu;

/** What looks like a space and is none to JavaScript. */
const BLANK = /[\u0085\u115f\u1160\u2800\u3164\uffa0]/g;

/** What looks like a hyphen or a minus sign. */
const DASH = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

const APOSTROPHE = /[\u0060\u00b4\u2018-\u201b\u02bc\u2032\uff07]/g;

const QUOTE = /[\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g;

/** A letter that a joiner after it shapes: of Arabic, Persian and Indic scripts, or an emoji. */
const JOINING =
	/(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u;

/** Any of the above that an error has to show as a code, since it looks like something else or like nothing. */
const UNSEEN =
	/(?! )[\u034f\u17b4\u17b5\u180b-\u180d\p{Cf}\p{Cc}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** Without what nobody sees and without white space around it; joiners stay where they shape letters. */
export function cleanText(text: string): string {
	return text
		.replace(BLANK, ' ')
		.replace(INVISIBLE, (sign, at: number, whole: string) => {
			const isJoiner = sign === '\u200c' || sign === '\u200d';
			return isJoiner && JOINING.test(whole.slice(Math.max(0, at - 2), at)) ? sign : '';
		})
		.trim();
}

/** Clean text whose white space is single spaces, as a name is written. */
export function oneLine(text: string): string {
	return cleanText(text).replace(/\s+/g, ' ');
}

/** Digits of full width, and those of Arabic and Persian, with the points of decimals that go with them. */
const OTHER_DIGIT = /[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9\uff0e\u066b]/g;

/** Clean text with hyphens and digits of the keyboard, for numbers, dates and phone numbers. */
export function withPlainHyphens(text: string): string {
	return cleanText(text)
		.replace(DASH, '-')
		.replace(OTHER_DIGIT, (sign) => {
			if (sign === '\uff0e' || sign === '\u066b') return '.';
			const code = sign.charCodeAt(0);
			// Each of the three rows begins at a multiple of 16.
			return String(code & 15);
		});
}

/**
 * Emails, names and what is searched for are compared without regard to case, to white space, to what
 * nobody sees, to straight or curly quotes and hyphens, and to how a letter and its accent are put together
 * (macOS writes file names as two signs).
 */
export function normalized(value: unknown): string {
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'string') return '';
	return oneLine(value.replace(INVISIBLE, ''))
		.replace(APOSTROPHE, "'")
		.replace(QUOTE, '"')
		.replace(DASH, '-')
		.normalize('NFC')
		.toLowerCase();
}

/** Whether a value is what an empty cell gives: nothing, or only what nobody sees. */
export function isEmptyCell(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	return typeof value === 'string' && value.replace(INVISIBLE, '').replace(BLANK, '').trim() === '';
}

/** A value as an error shows it. */
export function formatValue(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (typeof value !== 'string') return shorten(asJson(value), MAX_SHOWN_VALUE);
	return `'${showUnseen(shorten(value, MAX_SHOWN_VALUE)).replace(DASH, codeOf)}'`;
}

/** The text of an error, which may have parts that people gave. */
export function formatMessage(text: string): string {
	return shorten(showUnseen(shorten(text, MAX_MESSAGE)), MAX_MESSAGE);
}

function asJson(value: unknown): string {
	if (typeof value !== 'object') return String(value);
	try {
		return JSON.stringify(value);
	} catch {
		// It contains itself, or is nested too deeply.
		return 'an object';
	}
}

function showUnseen(text: string): string {
	return text.replace(UNSEEN, codeOf);
}

function codeOf(sign: string): string {
	return `[U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
}

function shorten(text: string, length: number): string {
	return text.length > length
		? `${text.slice(0, length - 2).replace(/[\ud800-\udbff]$/, '')} …`
		: text;
}
