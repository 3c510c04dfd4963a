import type { IDataObject } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER, PAGE_PARAMETERS } from '../../assumptions';
import type { InputItem } from '../../input/inputItem';
import type { Operation } from '../operation';
import { wantedOf } from '../getManyRecords';
import { unwrap } from '../../execution/readRecord';
import { downloadFile } from '../../api/download';
import { ApiFailure, mayHaveSucceeded } from '../../api/errors';
import { isObject } from '../../api/json';
import { listRecords } from '../../api/pagination/listRecords';
import type { ApiRequest } from '../../api/client';
import type { OfferedOperation } from '../types';
import { sendParameters as properties } from './panel';
import { readRequest } from './readRequest';

/** Reads side by side, as often as it takes. */
const read: Operation = {
	properties,
	async execute(item) {
		const request = readRequest(item);
		switch (item.param('response', 'single')) {
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
const write: Operation = {
	properties,
	writes: true,
	inOrder: true,
	async execute(item) {
		const request = readRequest(item);
		const { method, path, query, body } = request;
		const progress = item.run.beginWrite(item, 'send', method, path, query, body);
		if (progress.output) return progress.output;
		if (progress.unconfirmedSince !== undefined) {
			item.fail(
				'The request may have been done by an earlier try',
				'It was not sent again. Look in BildOut whether it was done. To send it all the same, start the workflow anew instead of retrying this execution.',
			);
		}
		const sentAt = Date.now();
		const headers =
			method === 'POST' ? { [IDEMPOTENCY_HEADER]: item.run.idempotencyKey(item) } : undefined;
		const answer = await item.request({ ...request, headers }).catch((error: Error) => {
			if (mayHaveSucceeded(error)) progress.unconfirmedSince = sentAt;
			throw error;
		});
		const isEmpty = Object.keys(answer).length === 0;
		return isEmpty ? { [method === 'DELETE' ? 'deleted' : 'success']: true } : outputOf(answer);
	},
};

/** Any request below `/api/v1`, for what the other operations do not do. */
export const send: OfferedOperation = {
	...write,
	option: {
		name: 'Send',
		action: 'Send API request',
		description: "Send any request to BildOut's API, paced like all others",
	},
	variant: (item) => (item.param('method', 'GET') === 'GET' ? read : write),
};

async function readList(item: InputItem, request: ApiRequest): Promise<IDataObject[]> {
	const taken = Object.keys(request.query ?? {}).find((name) => PAGE_PARAMETERS.includes(name));
	if (taken !== undefined) {
		item.fail(
			`The query parameter '${taken}' cannot be given for a list, because the node asks for its pages`,
			"Remove it and set 'Limit', or choose Single under 'Response' to read one page.",
		);
	}
	const { path, query, target: subject } = request;
	const records = listRecords(
		item.run.node,
		{ path, query, target: subject, wanted: wantedOf(item) },
		item.requestSettings(),
	);
	return await records.catch((error: Error) => {
		if (!(error instanceof ApiFailure) || error.facts.kind !== 'noList') throw error;
		return item.fail(
			'BildOut answered without a list',
			"Choose Single under 'Response' to get the answer as it is.",
		);
	});
}

async function readFile(item: InputItem, request: ApiRequest): Promise<IDataObject> {
	const property = String(item.required('binaryPropertyName', 'Put Output in Field'));
	const { node } = item.run;
	const file = await downloadFile(node, request, item.requestSettings());
	const { content, fileName, mimeType } = file;
	item.files = { [property]: await node.helpers.prepareBinaryData(content, fileName, mimeType) };
	return { fileName, mimeType, bytes: content.length };
}

/** A record out of its envelope, and anything else as it is; each entry of a bare list as an item. */
function outputOf(answer: IDataObject | unknown[]): IDataObject[] {
	if (!Array.isArray(answer)) return [unwrap(answer)];
	return answer.map((entry) => (isObject(entry) ? entry : { value: entry as string }));
}
