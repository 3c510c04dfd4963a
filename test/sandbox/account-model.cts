import { randomUUID } from 'node:crypto';

import {
	type Decimal,
	minus,
	plus,
	quotient,
	rounded,
	sum,
	times,
	toDecimal,
	toOutput,
	toText,
	whole,
	ZERO,
} from '../../nodes/BildOut/accounting/money.ts';
import { type Kind as RecordKind, kinds } from '../../sandbox/src/records/kinds.mts';
import { faultOf, operation, resolved, type Schema } from '../support/contract.cts';
import type { JsonObject } from '../support/sandbox.cts';
import type { ApiResponse, Body, call } from './client.cts';

export type Kind = Exclude<RecordKind, 'payments'> | 'webhooks';

/** What a POST and a PUT of each kind may say. */
export const BODIES: Record<Kind, { create: Schema; replace: Schema }> = {
	customers: bodies('Customer'),
	vendors: bodies('Vendor'),
	projects: bodies('Project'),
	invoices: bodies('Invoice'),
	webhooks: bodies('Webhook'),
};

function bodies(one: string) {
	return { create: operation(`create${one}`).body!, replace: operation(`replace${one}`).body! };
}

export type Step =
	| { do: 'create'; kind: Kind; body: JsonObject; owner: number }
	| { do: 'replace'; kind: Kind; which: number; body: JsonObject; owner: number }
	| { do: 'remove'; kind: Kind; which: number }
	| { do: 'pay'; which: number };

/** What the server sets where a body leaves a field out or empties it. */
const DEFAULTS: Partial<Record<Kind, JsonObject>> = {
	invoices: { status: 'draft', currency: 'usd' },
	webhooks: { active: true },
};
/** Kept to two decimals. */
const MONEY = 'budget quantity unit_price tax_rate discount_total deposit_required'.split(' ');

const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** In whole cents; a number that is too small to have its digits counted is none. */
const cents = (value: number | null | undefined) => rounded(toDecimal(value ?? 0) ?? ZERO, 2);

/** To the cent, as far as a number in JSON can be. */
const isAmount = (amount: Decimal, shown: number) =>
	Math.abs(Number(toText(amount)) - shown) <= Math.abs(shown) * 1e-12;

/** Whether a record has all of a body; it may have more. */
function keeps(sent: Body, kept: Body, name = ''): boolean {
	if (typeof sent === 'number' && MONEY.includes(name)) return isAmount(cents(sent), kept);
	if (name === 'line_items') {
		return (
			sent.length === kept.length && sent.every((line: Body, at: number) => keeps(line, kept[at]))
		);
	}
	if (isObject(sent) && isObject(kept) && name !== 'address') {
		return Object.keys(sent).every((key) => keeps(sent[key], kept[key], key));
	}
	if (sent === null && name === 'issue_date') return true;
	expect([name, kept]).toEqual([name, sent]);
	return true;
}

/** What payments make of the status that was written. */
function statusOf(written: string, { amount_paid: paid, total }: Body): string {
	if (written === 'void' || paid === 0) return written;
	if (paid >= total) return 'paid';
	return written === 'overdue' ? written : 'partial';
}

/** A BildOut account as it has to be after what was done with it. */
export class AccountModel {
	private invoicesMade = 0;

	readonly records = Object.fromEntries(
		[...kinds, 'webhooks'].map((kind) => [kind, new Map()]),
	) as Record<Kind | RecordKind, Map<string, Body>>;

	constructor(private readonly send: typeof call) {}

	/** Does a step at the server, and checks its response. */
	async take(step: Step): Promise<void> {
		if (step.do === 'create') await this.create(step);
		else if (step.do === 'replace') await this.replace(step);
		else if (step.do === 'remove') await this.remove(step);
		else await this.pay(step);
	}

	/** Each create is sent twice with its key, which must change nothing, and with another body. */
	private async create({ kind, body, owner }: Step & { do: 'create' }): Promise<void> {
		const sent = this.linked(kind, body, owner);
		const key = { 'idempotency-key': randomUUID() };
		const post = async (fields: JsonObject) =>
			await this.send('POST', `/api/v1/${kind}`, fields, key);
		const response = await post(sent);
		if (response.status !== 201) {
			this.expectRefusal(BODIES[kind].create, sent, response);
			// The key is still free.
			expect((await post({ ...sent, another: 1 })).status).toBe(422);
			return;
		}
		const repeated = await post(sent);
		expect([repeated.status, repeated.body]).toEqual([201, response.body]);
		expect((await post({ ...sent, another: 1 })).status).toBe(409);
		const { secret, ...record } = response.body.data;
		expect(secret).toEqual(kind === 'webhooks' ? expect.any(String) : undefined);
		expect(this.records[kind].has(record.id)).toBe(false);
		if (kind === 'invoices') expect(record.invoice_number).toBe(this.nextNumber());
		this.expectWritten(kind, sent, record);
		this.records[kind].set(record.id, record);
	}

	private async replace({ kind, which, body, owner }: Step & { do: 'replace' }): Promise<void> {
		const before = this.pick(kind, which);
		if (before === undefined) return;
		const sent = this.linked(kind, body, owner);
		const response = await this.send('PUT', `/api/v1/${kind}/${before.id}`, sent);
		if (response.status !== 200) return this.expectRefusal(BODIES[kind].replace, sent, response);
		const record = response.body.data;
		for (const owned of ['id', 'created_at', 'invoice_number', 'amount_paid']) {
			expect([owned, record[owned]]).toEqual([owned, before[owned]]);
		}
		this.expectWritten(kind, sent, record);
		this.records[kind].set(record.id, record);
	}

