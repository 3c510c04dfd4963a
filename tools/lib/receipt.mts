import type { JsonObject } from './n8n-client.mts';
import type { PaidInvoiceRow } from './paidInvoices.mts';

interface LineItem {
	name: string;
	quantity: number;
	unit_price: number;
	tax_rate?: number | null;
	amount: number;
}

const MONEY = new Intl.NumberFormat('en-US', {
	minimumFractionDigits: 2,
	maximumFractionDigits: 2,
});
const LABEL_WIDTH = 12;
const TEXT_WIDTH = 40;

const money = (amount: unknown) => MONEY.format(Number(amount)).padStart(12);

const row = (label: string, text: string, amount = '') =>
	`${label.padEnd(LABEL_WIDTH)}${text.padEnd(amount === '' ? 0 : TEXT_WIDTH)}${amount}`;

const listed = (...parts: unknown[]) => parts.filter(Boolean).join(', ');

const lineItem = ({ name, quantity, unit_price, tax_rate, amount }: LineItem) =>
	row(
		'',
		`${name}: ${quantity} × ${MONEY.format(unit_price)}`,
		`${money(amount)}${tax_rate ? `  + ${tax_rate} % tax` : ''}`,
	);

/** The customer and the invoices that the example workflow made, as a person reads them. */
export function receipt(customer: JsonObject, invoices: JsonObject[]): string {
	const { line1, city, state, zip, country } = (customer.address ?? {}) as JsonObject;
	const invoiceRows = (invoice: JsonObject) => [
		row(
			'Invoice',
			listed(invoice.invoice_number, invoice.status, `due ${String(invoice.due_date)}`),
		),
		...(invoice.line_items as LineItem[]).map(lineItem),
		row('', 'Subtotal', money(invoice.subtotal)),
		row('', 'Tax', money(invoice.tax_total)),
		row('', 'Total', money(invoice.total)),
	];
	const contact = listed(customer.email, customer.phone);
	const place = listed(line1, city, [state, zip].filter(Boolean).join(' '), country);
	return [
		row('Customer', String(customer.name)),
		...[contact, place].filter((text) => text !== '').map((text) => row('', text)),
		...invoices.flatMap((invoice) => ['', ...invoiceRows(invoice)]),
	].join('\n');
}

/** The row that a paid invoice became, as it stands in n8n's data table. */
export function paidRow({
	invoice_number,
	total,
	due_date,
	paid_noted_at,
}: PaidInvoiceRow): string {
	return [
		row('Table', 'BildOut paid invoices'),
		row('', `${invoice_number}, due ${due_date}`, money(total)),
		row('', `noted as paid ${paid_noted_at}`),
	].join('\n');
}
