import { element, filled, get, press } from './dom.js';

const times = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium' });
const time = (moment) => times.format(new Date(moment));

export async function showSubscriptions() {
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

/** What a receiver must refuse. */
const FAULTS = {
	forged: 'Signed with another secret',
	stale: 'Signed ten minutes ago',
};

function deliveryItem(delivery) {
	const { id, attempts, created_at } = delivery;
	const last = attempts.at(-1);
	const item = filled('delivery-item', {
		...delivery,
		outcome: [time(created_at), ...(last ? [outcomeOf(last)] : [])].join(' · '),
		body: JSON.stringify(JSON.parse(delivery.body), null, 2),
	});
	item
		.querySelector('.attempts')
		.replaceChildren(
			...attempts.map((attempt) =>
				element('li', {}, `${time(attempt.at)} · ${outcomeOf(attempt)} ${attempt.response}`),
			),
		);
	const again = item.querySelector('[data-action=again]');
	again.addEventListener('click', () =>
		press(again, `/deliveries/${id}/again`, `${delivery.type} is sent again.`),
	);
	for (const [fault, text] of Object.entries(FAULTS)) {
		const button = item.querySelector(`[data-action=${fault}]`);
		button.addEventListener('click', () =>
			press(button, `/deliveries/${id}/${fault}`, ({ status, error }) => {
				const outcome = status === null ? error : `n8n responded with ${status}`;
				return `${text}: ${outcome}${status === 401 ? ', so it was refused' : ''}.`;
			}),
		);
	}
	return item;
}

/** What each delivery looked like when it was last drawn; only what has changed is drawn again. */
const drawn = new Map();

export async function showDeliveries() {
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
