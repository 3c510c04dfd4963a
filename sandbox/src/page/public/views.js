import { actionButton, badge, copyOf, inWords, press } from './dom.js';

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const days = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
const localDays = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' });

const money = (amount) => (amount === null ? '' : dollars.format(amount));
/** A day such as 2026-11-25. */
export const day = (text) => (text ? days.format(new Date(text)) : '');

const city = ({ address }) => [address?.city, address?.state].filter(Boolean).join(', ');

function invoiceActions({ id, invoice_number: number, status, amount_due: due }) {
	const mark = (state) =>
		actionButton(state, `Mark as ${state}`, number, (button) =>
			press(button, `/invoices/${id}/${state}`, `${number} is marked as ${state}.`),
		);
	return [
		...(status === 'draft' ? [mark('sent')] : []),
		...(status !== 'void' && due > 0 ? [mark('paid')] : []),
		...(['paid', 'void'].includes(status)
			? []
			: [moreActions(id, number, due, status === 'sent' ? [mark('viewed')] : [])]),
	];
}

/** What is done to an invoice less often: paying a part of it, more buttons, and making it void. */
function moreActions(id, number, due, buttons) {
	const menu = copyOf('more-actions');
	menu.querySelector('summary span').textContent = ` for ${number}`;
	const form = menu.querySelector('form');
	if (due > 0) {
		form.elements.amount.max = due;
		form.elements.amount.ariaLabel = `Amount in dollars of ${number}`;
		payOnSubmit(
			form,
			`part of ${number}`,
			`/invoices/${id}/part-paid`,
			(amount) => `${amount} of ${number} paid.`,
		);
	} else form.remove();
	menu.append(
		...buttons,
		actionButton('void', 'Make void', number, (button) =>
			press(button, `/invoices/${id}/void`, `${number} is void.`),
		),
	);
	return menu;
}

function payOnSubmit(form, what, path, done) {
	const button = form.querySelector('button');
	button.dataset.action = 'pay';
	button.querySelector('span').textContent = ` ${what}`;
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const amount = form.elements.amount.valueAsNumber;
		await press(button, path, done(money(amount)), { amount });
		form.reset();
	});
}

function payForm({ id, name }) {
	const form = copyOf('pay');
	form.elements.amount.ariaLabel = `Amount in dollars for ${name}`;
	payOnSubmit(form, name, `/vendors/${id}/paid`, (amount) => `${amount} paid to ${name}.`);
	return [form];
}

/**
 * What the page shows of each kind of record: the words for its search, and its columns. A column is its
 * heading, what a record shows there, and the class of its cells. The first names the record.
 */
export const views = {
	invoices: {
		search: 'Number or customer',
		statuses: ['draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void'],
		columns: [
			['Invoice', ({ invoice_number }) => invoice_number, 'short'],
			['Customer', ({ customer }) => customer],
			['Due', ({ due_date }) => day(due_date), 'day'],
			['Total', ({ total }) => money(total), 'number'],
			['Still due', ({ amount_due }) => money(amount_due), 'number'],
			['Status', ({ status }) => badge(status)],
			['Actions', invoiceActions, 'actions'],
		],
	},
	payments: {
		search: 'Invoice, customer or vendor',
		columns: [
			['Date', ({ created_at }) => localDays.format(new Date(created_at)), 'day'],
			['Direction', ({ direction }) => inWords(direction)],
			['From or to', ({ customer, vendor }) => customer || vendor],
			['Invoice', ({ invoice }) => invoice, 'short'],
			['Method', ({ method }) => inWords(method)],
			['Amount', ({ amount }) => money(amount), 'number'],
			['Status', ({ status }) => badge(status)],
		],
	},
	customers: {
		search: 'Name or email',
		columns: [
			['Name', ({ name }) => name],
			['Email', ({ email }) => email, 'email'],
			['Phone', ({ phone }) => phone, 'short'],
			['City', city],
		],
	},
	projects: {
		search: 'Name',
		columns: [
			['Name', ({ name }) => name],
			['Customer', ({ customer }) => customer],
			['Start', ({ start_date }) => day(start_date), 'day'],
			['End', ({ end_date }) => day(end_date), 'day'],
			['Budget', ({ budget }) => money(budget), 'number'],
			['Status', ({ status }) => (status ? badge(status) : '')],
		],
	},
	vendors: {
		search: 'Name or email',
		columns: [
			['Name', ({ name }) => name],
			['Type', ({ type }) => inWords(type)],
			['Email', ({ email }) => email, 'email'],
			['Pay', payForm, 'actions'],
		],
	},
};
