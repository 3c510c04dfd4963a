import type { JsonObject } from '../../tools/lib/n8n-client.mts';

export const START = 'Start';

/** Nodes that take `rows` at a webhook and make an item of each. */
export const rowsAtWebhook = (path: string, parameters: JsonObject = {}) => [
	{
		name: START,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		webhookId: path,
		parameters: { httpMethod: 'POST', path, ...parameters },
	},
	{
		name: 'Rows',
		type: 'n8n-nodes-base.splitOut',
		parameters: { fieldToSplitOut: 'body.rows', options: {} },
	},
];
