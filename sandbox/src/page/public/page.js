const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const days = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium' });

const get = async (path) => (await fetch(`/page${path}`)).json();

function say(text) {
	const said = document.querySelector('#said');
	said.textContent = text;
	clearTimeout(say.timer);
	say.timer = setTimeout(() => (said.textContent = ''), 5000);
}

async function press(button, path, done, body) {
	button.disabled = true;
	try {
		const answer = await fetch(`/page${path}`, {
			method: 'POST',
			...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		});
		const result = await answer.json();
		say(answer.ok ? done : result.error.message);
	} catch {
		say('The sandbox does not answer. Is it still running?');
	} finally {
		button.disabled = false;
	}
}

/** A copy of a template with every `data-field` filled in. */
function filled(template, fields) {
	const copy = document.querySelector(`#${template}`).content.firstElementChild.cloneNode(true);
	for (const place of copy.querySelectorAll('[data-field]')) {
		const value = fields[place.dataset.field] ?? '';
		place.textContent = place.matches('.unseen') ? ` ${value}` : value;
		if (place.matches('.badge')) place.dataset.state = value;
	}
	return copy;
}

function onAction(element, name, work) {
	const button = element.querySelector(`[data-action=${name}]`);
	button.addEventListener('click', () => work(button));
	return button;
}

const rows = {
	invoices(invoice) {
		const { id, invoice_number: number, status } = invoice;
		const row = filled('invoice-row', {
			...invoice,
			due_date: invoice.due_date && days.format(new Date(invoice.due_date)),
			total: money.format(invoice.total),
			amount_due: money.format(invoice.amount_due),
		});
		const sent = onAction(row, 'sent', (button) =>
			press(button, `/invoices/${id}/sent`, `${number} is marked as sent.`),
		);
		const paid = onAction(row, 'paid', (button) =>
			press(button, `/invoices/${id}/paid`, `${number} is marked as paid.`),
		);
		sent.hidden = status !== 'draft';
		paid.hidden = status === 'void' || invoice.amount_due === 0;
		return row;
	},
	customers(customer) {
		const { city, state } = customer.address ?? {};
		return filled('customer-row', { ...customer, city: [city, state].filter(Boolean).join(', ') });
	},
	vendors(vendor) {
		const row = filled('vendor-row', vendor);
		const form = row.querySelector('form');
		form.addEventListener('submit', async (event) => {
			event.preventDefault();
			const amount = form.elements.amount.valueAsNumber;
			await press(
				form.querySelector('button'),
				`/vendors/${vendor.id}/paid`,
				`${money.format(amount)} paid to ${vendor.name}.`,
				{ amount },
			);
			form.reset();
		});
		return row;
	},
};

/** How many rows a view shows; "Show more" adds to it. */
const shown = { invoices: 25, customers: 25, vendors: 25 };

const viewOf = (name) => document.querySelector(`[data-view=${name}]`);

/** Shows a view's rows anew. Focus stays on the same button of the same row. */
async function showRows(name) {
	const view = viewOf(name);
	const query = new URLSearchParams({ show: shown[name] });
	for (const field of view.querySelectorAll('.bar [name]')) query.set(field.name, field.value);
	const { rows: records, total } = await get(`/${name}?${query}`);

	const typing = view.querySelector('tbody input:focus');
	if (typing) return;
	const focused = document.activeElement.closest?.('[data-action]');
	const place = focused && [focused.closest('tr').dataset.id, focused.dataset.action];

	view.querySelector('tbody').replaceChildren(
		...records.map((record) => {
			const row = rows[name](record);
			row.dataset.id = record.id;
			return row;
		}),
	);
	view.querySelector('.none').hidden = total > 0;
	view.querySelector('.more').hidden = records.length >= total;
	if (place) {
		const [id, action] = place;
		const row = view.querySelector(`tr[data-id="${id}"]`);
		const again = row?.querySelector(`[data-action=${action}]:not([hidden])`);
		(again ?? row?.querySelector('[data-action]:not([hidden])'))?.focus();
	}
}

