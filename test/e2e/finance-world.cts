import type {
	Credential,
	Execution,
	JsonObject,
	WorkflowFile,
} from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { apiClient } from '../../tools/lib/sandbox-control.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type MailServer, sendingBy, startMailServer } from '../support/mail.cts';
import { type Sandbox, startSandbox } from '../support/sandbox.cts';
import type { World } from './world.cts';

export const FORM_LOGIN = { user: 'office', password: 'four words are enough' };

/**
 * What tests of the examples about money need: a mail server, and a sandbox of their own, so that nothing is in
 * it but what a test puts there.
 */
export function useFinance(world: World) {
	const own = {} as {
		sandbox: Sandbox;
		mail: MailServer;
		/** n8n's credentials for BildOut, and for forms. */
		credential: Credential;
		basic: Credential;
	};
	let smtp: Credential;
	let token: string;
	const published = new Set<string>();

	beforeAll(async () => {
		own.mail = await startMailServer();
		own.sandbox = await startSandbox();
		await own.sandbox.control.config({ rateLimit: { limit: 100_000, burst: 20_000 } });
		const client = world.client();
		smtp = await own.mail.connect(client);
		own.basic = await client.createCredential('Form', 'httpBasicAuth', FORM_LOGIN);
	});
	beforeEach(async () => {
		await own.sandbox.control.reset({ seed: false });
		own.credential = await connectBildOut(world.client(), own.sandbox, 'Finance');
		({ access_token: token } = await own.sandbox.control.token());
		own.mail.mails.length = 0;
	});
	afterAll(async () => {
		for (const id of published) await world.client().deactivateWorkflow(id);
		await own.sandbox?.stop();
		await own.mail?.stop();
	});

	const api = async <T = JsonObject,>(method: string, path: string, body?: object): Promise<T> =>
		await apiClient(own.sandbox.url, () => `Bearer ${token}`).api<T>(method, path, body);
	const imported = async (workflow: WorkflowFile) =>
		await world.client().importWorkflow(sendingBy(workflow, smtp), own.credential);
	const succeeded = (execution: Execution) => {
		expect(execution.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	};
	/** Presses a button of the latest mail that asks, in a browser; returns the run that waited for it, when it has ended. */
	const press = async (button: 'Approve' | 'Decline', executionId: string) => {
		const links = [
			...own.mail.mails.at(-1)!.body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>\s*(\w+)/g),
		];
		const [, link] = links.find(([, , label]) => label === button)!;
		const response = await fetch(link.replaceAll('&amp;', '&'), {
			headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
		});
		expect(response.status).toBe(200);
		return succeeded(
			await waitFor('the run ended', async () => await world.client().getExecution(executionId)),
		);
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

	return Object.assign(own, {
		/** Takes the workflow back when the tests are over. */
		published: (id: string) => published.add(id),
		api,
		imported,
		press,
		succeeded,
		customer,
		invoice,
	});
}
