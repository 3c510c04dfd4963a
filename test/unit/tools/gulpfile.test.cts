import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, useFolder } from '../../support/files.cts';

const NODE = 'dist/nodes/Crane/Crane.node.js';
const CODEX = 'dist/nodes/Crane/Crane.node.json';
const CREDENTIAL = 'dist/credentials/CraneApi.credentials.js';
const [LIGHT, DARK] = ['icons/crane.svg', 'icons/crane.dark.svg'];
const SCHEMA = 'nodes/Crane/__schema__/v1.0.0/load/lift.json';

const drawing = (colour: string, viewBox = '0 0 60 60') => `<?xml version="1.0"?>
<!-- a crane -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}"><path fill="${colour}" d="M5 5 L 55 55 Z"/></svg>`;

/** A package as `n8n-node build` leaves it behind. */
const BUILT: Record<string, string> = {
	'package.json': JSON.stringify({
		name: 'n8n-nodes-crane',
		n8n: { nodes: [NODE], credentials: [CREDENTIAL] },
	}),
	[LIGHT]: drawing('#123'),
	[DARK]: drawing('#def'),
	[SCHEMA]: '{\n  "type": "object"\n}',
	[NODE]: `exports.Crane = class {
		description = {
			name: 'crane',
			icon: { light: 'file:../../icons/crane.svg', dark: 'file:../../icons/crane.dark.svg' },
		};
	};`,
	[CODEX]: '{"node":"n8n-nodes-crane.crane"}',
	[CREDENTIAL]: `exports.CraneApi = class {
		icon = 'file:../icons/crane.svg';
	};`,
	'dist/sandbox/node_modules/other/logo.svg': drawing('#000'),
};

describe('The asset tasks', () => {
	const { path, write } = useFolder();

	beforeEach(() => {
		for (const [file, text] of Object.entries(BUILT)) write(file, text);
		cpSync(join(ROOT, 'gulpfile.js'), path('gulpfile.js'));
		symlinkSync(join(ROOT, 'node_modules'), path('node_modules'));
	});

	function gulp() {
		const options = { cwd: path(), encoding: 'utf8' } as const;
		const bin = join(ROOT, 'node_modules/gulp/bin/gulp.js');
		const { status, stdout, stderr } = spawnSync(process.execPath, [bin], options);
		return { status, output: stdout + stderr };
	}

	it('put smaller icons and schemas into dist and take out what does not belong there', () => {
		expect(gulp()).toMatchObject({ status: 0 });
		const icon = readFileSync(path('dist/icons/crane.svg'), 'utf8');
		expect(icon).toContain('#123');
		expect(icon).not.toContain('a crane');
		expect(readFileSync(path('dist', SCHEMA), 'utf8')).toBe('{"type":"object"}');
		expect(existsSync(path('dist/sandbox'))).toBe(false);
	});

	it.each<[string, string, string | undefined, string]>([
		['a node that package.json names is missing', NODE, undefined, `${NODE} is missing`],
		[
			'an icon that a node names is missing',
			NODE,
			BUILT[NODE].replace('crane.svg', 'derrick.svg'),
			`dist/icons/derrick.svg is missing; ${NODE} names it as its icon`,
		],
		[
			'an icon that a credential names is missing',
			CREDENTIAL,
			BUILT[CREDENTIAL].replace('../', ''),
			'dist/credentials/icons/crane.svg is missing',
		],
		['the codex is missing', CODEX, undefined, `${CODEX} is missing`],
		[
			'the codex is of another node',
			CODEX,
			'{"node":"n8n-nodes-crane.derrick"}',
			'is about n8n-nodes-crane.derrick, not n8n-nodes-crane.crane',
		],
		['a schema is not JSON', SCHEMA, '{"type":}', SCHEMA],
		['the dark icon is missing', DARK, undefined, `${DARK} is missing`],
		[
			'both icons are the same',
			DARK,
			drawing(' #123'),
			`${LIGHT} and ${DARK} are the same drawing`,
		],
		['an icon is not square', LIGHT, drawing('#123', '0 0 60 40'), `${LIGHT} is not square`],
	])('fail when %s', (_, file, text, message) => {
		if (text === undefined) rmSync(path(file));
		else write(file, text);
		const { status, output } = gulp();
		expect(output).toContain(message);
		expect(status).toBe(1);
	});
});