	private async remove({ kind, which }: Step & { do: 'remove' }): Promise<void> {
		const { id } = this.pick(kind, which) ?? {};
		if (id === undefined) return;
		const response = await this.send('DELETE', `/api/v1/${kind}/${id}`);
		const isNeeded = this.all('invoices').some(({ client_id }) => client_id === id);
		if (isNeeded) {
			expect(response.status).toBe(409);
			return;
		}
		expect([response.status, response.body]).toEqual([200, { data: { id, deleted: true } }]);
		this.records[kind].delete(id);
		for (const linked of kinds.flatMap((linkedKind) => this.all(linkedKind))) {
			for (const link of ['client_id', 'vendor_id', 'project_id', 'invoice_id']) {
				if (linked[link] === id) linked[link] = null;
			}
		}
		expect((await this.send('GET', `/api/v1/${kind}/${id}`)).status).toBe(404);
	}

	/** A customer pays an invoice on the sandbox's page. */
	private async pay({ which }: Step & { do: 'pay' }): Promise<void> {
		const before = this.pick('invoices', which);
		if (before === undefined) return;
		const path = `/page/invoices/${before.id}/paid`;
		const { status, body: payment } = await this.send('POST', path, {});
		if (before.status === 'void' || before.amount_due === 0) {
			expect(status).toBe(409);
			return;
		}
		expect(status).toBe(200);
		expect(payment).toMatchObject({ amount: before.amount_due, invoice_id: before.id });
		this.records.payments.set(payment.id, payment);
		const { data: record } = (await this.send('GET', `/api/v1/invoices/${before.id}`)).body;
		const { updated_at } = record;
		const paid = { status: 'paid', amount_paid: before.total, amount_due: 0, updated_at };
		expect(record).toEqual({ ...before, ...paid });
		this.records.invoices.set(record.id, record);
	}

	all(kind: Kind | RecordKind): Body[] {
		return [...this.records[kind].values()];
	}

	/** No number is used twice. */
	private nextNumber(): string {
		return `INV-${String(++this.invoicesMade).padStart(4, '0')}`;
	}

	private pick(kind: Kind, which: number): Body | undefined {
		const all = this.all(kind);
		return all[which % Math.max(1, all.length)];
	}

	/** The body with references to records that are there, and prices of half cents in every other one. */
	private linked(kind: Kind, body: JsonObject, owner: number): JsonObject {
		const sent: JsonObject = JSON.parse(JSON.stringify(body));
		const owners = {
			client_id: this.pick('customers', owner),
			project_id: this.pick('projects', owner),
		};
		const { properties } = resolved(BODIES[kind].replace);
		for (const [link, record] of Object.entries(owners)) {
			const isWanted = sent[link] || owner % 3 > 0;
			if (link in properties! && isWanted && record) sent[link] = record.id;
		}
		if (owner % 2 === 1 && Array.isArray(sent.line_items)) {
			for (const line of sent.line_items) if (isObject(line)) line.unit_price = owner / 200;
		}
		return sent;
	}

	private expectWritten(kind: Kind, sent: JsonObject, record: Body): void {
		const { properties } = resolved(BODIES[kind].replace);
		const writable = Object.keys(properties!).filter((name) => !properties![name]!.readOnly);
		const blank = Object.fromEntries(
			writable.map((name) => [name, name === 'line_items' ? [] : null]),
		);
		const expected: JsonObject = { ...blank, ...sent };
		for (const [name, value] of Object.entries(DEFAULTS[kind] ?? {})) expected[name] ??= value;
		if (kind === 'invoices') expected.status = statusOf(String(expected.status), record);
		expect(keeps(expected, record)).toBe(true);
		if (kind === 'invoices') this.expectTotals(record);
	}

	private expectTotals(record: Body): void {
		const lines = record.line_items.map(({ quantity, unit_price, tax_rate, amount }: Body) => {
			const own = rounded(times(cents(quantity), cents(unit_price)), 2);
			expect(isAmount(own, amount)).toBe(true);
			return { own, tax: quotient(times(own, cents(tax_rate)), whole(100), 2) };
		});
		const subtotal = sum(lines.map(({ own }: { own: Decimal }) => own));
		const tax_total = sum(lines.map(({ tax }: { tax: Decimal }) => tax));
		const total = minus(plus(subtotal, tax_total), cents(record.discount_total));
		const owed = minus(total, cents(record.amount_paid));
		const amount_due = record.status === 'void' || owed.units < 0n ? ZERO : owed;
		for (const [name, amount] of Object.entries({ subtotal, tax_total, total, amount_due })) {
			const shown = [name, record[name]];
			expect([...shown, isAmount(amount, record[name])]).toEqual([...shown, true]);
		}
	}

	/** What a project's money comes to. */
	financials(id: string) {
		const total = (records: Body[], of: string) =>
			toOutput(sum(records.map((record) => cents(record[of]))));
		const invoices = this.all('invoices').filter(
			({ project_id, status }) => project_id === id && !['draft', 'void'].includes(status),
		);
		const payments = this.all('payments').filter(({ project_id }) => project_id === id);
		return {
			invoiced_total: total(invoices, 'total'),
			received_total: total(payments, 'amount'),
			outstanding_total: total(invoices, 'amount_due'),
			profit: total(invoices, 'total'),
		};
	}

	/** A body that the contract allows is refused only for what a schema cannot say. */
	private expectRefusal(schema: Schema, sent: JsonObject, { status, body }: ApiResponse) {
		expect(status).toBe(422);
		if (faultOf(schema, sent) !== undefined) return;
		const fields = body.error.details.map(({ field }: { field: string }) => field);
		const reasons = ['client_id', 'project_id', 'status', 'line_items', 'discount_total'];
		expect(reasons).toEqual(expect.arrayContaining(fields));
	}
}
