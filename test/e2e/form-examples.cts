import { exampleWorkflow, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { FORM_LOGIN, useFinance } from './finance-world.cts';
import { type World, writesTo } from './world.cts';

/** The examples that begin with a form, filled in as in a browser. */
export function formExamples(world: World): void {
	const finance = useFinance(world);
	const { api, imported } = finance;

	/** A form that an example begins with, opened and sent as a browser does. */
	async function openForm(file: string, csv: string) {
		const client = world.client();
		const workflow = exampleWorkflow(file);
		const basic = finance.basic;
		const form = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger')!;
		form.credentials = { httpBasicAuth: { id: basic.id, name: basic.name } };
		const { id, nodes } = await imported(workflow);
		await client.activateWorkflow(id);
		finance.published(id);
		const { webhookId } = nodes.find(({ name }) => name === form.name)!;
		const url = `${world.n8n().url}/form/${String(webhookId)}`;
		const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
		const signedIn = {
			...browser,
			authorization: `Basic ${Buffer.from(`${FORM_LOGIN.user}:${FORM_LOGIN.password}`).toString('base64')}`,
		};
		const send = async (to: string, fields: Record<string, string | Blob>) => {
			const body = new FormData();
			for (const [name, value] of Object.entries(fields)) {
				if (typeof value === 'string') body.append(name, value);
				else body.append(name, value, 'customers.csv');
			}
			const response = await fetch(to, { method: 'POST', headers: signedIn, body });
			expect(response.status).toBe(200);
			return await response.text();
		};
		await waitFor(
			'the form is published',
			async () => (await fetch(url, { headers: signedIn })).ok,
		);
		expect((await fetch(url, { headers: browser })).status).toBe(401);
		const { formWaitingUrl } = JSON.parse(
			await send(url, { 'field-0': new Blob([csv], { type: 'text/csv' }) }),
		) as { formWaitingUrl: string };
		/** What the page shows that comes next, when it is there. */
		const page = async (expected: string) =>
			await waitFor(`the page shows ${expected}`, async () => {
				// n8n leaves a request open that comes while the workflow runs.
				const signal = AbortSignal.timeout(2_000);
				const response = await fetch(formWaitingUrl, { headers: signedIn, signal });
				const text = await response.text();
				return text.includes(expected) ? text : undefined;
			});
		return {
			page,
			send: async (fields: Record<string, string>) => await send(formWaitingUrl, fields),
			output: async (node: string) => {
				const [{ id: executionId }] = await client.executions(id);
				const { resultData } = await client.storedExecution(executionId);
				return resultData!.runData![node].at(-1)!.data!.main[0]!.map(({ json }) => json);
			},
		};
	}
	const customers = async () =>
		(await api<JsonObject[]>('GET', '/customers?limit=100')).map(({ name, email, phone }) => ({
			name,
			email,
			phone: phone ?? null,
		}));
	const writes = async () => await writesTo(finance.sandbox, '/api/v1/customers');

	it.each([
		['import-with-preview.json', '["Do not write"]', 'BildOut is as it was.'],
		['reconcile-with-accounting.json', '[]', 'No row was ticked.'],
	])('%s writes nothing when a person wants none of it', async (file, choice, expected) => {
		const csv = 'name,email,phone,city,state\nAda Homes,ada@example.com,1,Denver,CO';
		const form = await openForm(file, csv);
		await form.page('Nothing was written yet');
		await form.send({ 'field-1': choice });
		await form.page(expected);
		expect(await writes()).toEqual([]);
	});

	describe('import-with-preview.json', () => {
		const CSV = [
			'Name,EMAIL,phone,city,state',
			'Ada Homes,ada@example.com,303 555 0100,Denver,CO',
			'Ben {{ $execution.id }},ben@example.com,,,',
			'Cleo,cleo@example.com,,,',
			',nobody@example.com,,,',
			',,,,',
			'Ada Homes,ada@example.com,303 555 0199,,',
		].join('\n');

		it('shows what would change, and writes it after a person approves', async () => {
			await api('POST', '/customers', { name: 'Cleo', email: 'cleo@example.com' });
			await api('POST', '/customers', { name: 'Ben', email: 'ben@example.com', phone: '1' });
			const before = await customers();
			await finance.sandbox.control.clearRequests();
			const form = await openForm('import-with-preview.json', CSV);
			const page = await form.page('Nothing was written yet');
			expect(page).toContain(
				'1 would be created, 2 changed, 1 left as they are; 1 cannot be written.',
			);
			expect(page).toContain('Ben {{ $execution.id }}');
			expect(page).toContain('phone: 303 555 0100 → 303 555 0199');
			expect(await writes()).toEqual([]);
			await form.send({ 'field-1': '["Write to BildOut"]' });
			const written = await form.page('1 created, 2 updated, 1 not written.');
			// Rows count as in the sheet, whose first one has the headings.
			expect(written).toContain("Row 5: 'Name' is empty");
			expect(await customers()).toEqual(
				expect.arrayContaining([
					{ name: 'Ada Homes', email: 'ada@example.com', phone: '303 555 0199' },
					{ name: 'Ben {{ $execution.id }}', email: 'ben@example.com', phone: '1' },
					{ name: 'Cleo', email: 'cleo@example.com', phone: null },
				]),
			);
			expect(await customers()).toHaveLength(before.length + 1);

			// The same file again changes what the first of its two rows about Ada says, and back.
			const again = await openForm('import-with-preview.json', CSV);
			await again.page('0 would be created, 2 changed, 2 left as they are');
		});

		it('knows usual headings, and names a column that it does not find', async () => {
			const csv = 'Customer full name,Email,Phone numbers,Town\nDee,dee@example.com,7,Mesa';
			const form = await openForm('import-with-preview.json', csv);
			const page = await form.page('1 would be created');
			expect(page).toContain(
				'The file has no city, state. Its columns are: Customer full name, Email, Phone numbers, Town.',
			);
		});
	});

	describe('reconcile-with-accounting.json', () => {
		const CSV = [
			'name,email,phone,city',
			'Ada Homes,ADA@example.com,303 555 0100,Denver',
			'Ben,ben@example.com,2,',
			'Cleo,cleo@example.com,,',
			'New One,new@example.com,5,Mesa',
			'No Email,,5,Mesa',
		].join('\n');

		it('lists what differs, and writes only what a person ticks', async () => {
			const address = { city: 'Denver' };
			await api('POST', '/customers', {
				name: 'Ada Homes',
				email: 'ada@example.com',
				phone: '303 555 0100',
				address,
			});
			await api('POST', '/customers', { name: 'Ben', email: 'ben@example.com', phone: '1' });
			await api('POST', '/customers', { name: 'Cleo B.', email: 'cleo@example.com' });
			await api('POST', '/customers', { name: 'Only Here', email: 'only@example.com' });
			await finance.sandbox.control.clearRequests();
			const form = await openForm('reconcile-with-accounting.json', CSV);
			const page = await form.page('Nothing was written yet');
			expect(page).toContain(
				'1 the same, 2 different, 2 missing in BildOut, 1 missing in accounting.',
			);
			expect(page).toContain('Only Here (only@example.com)');
			expect(await writes()).toEqual([]);
			const [{ changes }] = await form.output('What to Decide');
			const options = (changes as Array<{ option: string }>).map(({ option }) => option);
			expect(options.map((option) => option.replace(/^\d+\. /, '')).sort()).toEqual([
				'Ben (ben@example.com): phone 1 → 2',
				'Cleo (cleo@example.com): name Cleo B. → Cleo',
				'New One (new@example.com): create',
			]);
			const ticked = options.filter((option) => !option.includes('Cleo'));
			await form.send({ 'field-1': JSON.stringify(ticked) });
			await form.page('1 created, 1 updated, 0 not written.');
			expect(await customers()).toEqual(
				expect.arrayContaining([
					{ name: 'Ada Homes', email: 'ada@example.com', phone: '303 555 0100' },
					{ name: 'Ben', email: 'ben@example.com', phone: '2' },
					{ name: 'Cleo B.', email: 'cleo@example.com', phone: null },
					{ name: 'New One', email: 'new@example.com', phone: '5' },
					{ name: 'Only Here', email: 'only@example.com', phone: null },
				]),
			);
		});

		it('names a column that it does not find', async () => {
			const form = await openForm('reconcile-with-accounting.json', 'Mail\ndee@example.com');
			await form.page('The file has no name, email, phone, city. Its columns are: Mail.');
		});
	});
}
