import type { InputItem } from '../../input/inputItem';

interface Fault {
	/** Whether the path has it. */
	in: RegExp;
	/** Completes "'Path' …". */
	is: string;
	hint: string;
}

const CHECK_EXPRESSION =
	'If an expression stands there, check that the input item has the field it names.';

/** What a path as it was given must not have: anything by which it could leave BildOut's API. */
const FAULTS: Fault[] = [
	{
		in: /^[a-z][a-z\d+.-]*:[\\/]/i,
		is: 'must not be a whole web address',
		hint: "Give only what follows /api/v1, e.g. /invoices. The rest is the 'Base URL' of the credential.",
	},
	{
		in: /[?#]/,
		is: "must not have a '?' or '#'",
		hint: "Give what follows the '?' under 'Query Parameters'.",
	},
	{
		in: /\/\/|\/$/,
		is: 'has an empty segment',
		hint: CHECK_EXPRESSION,
	},
	{
		in: /(^|\/)\.\.?(\/|$)/,
		is: "must not have '.' or '..' between slashes",
		hint: 'Write the path out, e.g. /invoices.',
	},
	{
		in: /(^|\/)(undefined|null|NaN|\[object Object\])(\/|$)/,
		is: 'has a part without a value',
		hint: CHECK_EXPRESSION,
	},
	{
		in: /^\/?api(\/|$)/i,
		is: 'must be below /api/v1',
		hint: 'Give only what follows /api/v1, e.g. /invoices.',
	},
	{
		in: /[^\w/-]/,
		is: "may have only letters, digits, '-' and '_' between slashes",
		hint: 'Write the path out, e.g. /invoices, and paste IDs without spaces.',
	},
];

/**
 * The segments of 'Path' below `/api/v1`, which may stand before it as in the whole address. The
 * transport holds each to be a plain token, so that the request goes to BildOut's API.
 *
 * @throws NodeOperationError for a path that is none, or that another reader could take for another
 */
export function readPath(item: InputItem): string[] {
	const given = String(item.required('path', 'Path'));
	const path = given.replace(/^\/?api\/v1(?=\/)/i, '');
	const fault = FAULTS.find((one) => one.in.test(path));
	if (fault) item.fail(`'Path' ${fault.is}, got '${given}'`, fault.hint);
	return path.replace(/^\//, '').split('/');
}
