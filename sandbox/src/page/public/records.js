import { copyOf, element, get, inWords } from './dom.js';
import { views } from './views.js';

const step = 25;
/** How many rows a view shows; "Show more" adds to it. */
const shown = Object.fromEntries(Object.keys(views).map((name) => [name, step]));
const sections = {};

/** Makes the view of each kind of record. `changed` is called when another part of one is wanted. */
export function makeViews(changed) {
	for (const [name, { search, statuses, columns }] of Object.entries(views)) {
		const section = copyOf('view');
		section.dataset.view = name;
		const title = section.querySelector('h2');
		title.id = `${name}-title`;
		title.textContent = inWords(name);
		section.setAttribute('aria-labelledby', title.id);
		section.querySelector('input').placeholder = search;
		const select = section.querySelector('select');
		if (statuses) {
			select.append(
				new Option('All', ''),
				...statuses.map((status) => new Option(inWords(status), status)),
			);
		} else select.parentElement.remove();
		section.querySelector('thead tr').append(...columns.map(heading));
		section.querySelector('.none').textContent = `No ${name.slice(0, -1)} matches.`;
		section.querySelector('.bar').addEventListener('input', () => {
			shown[name] = step;
			changed();
		});
		section.querySelector('.more').addEventListener('click', () => {
			shown[name] += step;
			changed();
		});
		sections[name] = section;
		document.querySelector('main').append(section);
	}
}

function heading([text, , className = '']) {
	const content = className === 'actions' ? element('span', { className: 'unseen' }, text) : text;
	return element('th', { scope: 'col', className }, content);
}

function rowOf(name, record) {
	const cells = views[name].columns.map(([label, show, className = ''], index) => {
		const cell = element(
			index === 0 ? 'th' : 'td',
			{ className, ...(index === 0 && { scope: 'row' }) },
			...[show(record) ?? ''].flat(),
		);
		cell.dataset.label = label;
		return cell;
	});
	const row = element('tr', {}, ...cells);
	row.dataset.id = record.id;
	return row;
}

/** Shows one view only. */
export function openView(name) {
	for (const [each, section] of Object.entries(sections)) section.hidden = each !== name;
}

/** Rebuilds the rows of a view. Focus stays on the same button of the same row. */
export async function showRows(name) {
	const section = sections[name];
	const query = new URLSearchParams({ show: shown[name] });
	for (const field of section.querySelectorAll('.bar [name]')) query.set(field.name, field.value);
	const { rows, total } = await get(`/${name}?${query}`);

	if (section.querySelector('tbody :is(input:focus, details[open])')) return;
	const focused = document.activeElement.closest?.('tbody [data-action]');
	const place = focused && [focused.closest('tr').dataset.id, focused.dataset.action];

	section.querySelector('tbody').replaceChildren(...rows.map((record) => rowOf(name, record)));
	section.querySelector('.none').hidden = total > 0;
	section.querySelector('.more').hidden = rows.length >= total;
	if (place) {
		const [id, action] = place;
		const row = section.querySelector(`tr[data-id="${id}"]`);
		const again = row?.querySelector(`[data-action=${action}]`);
		(again ?? row?.querySelector('[data-action]'))?.focus();
	}
}
