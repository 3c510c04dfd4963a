const LOOPBACK = String.raw`(localhost|127(\.\d+){3}|\[::1\])(:\d+)?`;

/**
 * What becomes of the base URL that a person typed, step by step: what is looked for, and what takes its
 * place. The steps are a table because n8n works the credential's addresses out in expressions, which can
 * share regular expressions with the nodes but no code. A look behind keeps the time for a long run linear.
 */
const STEPS: Array<[RegExp, string]> = [
	[/^\s+|(?<!\s)\s+$/g, ''],
	[new RegExp(`^(?=${LOOPBACK}(/|$))`, 'i'), 'http://'],
	[/^(?=[^:/?#@\s]+\.[^:/?#@\s]+(:\d+)?(\/|$))/, 'https://'],
	[/(?<!\/)\/+(api(\/+v\d+)?\/*)?$/i, ''],
	// What is neither https nor on this machine would send tokens in the clear.
	[new RegExp(`^(?!(https://[^\\s/?#@\\\\]+|http://${LOOPBACK})(/[^\\s?#]*)?$).*$`, 'is'), ''],
];

/**
 * The base URL as requests use it, without a slash at the end, e.g. `https://bildout.com`. A missing
 * `https://` is added; spaces around it and `/api/v1` behind it are dropped.
 *
 * @returns '' when tokens must not be sent there: it is no web address, or neither https nor on this machine
 */
export function usableBaseUrl(typed: string): string {
	return STEPS.reduce((url, [pattern, replacement]) => url.replace(pattern, replacement), typed);
}

/**
 * The same as the inside of an n8n expression.
 *
 * @param source the typed base URL in the expression, e.g. `$self["baseUrl"]`
 * @param more what is done with the usable base URL or '', e.g. `.concat("/oauth/token")`
 */
export function usableBaseUrlExpression(source: string, more = ''): string {
	const steps = STEPS.map(
		([pattern, replacement]) => `.replace(${String(pattern)}, ${JSON.stringify(replacement)})`,
	);
	return `={{ String(${source} ?? "")${steps.join('')}${more} }}`;
}
