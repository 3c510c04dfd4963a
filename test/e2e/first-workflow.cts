import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';

import {
	type Credential,
	exampleWorkflow,
	type Execution,
	inARow,
	type WorkflowFile,
} from '../../tools/lib/n8n-client.mts';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { CREDENTIAL_TYPE } from '../../tools/lib/sign-in.mts';
import { walkAsNewUser } from '../../tools/lib/walk.mts';
import { type Screen, keepPicture } from '../support/n8n.browser.cts';
import { served } from '../support/served.cts';
import { expectOutcome } from './examples.cts';
import { type World, writesTo } from './world.cts';

/** What a new user does first: connect, look, run. The credential of that is the world's from then on. */
export function firstWorkflow(world: World, screen: Screen): void {
	it('leads from an empty n8n to a finished run, as README.md describes and shows, in less than five minutes', async () => {
		// n8n offers "Connect to BildOut" only to who has no credential, which a second try would have.
		for (const { id } of await world.client().credentials()) {
			await world.client().call('DELETE', `/credentials/${id}`);
		}
		await world.sandbox.control.reset();
		const before = Date.now();
		const taken: string[] = [];
		await walkAsNewUser({
			browser: screen.browser,
			client: world.client(),
			sandboxUrl: `${world.sandbox.url}/`,
			example: exampleWorkflow('customer-invoice.json'),
			take: async (picture, page) => {
				taken.push(picture);
				await keepPicture(page, `walk-${picture}`);
			},
		});
		expect(Date.now() - before).toBeLessThan(5 * 60_000);
		const credentials = await world.client().credentials();
		expect(credentials).toHaveLength(1);
		[world.credential] = credentials;
		const { credential } = world;
		expect(credential.type).toBe(CREDENTIAL_TYPE);
		expect(await world.client().testCredential(credential)).toMatchObject({ status: 'OK' });
		expect(taken.sort()).toEqual((await picturesOfReadme()).sort());
		const written = await writesTo(world.sandbox);
		expect(written.map(({ path, status }) => [path, status])).toEqual([
			['/api/v1/customers', 201],
			['/api/v1/invoices', 201],
		]);
		const example = exampleWorkflow('customer-invoice.json');
		const workflow = (await world.client().workflows()).find(({ name }) => name === example.name)!;
		const [{ id }] = await world.client().executions(workflow.id);
		expectOutcome('customer-invoice.json', (await world.client().getExecution(id))!);
	});

	/** Fills in a new BildOut credential, presses Connect and returns the window that n8n opens. */
	async function connectInEditor(baseUrl: string): Promise<Page> {
		const { editor } = screen;
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

	it('shows a person who denies access that nothing was connected', async () => {
		await world.sandbox.control.clearRequests();
		const consent = await connectInEditor(world.sandbox.url);
		await consent.getByRole('heading', { name: 'wants to use your BildOut account' }).waitFor();
		expect(await consent.getByRole('list').getByRole('listitem').count()).toBe(10);
		await keepPicture(consent, 'consent');
		await consent.getByRole('button', { name: 'Deny' }).click();
		await consent.getByText('Failed to connect.').waitFor();
		await consent.close();
		await screen.editor.getByTestId('oauth-not-connected-banner').waitFor();
		expect(await screen.editor.getByTestId('oauth-connect-success-banner').isVisible()).toBe(false);
		const { requests } = world.sandbox.control;
		expect((await requests()).filter(({ path }) => path === '/oauth/token')).toEqual([]);
	});

	describe('n8n’s own HTTP Request node with the credential', () => {
		const seen: string[] = [];
		const elsewhere = served(({ url }, response) => {
			seen.push(url!);
			response.end('{}');
		});

		async function request(url: string): Promise<Execution> {
			const { id } = await world.client().importWorkflow(httpRequest(url, world.credential));
			return await world.client().runWorkflow(id, 'Start');
		}

		it('reaches BildOut', async () => {
			const execution = await request(`${world.sandbox.url}/api/v1/customers?limit=1`);
			expect(execution.error).toBeUndefined();
			expect(execution.output('HTTP Request')).toEqual([
				expect.objectContaining({ data: [expect.objectContaining({ id: expect.any(String) })] }),
			]);
		});

		it('sends nothing to another host', async () => {
			const other = elsewhere.url.replace('127.0.0.1', 'localhost');
			expect((await fetch(`${other}/reachable`)).status).toBe(200);
			const execution = await request(`${other}/api/v1/customers`);
			expect(execution.status).toBe('error');
			expect(execution.error?.message).toMatch(/domain/i);
			expect(seen).toEqual(['/reachable']);
		});
	});
}

/** The last of all tests of an n8n: afterwards no token of the sandbox is valid. */
export function revokedToken(world: World): void {
	it('is known from a good one by the test of the credential', async () => {
		expect(await world.client().testCredential(world.credential)).toMatchObject({ status: 'OK' });
		await world.sandbox.control.revokeTokens();
		expect(await world.client().testCredential(world.credential)).toMatchObject({
			status: 'Error',
		});
	});
}

/** The names of the pictures that README.md shows. */
async function picturesOfReadme(): Promise<string[]> {
	const text = await readFile(resolve(__dirname, '../../README.md'), 'utf8');
	return [...text.matchAll(/!\[[^\]]+\]\(\S*\/docs\/pictures\/(\S+)\.png\)/g)].map(
		([, name]) => name,
	);
}

/** n8n's own HTTP Request node with the BildOut credential, as a user sets it up. */
const httpRequest = (url: string, { id, name }: Credential): WorkflowFile =>
	inARow('HTTP Request', [
		{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
		{
			name: 'HTTP Request',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: CREDENTIAL_TYPE,
				options: {},
			},
			credentials: { [CREDENTIAL_TYPE]: { id, name } },
		},
	]);
