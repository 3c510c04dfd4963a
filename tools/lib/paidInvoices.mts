import type { Credential, JsonObject, N8nClient, WorkflowFile } from './n8n-client.mts';
import { waitFor } from './program.mts';
import type { Sandbox } from './sandbox.mts';

/** The table that examples/trigger-invoice-paid-to-table.json fills. */
const TABLE = 'BildOut paid invoices';

const LOOK_EVERY_MS = 50;

export interface PaidInvoiceRow extends JsonObject {
	invoice_number: string;
	total: number;
	due_date: string;
	paid_noted_at: string;
}

/** The example that writes a row for each paid invoice, published and heard by the sandbox. */
export interface PaidInvoices {
	workflowId: string;
	/** The rows that were written since this was last asked. */
	newRows: () => Promise<PaidInvoiceRow[]>;
	/** Waits for the next row that is written. */
	nextRow: () => Promise<PaidInvoiceRow>;
	/** Where n8n's editor shows the table. */
	tablePath: () => Promise<string>;
	/** Marks an invoice as paid, as the button on the sandbox's page does. Returns its row, and after how many ms it was there. */
	pay: (invoiceId: string) => Promise<{ row: PaidInvoiceRow; ms: number }>;
	/** Without it, n8n would ask the sandbox of its next start for a subscription. */
	unpublish: () => Promise<void>;
}

/** Publishes the workflow, and waits until the sandbox reports paid invoices to it. */
export async function publishPaidInvoices(
	client: N8nClient,
	sandbox: Pick<Sandbox, 'url'>,
	example: WorkflowFile,
	credential: Credential,
): Promise<PaidInvoices> {
	const { id, active } = await client.importWorkflow(example, credential);
	// One that an earlier demo left published is subscribed in a sandbox that is gone.
	if (active) await client.deactivateWorkflow(id);
	const before = (await subscriptions(sandbox)).map((each) => each.id);
	await client.activateWorkflow(id);
	await waitFor('the sandbox knew where to report paid invoices', async () =>
		(await subscriptions(sandbox)).some((each) => each.active && !before.includes(each.id)),
	);

	// Its rows are of invoices in the sandbox of an earlier demo.
	const old = await client.findTable(TABLE);
	if (old) await client.call('DELETE', old.path);

	const rows = async () => await client.tableRows<PaidInvoiceRow>(TABLE, '?sortBy=updatedAt:desc');
	let seen = new Set((await rows()).map(versionOf));
	const newRows = async () => {
		const now = await rows();
		const fresh = now.filter((row) => !seen.has(versionOf(row)));
		seen = new Set(now.map(versionOf));
		return fresh;
	};
	const nextRow = async () =>
		await waitFor('a row was written', async () => (await newRows()).at(0), {
			everyMs: LOOK_EVERY_MS,
		});
	return {
		workflowId: id,
		newRows,
		nextRow,
		tablePath: async () => {
			const table = await client.findTable(TABLE);
			return `/projects/${table?.projectId}/datatables/${table?.id}`;
		},
		pay: async (invoiceId) => {
			const start = performance.now();
			const response = await fetch(`${sandbox.url}/page/invoices/${invoiceId}/paid`, {
				method: 'POST',
			});
			if (!response.ok) {
				throw new Error(`Mark as paid: ${response.status} ${await response.text()}`);
			}
			return { row: await nextRow(), ms: performance.now() - start };
		},
		unpublish: async () => {
			await client.deactivateWorkflow(id);
		},
	};
}

/** A row that is written again, as for an invoice of the same number in another sandbox, is another version. */
const versionOf = (row: PaidInvoiceRow) => `${row.invoice_number} ${row.paid_noted_at}`;

async function subscriptions({ url }: Pick<Sandbox, 'url'>) {
	const response = await fetch(`${url}/page/subscriptions`);
	return (await response.json()) as Array<{ id: string; active: boolean }>;
}
