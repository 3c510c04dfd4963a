import type { IDataObject } from 'n8n-workflow';

import type { InputItem } from '../../input/inputItem';
import { refuseAllItems } from '../../input/allItems';
import type { RunItem } from '../../execution/run';
import { formatValue, isEmptyCell } from '../../input/text';
import { jsonHint, readJson, refuseGaps } from '../../input/json';
import { asText, saysNothing } from '../../input/values';
import { isObject } from '../../api/json';
import { type ApiRequest, METHODS } from '../../api/client';

/** @throws NodeOperationError for anything that could not be sent as it was meant */
export function readRequest(item: RunItem): ApiRequest {
	const given = item.param('method', 'GET');
	const method = METHODS.find((one) => one === given);
	if (!method) {
		item.fail(
			`'Method' must be one of ${METHODS.join(', ')}, got ${formatValue(given)}`,
			'Choose it from the list.',
		);
	}
	return {
		method,
		path: readPath(item),
		query: readQuery(item),
		body: method === 'GET' || method === 'DELETE' ? undefined : readBody(item),
		target: { resource: 'record', isCustomRequest: true },
	};
}

/** A name that is given several times has all its values, with commas between them. */
function readQuery(item: RunItem): IDataObject {
	const { parameter } = item.collection('queryParameters');
	const values = new Map<string, string[]>();
	for (const row of Array.isArray(parameter) ? (parameter as unknown[]) : []) {
		const { name: givenName, value: given } = isObject(row) ? row : {};
		const name = String(givenName ?? '').trim();
		const isEmpty = isEmptyCell(given);
		if (name === '' && isEmpty) continue;
		if (name === '') {
			item.fail(
				`A query parameter has the value ${formatValue(given)}, but no name`,
				"Enter its 'Name' under 'Query Parameters', or remove it.",
			);
		}
		if (isEmpty) {
			item.fail(
				`The query parameter '${name}' has no value`,
				"Enter its 'Value' under 'Query Parameters', or remove it. If it is an expression, check that the input item has the field it names.",
			);
		}
		const text = asText(item, `The query parameter '${name}'`, given);
		values.set(name, [...(values.get(name) ?? []), text]);
	}
	return Object.fromEntries(values);
}

function readBody(item: RunItem): ApiRequest['body'] {
	refuseAllItems(item, 'body', 'Body');
	const given = item.param('body', '');
	if (saysNothing(item, given)) return undefined;
	const body = readJson(item, "'Body'", given);
	refuseGaps(item, "'Body'", body);
	if (isObject(body)) return body;
	if (Array.isArray(body) && body.every(isObject)) return body;
	return item.fail(
		`'Body' must be a JSON object or a list of them, got ${formatValue(body)}`,
		jsonHint(body, 'Write it as in the example below the field.'),
	);
}

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
	{ in: /\/\/|\/$/, is: 'has an empty segment', hint: CHECK_EXPRESSION },
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
 * The segments of 'Path' below `/api/v1`, which may stand before it as in the whole address.
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
