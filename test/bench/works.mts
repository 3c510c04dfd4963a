import type { JsonObject, WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { PACKAGE_NAME } from '../../tools/lib/package.mts';
import { CREDENTIAL_TYPE } from '../../tools/lib/sign-in.mts';
import type { BildOut } from './world.mts';

/** One kind of work, done by our node and by n8n's HTTP Request node with the same credential. */
export interface Work {
	/** How many records: the first is what `npm run bench` measures, the others show the growth. */
	sizes: number[];
	/** What of it the HTTP Request node does in less than minutes. */
	mostForHttpRequest: number;
	/** How many requests our node needs. */
	requests(count: number): number;
	/** The items that both get, by the IDs of the customers that were seeded. */
	items(ids: string[]): JsonObject[];
	/** The first node is the one that is measured; a second brings the output into the same form. */
	ours(bildOut: BildOut): WorkflowNode[];
	httpRequest(bildOut: BildOut): WorkflowNode[];
	/** The bars: milliseconds of an item, and our node's time over that of the HTTP Request node. */
	mostMsAnItem?: number;
	mostRatio?: number;
}

export function bildOutNode(
	{ credential: { id, name } }: BildOut,
	parameters: WorkflowNode['parameters'],
): WorkflowNode {
	return {
		name: 'BildOut',
		type: `${PACKAGE_NAME}.bildOut`,
		parameters: { resource: 'customer', ...parameters },
		credentials: { [CREDENTIAL_TYPE]: { id, name } },
	};
}

function httpRequestNode(
	{ url, credential: { id, name } }: BildOut,
	path: string,
	parameters: WorkflowNode['parameters'],
): WorkflowNode {
	return {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.5,
		parameters: {
			url: `=${url}/api/v1/${path}`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: CREDENTIAL_TYPE,
			...parameters,
		},
		credentials: { [CREDENTIAL_TYPE]: { id, name } },
	};
}

const customerId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };

const jsonBody = (method: string, body: string) => ({
	method,
	sendBody: true,
	specifyBody: 'json',
	jsonBody: `={{ ${body} }}`,
});

export const WORKS: Record<string, Work> = {
	get: {
		sizes: [500, 5_000, 20_000],
		mostForHttpRequest: 5_000,
		requests: (count) => count,
		items: (ids) => ids.map((id) => ({ id })),
		ours: (bildOut) => [bildOutNode(bildOut, { operation: 'get', customerId })],
		httpRequest: (bildOut) => [
			httpRequestNode(bildOut, 'customers/{{ $json.id }}', { method: 'GET' }),
		],
		mostMsAnItem: 2.5,
		mostRatio: 0.4,
	},
	create: {
		sizes: [500, 10_000],
		mostForHttpRequest: 10_000,
		requests: (count) => count,
		items: (ids) =>
			ids.map((id) => ({ name: `Customer of ${id}`, email: `customer-${id}@bench.test` })),
		ours: (bildOut) => [
			bildOutNode(bildOut, {
				operation: 'create',
				name: '={{ $json.name }}',
				additionalFields: { email: '={{ $json.email }}' },
			}),
		],
		httpRequest: (bildOut) => [
			httpRequestNode(
				bildOut,
				'customers',
				jsonBody('POST', '{ name: $json.name, email: $json.email }'),
			),
		],
		mostMsAnItem: 3.5,
	},
	// Ours reads each record before it writes it; the HTTP Request node writes over it unseen.
	update: {
		sizes: [500, 5_000],
		mostForHttpRequest: 5_000,
		requests: (count) => 2 * count,
		items: (ids) => ids.map((id) => ({ id, name: `Customer ${id}`, phone: '555-0100' })),
		ours: (bildOut) => [
			bildOutNode(bildOut, {
				operation: 'update',
				customerId,
				updateFields: { phone: '={{ $json.phone }}' },
			}),
		],
		httpRequest: (bildOut) => [
			httpRequestNode(
				bildOut,
				'customers/{{ $json.id }}',
				jsonBody('PUT', '{ name: $json.name, phone: $json.phone }'),
			),
		],
	},
	list: {
		sizes: [5_000, 50_000],
		mostForHttpRequest: 50_000,
		requests: (count) => Math.ceil(count / 100),
		items: () => [{}],
		ours: (bildOut) => [bildOutNode(bildOut, { operation: 'getAll', returnAll: true })],
		httpRequest: (bildOut) => [
			httpRequestNode(bildOut, 'customers', {
				method: 'GET',
				sendQuery: true,
				queryParameters: { parameters: [{ name: 'limit', value: '100' }] },
				options: {
					pagination: {
						pagination: {
							paginationMode: 'updateAParameterInEachRequest',
							parameters: {
								parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }],
							},
							paginationCompleteWhen: 'other',
							completeExpression:
								'={{ $response.body.pagination.page >= $response.body.pagination.total_pages }}',
						},
					},
				},
			}),
			{
				name: 'Split Out',
				type: 'n8n-nodes-base.splitOut',
				parameters: { fieldToSplitOut: 'data', options: {} },
			},
		],
		mostRatio: 0.5,
	},
};
