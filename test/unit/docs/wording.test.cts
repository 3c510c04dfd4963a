import { filesIn, read } from '../../support/files.cts';

/** What a second reading is needed for, with the field's term for it. */
const INSTEAD: Record<string, string> = {
	allowance: 'rate limit',
	happenings: 'events',
	'puts? out|hands? out|handed out': 'return',
	'put right': 'repair, correct or reconcile',
	'way out|way round': 'hint or workaround',
	'side by side': 'concurrently',
	'for want of': 'because … ran out of',
	'all the same': 'still',
	'by (itself|themselves)': 'automatically',
	'anew|afresh': 'again, or from scratch',
	'as of whoever': 'of the one who',
	'lets? go of': 'detaches',
	'in place of': 'instead of',
	'answer(s|ed|ing)?': 'response, respond or return',
	told: 'reported, notified or set',
	'save that': 'except that',
};

/** Written by tools. */
const GENERATED = /__schema__|package-lock\.json$/;

/** This list itself. */
const OWN = /wording\.test\.cts$/;

const files = filesIn()
	.filter((file) => /\.(md|[cm]?[jt]s|ya?ml|sql|eta|html|hbs)$|^\.ci\/run$/.test(file))
	.filter((file) => ![GENERATED, OWN].some((pattern) => pattern.test(file)));

it('looks at pages, nodes, tools, the sandbox and tests', () => {
	for (const folder of ['docs', 'nodes', 'credentials', 'tools', 'sandbox', 'test', '.github']) {
		expect(files.filter((file) => file.startsWith(`${folder}/`))).not.toEqual([]);
	}
});

// In code, comments, texts and names alike.
it.each(files)('%s uses the terms of the field', (file) => {
	const lines = read(file).split('\n');
	const found = Object.entries(INSTEAD).flatMap(([words, term]) =>
		lines
			.filter((line) => new RegExp(`\\b(${words})\\b`, 'i').test(line))
			.map((line) => `${term}: ${line}`),
	);
	expect(found).toEqual([]);
});
