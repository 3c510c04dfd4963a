import { badge, element, get } from './dom.js';

const times = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium' });

const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

function requestItem({ method, path, status, at, ms, wait, left }) {
	const facts = [
		times.format(new Date(at)),
		ms === null ? 'under way' : `took ${ms} ms`,
		...(wait === null ? [] : [`after ${seconds(wait)}`]),
		...(left === null ? [] : [`${left} left`]),
	];
	const state = badge(String(status ?? '…'));
	state.dataset.state = status >= 400 ? 'failed' : 'delivered';
	return element(
		'li',
		{},
		state,
		element('span', { className: 'url' }, ` ${method} ${path}`),
		element('small', {}, facts.join(' · ')),
	);
}

/** The day's requests, so that a person sees how n8n spaces them. */
export async function showRequests() {
	const { total, rows } = await get('/requests');
	document.querySelector('#requests').replaceChildren(...rows.map(requestItem));
	document.querySelector('#request-count').textContent = total > 0 ? String(total) : '';
	document.querySelector('#no-requests').hidden = total > 0;
}
