import { createHmac } from 'node:crypto';
import type {
	IDataObject,
	IHookFunctions,
	IWebhookFunctions,
	WorkflowActivateMode,
} from 'n8n-workflow';
import * as workflow from 'n8n-workflow';

import type { BildOutTrigger } from '../../../nodes/BildOut/BildOutTrigger.node.ts';
import { type Behavior, WebhookApi } from './webhook-api.cts';

export const URL_OF_ALL = 'https://n8n.example.com/webhook/5d0f2c1e/webhook';
const CLIENT_SECRET = 'a client secret that nobody guesses';

/** A BildOut Trigger in a workflow, with what n8n's database keeps for that workflow. */
export interface Published {
	api: WebhookApi;
	/** By the node's name, as n8n keeps it. */
	staticData: { [name: string]: IDataObject };
	name: string;
	nodeId: string;
	workflowId: string;
	url: string;
	parameters: IDataObject;
	clientSecret: string;
	/** The credential's Webhook Signing Secret. */
	signingSecret: unknown;
	mode: 'trigger' | 'webhook' | 'manual' | 'internal';
	activation: WorkflowActivateMode;
	/** What was logged as a warning. */
	warnings: string[];
	baseUrl: string;
}

export function publishedTrigger(api: WebhookApi, more: Partial<Published> = {}): Published {
	return {
		api,
		staticData: {},
		name: 'BildOut Trigger',
		nodeId: 'node',
		workflowId: 'workflow',
		url: URL_OF_ALL,
		parameters: { events: ['invoice.paid'] },
		clientSecret: CLIENT_SECRET,
		signingSecret: undefined,
		mode: 'trigger',
		activation: 'activate',
		warnings: [],
		baseUrl: 'https://bildout.com',
		...more,
	};
}

/** A test of the workflow: n8n keeps its state apart from that of the published one. */
export const testOf = (trigger: Published, more: Partial<Published> = {}): Published => ({
	...trigger,
	staticData: {},
	url: trigger.url.replace('/webhook/', '/webhook-test/'),
	mode: 'manual',
	activation: 'manual',
	...more,
});

/** Publishes a workflow at a BildOut with this behavior, or at the given one. */
export async function published(
	given: Partial<Behavior> | WebhookApi = {},
	more: Partial<Published> = {},
) {
	const api = given instanceof WebhookApi ? given : new WebhookApi(given);
	const trigger = publishedTrigger(api, more);
	const n8n = new N8nProcess();
	await n8n.publish(trigger);
	api.asked = [];
	return { api, trigger, n8n };
}

/** What the trigger keeps in n8n's database. */
export const stateOf = ({ staticData, name }: Published): IDataObject => staticData[name] ?? {};

/** As much of n8n's contexts as the trigger asks for. */
function contextOf(trigger: Published) {
	const { api, name, parameters } = trigger;
	return {
		getNode: () => ({
			id: trigger.nodeId,
			name,
			parameters: {},
			credentials: { bildOutOAuth2Api: { id: trigger.baseUrl, name: '' } },
		}),
		getMode: () => trigger.mode,
		getActivationMode: () => trigger.activation,
		getWorkflow: () => ({ id: trigger.workflowId }),
		getNodeWebhookUrl: () => trigger.url,
		getNodeParameter: (key: string, fallback: unknown) => parameters[key] ?? fallback,
		getWorkflowStaticData: () => (trigger.staticData[name] ??= {}),
		getCredentials: async () => ({
			baseUrl: trigger.baseUrl,
			clientSecret: trigger.clientSecret,
			webhookSigningSecret: trigger.signingSecret,
		}),
		helpers: {
			httpRequestWithAuthentication: async (_: string, options: never) =>
				await api.respond(options),
		},
		logger: { warn: (message: string) => trigger.warnings.push(message), debug: () => {} },
	};
}

export interface Received {
	status: number;
	body: unknown;
	items?: IDataObject[];
}

/** BildOut's signature of a body, so many seconds old. */
export function signatureOf(body: Buffer, secret: string, age = 0): string {
	const seconds = Math.floor(Date.now() / 1000) - age;
	const digest = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
	return `t=${seconds},v1=${digest}`;
}

/** How n8n puts an execution on record, before it responds with this status. */
type Recording = (response: Response) => Promise<number>;

/** An n8n process that has just started: what it remembers is its own. */
export class N8nProcess {
	private node!: BildOutTrigger;

	constructor() {
		jest.isolateModules(() => {
			jest.doMock('n8n-workflow', () => workflow);
			const { BildOutTrigger: Node } = require('../../../nodes/BildOut/BildOutTrigger.node.ts');
			this.node = new Node();
		});
	}

	private get hooks() {
		return this.node.webhookMethods.default;
	}

	/** Calls the hooks as n8n does for one try, and gives whether the subscription was there already. */
	async publish(trigger: Published): Promise<boolean> {
		const context = () => contextOf(trigger) as unknown as IHookFunctions;
		try {
			const isThere = await this.hooks.checkExists.call(context());
			if (!isThere) await this.hooks.create.call(context());
			return isThere;
		} catch (error) {
			await this.unpublish(trigger).catch(() => {});
			throw error;
		}
	}

	/** Also how n8n ends a test: its mode is the same then. */
	async unpublish(trigger: Published): Promise<void> {
		const context = contextOf({ ...trigger, mode: 'internal', activation: 'update' });
		await this.hooks.delete.call(context as unknown as IHookFunctions);
	}

	/** Delivers a body that is signed with the secret, to the URL that BildOut has. */
	async deliver(
		trigger: Published,
		secret: string,
		{
			url = trigger.url,
			event = newEvent(),
			text = JSON.stringify(event),
			record,
		}: { url?: string; event?: unknown; text?: string; record?: Recording } = {},
	): Promise<Received> {
		const body = Buffer.from(text);
		const headers = { 'x-bildout-signature': signatureOf(body, secret) };
		return await this.receive(trigger, body, headers, { url, record });
	}

	/** Receives a body as it is, unsigned unless a header says otherwise. */
	async receive(
		trigger: Published,
		body: Buffer | string,
		headers: { [name: string]: string } = {},
		{ url = trigger.url, record = async () => 200 }: { url?: string; record?: Recording } = {},
	): Promise<Received> {
		const rawBody = Buffer.from(body);
		const response = new Response();
		const context = {
			...contextOf(trigger),
			getRequestObject: () => ({ rawBody }),
			getResponseObject: () => response,
			getHeaderData: () => headers,
			getQueryData: () => Object.fromEntries(new URL(url).searchParams),
		};
		const { workflowData } = await this.node.webhook.call(context as unknown as IWebhookFunctions);
		if (workflowData) {
			const status = (response.statusCode = await record(response));
			response.end('{"accepted":true}');
			return { status, body: undefined, items: workflowData[0].map(({ json }) => json) };
		}
		return { status: response.statusCode, body: JSON.parse(response.text) as unknown };
	}
}

/** As much of n8n's response as the trigger uses. */
class Response {
	statusCode = 200;

	text = '';

	/** The sender hangs up. */
	close: () => void = () => {};

	once(_: 'close', listener: () => void): void {
		this.close = listener;
	}

	setHeader(): void {}

	writeHead(status: number): this {
		this.statusCode = status;
		return this;
	}

	end(text: string): void {
		this.text = text;
	}
}

let events = 0;

export const newEvent = (more: IDataObject = {}): IDataObject => ({
	id: `evt_${++events}`,
	type: 'invoice.paid',
	created_at: '2026-03-02T15:04:05.000Z',
	data: { id: 'inv_1', total: 1 },
	...more,
});
