import type { IDataObject } from 'n8n-workflow';

import { refuseAllItems } from '../../input/allItems';
import type { RunItem } from '../../execution/run';
import { formatValue, isEmptyCell } from '../../input/text';
import { jsonHint, readJson, refuseGaps } from '../../input/json';
import { asText, saysNothing } from '../../input/values';
import { isObject } from '../../api/json';
import { type ApiRequest, METHODS } from '../../api/client';
import { readPath } from './readPath';

/** Methods that carry a body. */
const WITH_BODY: Array<ApiRequest['method']> = ['PATCH', 'POST', 'PUT'];

/**
 * The request that the panel describes.
 *
 * @throws NodeOperationError for anything that could not be sent as it was meant
 */
export function readRequest(item: RunItem): ApiRequest {
	const method = METHODS.find((one) => one === item.param('method', 'GET'));
	if (!method) {
		item.fail(
			`'Method' must be one of ${METHODS.join(', ')}, got ${formatValue(item.param('method', ''))}`,
			'Choose it from the list.',
		);
	}
	return {
		method,
		path: readPath(item),
		query: readQuery(item),
		body: WITH_BODY.includes(method) ? readBody(item) : undefined,
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
