import { element, get, inWords, press } from './dom.js';
import { makeViews, openView, showRows } from './records.js';
import { day, views } from './views.js';
import { showRequests } from './requests.js';
import { showDeliveries, showSubscriptions } from './webhooks.js';

const first = 'invoices';
const tabs = [...Object.keys(views), 'webhooks'];
const links = tabs.map((name) => element('a', { href: `#${name}` }, inWords(name)));

const currentTab = () => {
	const name = location.hash.slice(1);
	return tabs.includes(name) ? name : first;
};

/** Where there is no room beside the records, webhooks are a tab; else they are always there. */
function showTab() {
	const current = currentTab();
	document.body.dataset.tab = current;
	for (const link of links) {
		if (link.hash === `#${current}`) link.setAttribute('aria-current', 'page');
		else link.removeAttribute('aria-current');
	}
	const view = current in views ? current : first;
	openView(view);
	return showRows(view);
}

function fill(fields) {
	for (const [id, text] of Object.entries(fields)) {
		document.querySelector(`#${id}`).textContent = text;
	}
}

async function showAccount() {
	const { name, business, clientId, clientSecret, today } = await get('/account');
	fill({
		account: `${business} · ${name}`,
		'base-url': location.origin,
		'client-id': clientId,
		'client-secret': clientSecret,
		today: day(today),
	});
}

const showAll = () =>
	Promise.all([showAccount(), showTab(), showSubscriptions(), showDeliveries(), showRequests()]);

let due;
/** Many changes that come together are shown together. */
function showSoon() {
	due ??= setTimeout(() => {
		due = undefined;
		showAll().catch(() => {});
	}, 150);
}

document.querySelector('nav').append(...links);
makeViews(showSoon);
document
	.querySelector('#next-day')
	.addEventListener('click', ({ currentTarget }) =>
		press(currentTarget, '/clock/next-day', ({ today }) => `It is ${day(today)} now.`),
	);
addEventListener('hashchange', showTab);

const news = new EventSource('/page/news');
const live = document.querySelector('#live');
news.addEventListener('open', () => {
	live.textContent = 'live';
	showSoon();
});
news.addEventListener('message', showSoon);
news.addEventListener('error', () => (live.textContent = 'waiting for the sandbox …'));

await showAll();