async function showSubscriptions() {
	const subscriptions = await get('/subscriptions');
	document.querySelector('#subscriptions').replaceChildren(
		...subscriptions.map(({ url, events, active }) =>
			filled('subscription-item', {
				url,
				state: active ? 'active' : 'paused',
				events: events.includes('*') ? 'every event' : events.join(', '),
			}),
		),
	);
	document.querySelector('#no-subscriptions').hidden = subscriptions.length > 0;
}

const outcomeOf = ({ status, error, ms }) => (status ? `${status} in ${ms} ms` : error);

function deliveryItem(delivery) {
	const { id, attempts } = delivery;
	const last = attempts.at(-1);
	const item = filled('delivery-item', {
		...delivery,
		outcome: `${times.format(new Date(delivery.created_at))}${last ? ` · ${outcomeOf(last)}` : ''}`,
		body: JSON.stringify(JSON.parse(delivery.body), null, 2),
	});
	item.dataset.id = id;
	item.querySelector('.attempts').replaceChildren(
		...attempts.map((attempt) => {
			const line = document.createElement('li');
			line.textContent = `${times.format(new Date(attempt.at))} · ${outcomeOf(attempt)} ${attempt.answer}`;
			return line;
		}),
	);
	onAction(item, 'again', (button) =>
		press(button, `/deliveries/${id}/again`, `${delivery.type} is sent again.`),
	);
	return item;
}

/** What each delivery looked like when it was last drawn; only what has changed is drawn again. */
const drawn = new Map();

async function showDeliveries() {
	const deliveries = await get('/deliveries');
	const list = document.querySelector('#deliveries');
	const items = deliveries.map((delivery) => {
		const looks = JSON.stringify(delivery);
		const before = drawn.get(delivery.id);
		if (before?.looks === looks) return before.item;
		const item = deliveryItem(delivery);
		item.querySelector('details').open = before?.item.querySelector('details').open ?? false;
		drawn.set(delivery.id, { looks, item });
		return item;
	});
	const same =
		items.length === list.children.length && items.every((item, i) => item === list.children[i]);
	if (!same) list.replaceChildren(...items);
	document.querySelector('#no-deliveries').hidden = items.length > 0;
}

const currentView = () => {
	const name = location.hash.slice(1);
	return name in rows ? name : 'invoices';
};

function showView() {
	const current = currentView();
	for (const name of Object.keys(rows)) viewOf(name).hidden = name !== current;
	for (const link of document.querySelectorAll('nav a')) {
		if (link.hash === `#${current}`) link.setAttribute('aria-current', 'page');
		else link.removeAttribute('aria-current');
	}
	return showRows(current);
}

const showAll = () => Promise.all([showView(), showSubscriptions(), showDeliveries()]);

let due;
/** Many changes that come together are shown together. */
function showSoon() {
	due ??= setTimeout(() => {
		due = undefined;
		showAll().catch(() => {});
	}, 150);
}

for (const name of Object.keys(rows)) {
	const view = viewOf(name);
	view.querySelector('.bar').addEventListener('input', () => {
		shown[name] = 25;
		showSoon();
	});
	view.querySelector('.more').addEventListener('click', () => {
		shown[name] += 25;
		showSoon();
	});
}

const { name, business, clientId, clientSecret } = await get('/account');
document.querySelector('#account').textContent = `${business} · ${name}`;
document.querySelector('#connect').textContent =
	`In n8n’s credential: Base URL ${location.origin}, Client ID ${clientId}, Client Secret ${clientSecret}`;
addEventListener('hashchange', showView);

const news = new EventSource('/page/news');
const live = document.querySelector('#live');
news.addEventListener('open', () => {
	live.textContent = 'live';
	showSoon();
});
news.addEventListener('message', showSoon);
news.addEventListener('error', () => (live.textContent = 'waiting for the sandbox …'));

await showAll();
