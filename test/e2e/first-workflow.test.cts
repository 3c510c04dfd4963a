import type { Browser, Page } from 'playwright-core';

import type { Credential, Execution, Workflow } from '../../tools/lib/n8n-client.mts';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { CREDENTIAL_TYPE } from '../../tools/lib/sign-in.mts';
import {
	closePanel,
	consoleErrors,
	keepPicture,
	openBrowser,
	openEditor,
	openPanel,
	openWorkflow,
} from '../support/n8n.browser.cts';
import { type N8nWithBildOut, exampleWorkflow, startN8nWithBildOut } from '../support/n8n.cts';

/** What a new user does first, in a real n8n with the packed tarball: connect, look, run. */
describe('The first workflow', () => {
	let world: N8nWithBildOut;
	let browser: Browser;
	let editor: Page;
	let credential: Credential;

	beforeAll(async () => {
		world = await startN8nWithBildOut();
		browser = await openBrowser();
		editor = await openEditor(browser, world.n8n().url);
	});

	afterAll(async () => {
		await browser?.close();
		await world?.close();
	});

	/** Fills in a new BildOut credential, presses Connect and answers the window that n8n opens. */
	async function connectInEditor(baseUrl: string): Promise<Page> {
		await editor.goto(`${world.n8n().url}/home/credentials/create`);
		await editor.getByPlaceholder('Search for app...').fill('BildOut');
		await editor.getByText('BildOut OAuth2 API', { exact: true }).last().click();
		await editor.getByRole('button', { name: 'Continue' }).click();
		const fields = { ...SANDBOX_CLIENT, baseUrl };
		for (const [name, value] of Object.entries(fields)) {
			await editor.getByTestId(`parameter-input-${name}`).locator('input').fill(value);
		}
		const signIn = editor.waitForEvent('popup');
		await editor.getByTestId('quick-connect-button').click();
		return await signIn;
	}

	it('finds both nodes of the installed package, with their icons', async () => {
		for (const name of ['bildOut', 'bildOutTrigger']) {
			const type = await world.client().nodeType(`n8n-nodes-bildout.${name}`);
			const { light, dark } = type!.iconUrl as { light: string; dark: string };
			for (const icon of [light, dark]) {
				const answer = await fetch(`${world.n8n().url}/${icon}`);
				expect(answer.status).toBe(200);
				expect(answer.headers.get('content-type')).toContain('image/svg+xml');
			}
		}
	});

	it('shows a person who denies access that nothing was connected', async () => {
		await world.sandbox.control.clearRequests();
		const consent = await connectInEditor(world.sandbox.url);
		await consent.getByRole('button', { name: 'Deny' }).click();
		await consent.getByText('Failed to connect.').waitFor();
		await consent.close();
		await editor.getByTestId('oauth-not-connected-banner').waitFor();
		expect(await editor.getByTestId('oauth-connect-success-banner').isVisible()).toBe(false);
		const { requests } = world.sandbox.control;
		expect((await requests()).filter(({ path }) => path === '/oauth/token')).toEqual([]);
	});

	it('connects a credential through n8n’s own window and the consent page', async () => {
		const before = await world.client().credentials();
		const consent = await connectInEditor(`${world.sandbox.url}/`);
		await consent.getByRole('heading', { name: 'wants to use your BildOut account' }).waitFor();
		expect(await consent.getByRole('list').getByRole('listitem').count()).toBe(10);
		await keepPicture(consent, 'consent');

		const closed = consent.waitForEvent('close');
		await consent.getByRole('button', { name: 'Allow' }).click();
		await closed;
		await editor.getByTestId('oauth-connect-success-banner').waitFor();
		await keepPicture(editor, 'credential');

		const known = new Set(before.map(({ id }) => id));
		const added = (await world.client().credentials()).filter(({ id }) => !known.has(id));
		expect(added).toHaveLength(1);
		[credential] = added;
		expect(credential.type).toBe(CREDENTIAL_TYPE);
		expect(await world.client().testCredential(credential)).toMatchObject({ status: 'OK' });
	});

	it('opens the panel of the node without an error in the console', async () => {
		const workflow = await importExample();
		const errors = consoleErrors(editor);
		await openWorkflow(editor, world.n8n().url, workflow.id);
		for (const node of [
			'Create or Update Customer',
			'Create Invoice',
			"List the Customer's Invoices",
		]) {
			const panel = await openPanel(editor, node);
			const chosen = panel.getByTestId('node-credentials-select').locator('input');
			expect(await chosen.inputValue()).toBe(credential.name);
			if (node === 'Create Invoice') await keepPicture(editor, 'panel');
			await closePanel(editor);
		}
		expect(await editor.getByTestId('node-issues').count()).toBe(0);
		expect(errors).toEqual([]);
	});

	it('runs the example workflow when its button is pressed', async () => {
		const workflow = await importExample();
		await openWorkflow(editor, world.n8n().url, workflow.id);
		await world.sandbox.control.clearRequests();
		await editor.getByTestId('execute-workflow-button').click();
		await editor.getByText('Workflow executed successfully').waitFor();
		await keepPicture(editor, 'finished-run');

		const execution = await lastExecution(workflow);
		const [customer] = execution.output('Create or Update Customer');
		expect(customer).toMatchObject({
			name: 'Harborview Kitchens LLC',
			email: 'office@harborviewkitchens.com',
			address: { line1: '18 Wharf Street', city: 'Portland', zip: '04101' },
		});
		const [invoice] = execution.output('Create Invoice');
		expect(invoice).toMatchObject({
			client_id: customer.id,
			subtotal: 5700,
			tax_total: 382.5,
			total: 6082.5,
			line_items: [
				{ name: 'Cabinet materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
				{ name: 'Labor: installation', quantity: 16, unit_price: 75 },
			],
		});
		const listed = execution.output("List the Customer's Invoices");
		expect(listed.map(({ id }) => id)).toEqual([invoice.id]);

		const requests = await world.sandbox.control.requests();
		expect(
			requests.filter(({ method }) => method === 'POST').map(({ path, status }) => [path, status]),
		).toEqual([
			['/api/v1/customers', 201],
			['/api/v1/invoices', 201],
		]);
	});

	it('tells a revoked token from a good one', async () => {
		await world.sandbox.control.revokeTokens();
		expect(await world.client().testCredential(credential)).toMatchObject({ status: 'Error' });
	});

	async function importExample(): Promise<Workflow> {
		return await world
			.client()
			.importWorkflow(await exampleWorkflow('customer-invoice.json'), credential);
	}

	async function lastExecution({ id }: Workflow): Promise<Execution> {
		const [newest] = await world.client().executions(id);
		const execution = await world.client().getExecution(newest.id);
		expect(execution?.status).toBe('success');
		return execution!;
	}
});
