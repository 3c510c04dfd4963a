import type { WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { PACKAGE_NAME } from '../../tools/lib/package.mts';
import { CREDENTIAL_TYPE } from '../../tools/lib/sign-in.mts';
import type { BildOut } from './world.mts';

/** The same work in two ways: by our node, and by n8n's HTTP Request node with the same credential. */
export interface Contender {
	name: string;
	/** The first is the one that is measured; a second brings the output into the same form. */
	nodes(bildOut: BildOut): WorkflowNode[];
}

export function bildOutNode(
	{ credential: { id, name } }: BildOut,
	parameters: WorkflowNode['parameters'],
): WorkflowNode {
	return {
		name: 'BildOut',
		type: `${PACKAGE_NAME}.bildOut`,
		typeVersion: 1,
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

export const createCustomer = (bildOut: BildOut): WorkflowNode =>
	bildOutNode(bildOut, {
		operation: 'create',
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});

const BILD_OUT = 'BildOut';
const HTTP_REQUEST = 'HTTP Request';

export const CREATE: Contender[] = [
	{ name: BILD_OUT, nodes: (bildOut) => [createCustomer(bildOut)] },
	{
		name: HTTP_REQUEST,
		nodes: (bildOut) => [
			httpRequestNode(bildOut, 'customers', {
				method: 'POST',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ { name: $json.name, email: $json.email } }}',
			}),
		],
	},
];

export const GET: Contender[] = [
	{
		name: BILD_OUT,
		nodes: (bildOut) => [
			bildOutNode(bildOut, {
				operation: 'get',
				customerId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			}),
		],
	},
	{
		name: HTTP_REQUEST,
		nodes: (bildOut) => [httpRequestNode(bildOut, 'customers/{{ $json.id }}', { method: 'GET' })],
	},
];

export const LIST: Contender[] = [
	{
		name: BILD_OUT,
		nodes: (bildOut) => [bildOutNode(bildOut, { operation: 'getAll', returnAll: true })],
	},
	{
		name: HTTP_REQUEST,
		nodes: (bildOut) => [
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
				typeVersion: 1,
				parameters: { fieldToSplitOut: 'data', options: {} },
			},
		],
	},
];
