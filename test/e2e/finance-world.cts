import type {
	Credential,
	Execution,
	JsonObject,
	WorkflowFile,
} from '../../tools/lib/n8n-client.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type MailServer, sendingBy, startMailServer } from '../support/mail.cts';
import { type Sandbox, startSandbox } from '../support/sandbox.cts';
import type { World } from './world.cts';

export const FORM_LOGIN = { user: 'office', password: 'four words are enough' };

export type Finance = ReturnType<typeof useFinance>;

/**
 * What tests of the examples about money need: a mail server, and a sandbox of their own, so that nothing is in
 * it but what a test puts there.
 */
export function useFinance(world: World) {
	let sandbox: Sandbox;
	let mail: MailServer;
	let smtp: Credential;
	let basic: Credential;
	let credential: Credential;
	let token: string;
	const published = new Set<string>();

	beforeAll(async () => {
		mail = await startMailServer();
		sandbox = await startSandbox();
		await sandbox.control.config({ rateLimit: { limit: 100_000, burst: 20_000 } });
		const client = world.client();
		smtp = await mail.connect(client);
		basic = await client.createCredential('Form', 'httpBasicAuth', FORM_LOGIN);
	});
	beforeEach(async () => {
		await sandbox.control.reset({ seed: false });
		credential = await connectBildOut(world.client(), sandbox, 'Finance');
		({ access_token: token } = await sandbox.control.token());
		mail.mails.length = 0;
	});
	afterAll(async () => {
		for (const id of published) await world.client().deactivateWorkflow(id);
		await sandbox?.stop();
		await mail?.stop();
	});

	const api = async <T = JsonObject,>(method: string, path: string, body?: object): Promise<T> => {
		const response = await fetch(`${sandbox.url}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const json = (await response.json()) as { data: T };
		if (!response.ok) throw new Error(JSON.stringify(json));
		return json.data;
	};
	const imported = async (workflow: WorkflowFile) =>
		await world.client().importWorkflow(sendingBy(workflow, smtp), credential);
	const succeeded = (execution: Execution) => {
		expect(execution.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	};
	/** The rows of a data table that an example fills. */
	async function tableRows(table: string): Promise<JsonObject[]> {
		const found = await findTable(table);
		if (!found) return [];
		const { data } = await world.client().call<{ data: JsonObject[] }>('GET', `${found.path}/rows`);
		return data;
	}
	async function findTable(table: string): Promise<{ path: string } | undefined> {
		const { data: tables } = await world.client().call<{
			data: Array<{ id: string; name: string; projectId: string }>;
		}>('GET', '/data-tables-global');
		const found = tables.find(({ name }) => name === table);
		return found && { path: `/projects/${found.projectId}/data-tables/${found.id}` };
	}
	/** Presses a button of the latest mail that asks, in a browser. */
	const press = async (button: 'Approve' | 'Decline') => {
		const links = [...mail.mails.at(-1)!.body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>\s*(\w+)/g)];
		const [, link] = links.find(([, , label]) => label === button)!;
		const response = await fetch(link.replaceAll('&amp;', '&'), {
			headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
		});
		expect(response.status).toBe(200);
	};
	const customer = async (name: string, email = 'buyer@example.com') =>
		await api('POST', '/customers', { name, email });
	const invoice = async (of: JsonObject, due: string, prices: number[], more: object = {}) =>
		await api('POST', '/invoices', {
			client_id: of.id,
			due_date: due,
			status: 'sent',
			line_items: prices.map((price) => ({ name: 'Work', quantity: 1, unit_price: price })),
			...more,
		});

	return {
		sandbox: () => sandbox,
		mail: () => mail,
		/** n8n's credentials for BildOut and for forms. */
		credential: () => credential,
		basic: () => basic,
		/** Takes the workflow back when the tests are over. */
		published: (id: string) => published.add(id),
		api,
		imported,
		press,
		succeeded,
		findTable,
		tableRows,
		customer,
		invoice,
	};
}

/** The date in so many days in n8n's time zone, New York unless it is told otherwise. */
export function inDays(days: number): string {
	const today = new Intl.DateTimeFormat('sv', { timeZone: 'America/New_York' }).format(new Date());
	const date = new Date(`${today}T00:00:00Z`);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}
