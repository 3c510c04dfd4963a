/** An element with the given properties and content. */
export function element(tag, properties, ...content) {
	const made = Object.assign(document.createElement(tag), properties);
	made.append(...content);
	return made;
}

export const copyOf = (template) =>
	document.querySelector(`#${template}`).content.firstElementChild.cloneNode(true);

/** A copy of a template with every `data-field` filled in. */
export function filled(template, fields) {
	const copy = copyOf(template);
	for (const place of copy.querySelectorAll('[data-field]')) {
		const value = fields[place.dataset.field] ?? '';
		if (place.matches('.badge')) place.replaceWith(badge(value));
		else place.textContent = value;
	}
	return copy;
}

/** What the node calls a value that is spelled otherwise than its name. */
const words = {
	partial: 'Partially Paid',
	us_bank_account: 'US Bank Account',
};

/** A value such as on_hold in words: On Hold. */
export const inWords = (value) =>
	words[value] ??
	(value ?? '').replaceAll('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

export function badge(state) {
	const made = element('span', { className: 'badge' }, inWords(state));
	made.dataset.state = state;
	return made;
}

/** A button that is called `text` and, for those who do not see its row, also what it is about. */
export function actionButton(action, text, about, work) {
	const unseen = element('span', { className: 'unseen' }, ` ${about}`);
	const button = element('button', { type: 'button', className: 'outline' }, text, unseen);
	button.dataset.action = action;
	button.addEventListener('click', () => work(button));
	return button;
}

export function say(text) {
	const said = document.querySelector('#said');
	said.textContent = text;
	clearTimeout(say.timer);
	say.timer = setTimeout(() => (said.textContent = ''), 5000);
}

export const get = async (path) => (await fetch(`/page${path}`)).json();

/** Does what a button is for. `done` is what to say then, or a function that makes it of the response. */
export async function press(button, path, done, body) {
	button.disabled = true;
	try {
		const response = await fetch(`/page${path}`, {
			method: 'POST',
			...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		});
		const result = await response.json();
		if (!response.ok) say(result.error.message);
		else say(typeof done === 'function' ? done(result) : done);
	} catch {
		say('The sandbox does not respond. Is it still running?');
	} finally {
		button.disabled = false;
	}
}
