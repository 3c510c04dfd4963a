/**
 * JavaScript keeps about 16 digits of a number. What is longer, such as an account number of 19 digits,
 * would be sent as another number, so it is found here before it is sent.
 */

const DECIMAL = /^\s*([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?\s*$/i;

/** The texts and numbers of a JSON document. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** Whether a text is a number in digits, with a point and an exponent at most. */
export function isDecimal(text: string): boolean {
	return DECIMAL.test(text);
}

/** Whether the number that is made of a decimal has the same value, digit for digit. */
export function isExact(decimal: string): boolean {
	return canonical(decimal) === canonical(String(Number(decimal)));
}

/** The first number in a JSON text that would lose digits. */
export function inexactNumberIn(json: string): string | undefined {
	return json.match(TEXT_OR_NUMBER)?.find((token) => !token.startsWith('"') && !isExact(token));
}

/** The first whole number in a value, at any depth, that may have lost digits already. */
export function unsafeNumberIn(value: unknown): number | undefined {
	if (typeof value === 'number') return isUnsafe(value) ? value : undefined;
	if (typeof value !== 'object' || value === null) return undefined;
	for (const member of Object.values(value)) {
		const unsafe = unsafeNumberIn(member);
		if (unsafe !== undefined) return unsafe;
	}
	return undefined;
}

export function isUnsafe(number: number): boolean {
	return Number.isInteger(number) && !Number.isSafeInteger(number);
}

/** One form for all spellings of a decimal: 3.10, 3.1 and 31e-1 are `31e-1`. */
function canonical(text: string): string | undefined {
	const [, sign, mantissa, exponent = '0'] = DECIMAL.exec(text) ?? [];
	if (mantissa === undefined) return undefined;
	const [whole, fraction = ''] = mantissa.split('.');
	const digits = `${whole}${fraction}`.replace(/^0+/, '');
	const significant = digits.replace(/0+$/, '');
	if (significant === '') return '0';
	const power = Number(exponent) - fraction.length + digits.length - significant.length;
	return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}
