import type { IDataObject } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER, PAGE_PARAMETERS } from '../../assumptions';
import type { ItemWork, RunItem } from '../../execution/run';
import type { Operation } from '../operation';
import { wantedOf } from '../getMany';
import { hasId, unwrap } from '../../execution/readRecord';
import { publishCreate, sendCreate } from '../../execution/recentCreates';
import { writeOnce } from '../../execution/writeOnce';
import { downloadFile } from '../../api/download';
import { ApiFailure } from '../../api/errors';
import { isObject } from '../../api/json';
import { readMenu } from '../../input/values';
import type { ApiRequest } from '../../api/client';
import { response, sendParameters as properties } from './panel';
import { readRequest } from './readRequest';

/** Reads concurrently, as often as it takes. */
const read: ItemWork = {
	async execute(item) {
		const request = readRequest(item);
		switch (readMenu(item, response)) {
			case 'list':
				return await readList(item, request);
			case 'file':
				return await readFile(item, request);
			default:
				return outputOf(await item.request(request));
		}
	},
};

/** Writes in the order of the items, each once. */
const write: ItemWork = {
	writes: true,
	async execute(item) {
		const request = readRequest(item);
		const { method, path, query, body } = request;
		const isCreate = method === 'POST';
		// It creates a record in one of the lists, such as `POST /customers`.
		const create = isCreate &&
			path.length === 1 &&
			isObject(body) && {
				item,
				type: { name: 'record', path: path[0], lookupKeys: [] },
				fields: body,
			};
		return await writeOnce(item, ['send', method, path, query, body], async (entry) => {
			if (entry.unconfirmedSince !== undefined) {
				item.fail(
					'The request may have been processed in an earlier attempt',
					'It was not sent again. Look in BildOut whether it was. To send it in any case, start the workflow again instead of retrying this execution.',
				);
			}
			return {
				request: {
					...request,
					headers: isCreate
						? { [IDEMPOTENCY_HEADER]: item.run.journal.idempotencyKey(item.index) }
						: undefined,
				},
				send: create ? async (whole) => await sendCreate(create, whole) : undefined,
				async onSuccess(response) {
					if (Object.keys(response).length === 0) {
						return { [method === 'DELETE' ? 'deleted' : 'success']: true };
					}
					const output = outputOf(response);
					const [record] = output;
					// Other executions must not take it for theirs.
					if (create && record && hasId(record)) await publishCreate(create, record);
					return output;
				},
			};
		});
	},
};

/** Any request below `/api/v1`, for what the other operations do not do. */
export const send: Operation = {
	...write,
	option: {
		name: 'Send',
		action: 'Send API request',
		description: "Send any request to BildOut's API, paced like all others",
	},
	properties,
	variant: (item) => (item.param('method', 'GET') === 'GET' ? read : write),
};

async function readList(item: RunItem, request: ApiRequest): Promise<IDataObject[]> {
	const taken = Object.keys(request.query ?? {}).find((name) => PAGE_PARAMETERS.includes(name));
	if (taken !== undefined) {
		item.fail(
			`The query parameter '${taken}' is set by the node when it reads a list`,
			"Remove it and set 'Limit', or choose Single under 'Response' to read one page.",
		);
	}
	const { path, query, target } = request;
	const records = item.list({ path, query, target, wanted: wantedOf(item) });
	return await records.catch((error: Error) => {
		if (!(error instanceof ApiFailure) || error.facts.kind !== 'noList') throw error;
		return item.fail(
			'BildOut returned no list',
			"Choose Single under 'Response' to get the response as it is.",
		);
	});
}

async function readFile(item: RunItem, request: ApiRequest): Promise<IDataObject> {
	const property = String(item.required('binaryPropertyName', 'Put Output in Field'));
	const { node } = item.run;
	const file = await downloadFile(node, request, item.requestSettings());
	const { content, fileName, mimeType } = file;
	item.files = { [property]: await node.helpers.prepareBinaryData(content, fileName, mimeType) };
	return { fileName, mimeType, bytes: content.length };
}

/** A record out of its envelope, and anything else as it is; each entry of a bare list as an item. */
function outputOf(response: IDataObject | unknown[]): IDataObject[] {
	if (!Array.isArray(response)) return [unwrap(response)];
	return response.map((entry) => (isObject(entry) ? entry : { value: entry as string }));
}
