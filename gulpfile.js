const { existsSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { basename, dirname, join, resolve } = require('node:path');
const { Transform } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const glob = require('fast-glob');
const { dest, parallel, series, src } = require('gulp');
const { optimize } = require('svgo');

/**
 * The assets of the package. `n8n-node build` has compiled the TypeScript before; here icons and
 * output schemas get into `dist`, everything else that the build swept up leaves it, and what the
 * package promises n8n is looked for.
 */

const DIST = resolve(__dirname, 'dist');
const PACKAGE_FOLDERS = ['credentials', 'icons', 'nodes'];
const ICONS = 'icons/*.svg';
const SCHEMAS = 'nodes/**/__schema__/**/*.json';

/** An error that gulp prints without a stack: the message names the file, and the code is not at fault. */
const problem = (message) => Object.assign(new Error(message), { showStack: false });

/** A stream that puts each file's text through `change`, which is given the file's path too. */
const rewrite = (change) =>
	new Transform({
		objectMode: true,
		transform(file, _encoding, done) {
			try {
				file.contents = Buffer.from(change(file.contents.toString(), file.relative));
				done(null, file);
			} catch (error) {
				done(problem(`${file.relative}: ${error.message}`));
			}
		},
	});

const fail = (problems) => {
	if (problems.length > 0) throw problem(problems.map((each) => `\n  ${each}`).join(''));
};

/** `n8n-node build` copies every picture and schema of the repository, from sandbox/ and test/ too. */
async function prune() {
	for (const name of readdirSync(DIST)) {
		if (!PACKAGE_FOLDERS.includes(name)) rmSync(join(DIST, name), { recursive: true });
	}
}

async function icons() {
	await pipeline(
		src(ICONS, { base: '.' }),
		rewrite((svg, path) => optimize(svg, { path, multipass: true }).data),
		dest(DIST),
	);
}

async function schemas() {
	await pipeline(
		src(SCHEMAS, { base: '.', allowEmpty: true }),
		rewrite((json) => JSON.stringify(JSON.parse(json))),
		dest(DIST),
	);
}

/** Each icon has a twin for the dark canvas that is drawn differently, and both are square. */
async function checkIcons() {
	const text = (file) => readFileSync(join(__dirname, file), 'utf8');
	const light = glob.sync(ICONS, { cwd: __dirname }).filter((file) => !/\.dark\.svg$/.test(file));
	const dark = (file) => file.replace(/\.svg$/, '.dark.svg');
	const isSquare = (file) => {
		const [, width, height] = /viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"/.exec(text(file)) ?? [];
		return width !== undefined && Number(width) === Number(height);
	};
	fail(
		light.flatMap((file) => {
			if (!existsSync(join(__dirname, dark(file)))) return [`${dark(file)} is missing`];
			return [
				...(optimize(text(file)).data === optimize(text(dark(file))).data
					? [`${file} and ${dark(file)} are the same drawing`]
					: []),
				...[file, dark(file)]
					.filter((each) => !isSquare(each))
					.map((each) => `${each} is not square`),
			];
		}),
	);
}

/** The class that n8n takes from a file named `<Class>.node.js` or `<Class>.credentials.js`. */
function load(path) {
	const file = resolve(__dirname, path);
	const name = basename(file).split('.')[0];
	const Class = require(file)[name];
	if (Class === undefined) throw problem(`${path} exports no class ${name}`);
	return new Class();
}

/** What is wrong with the icons that a built node or credential names; n8n wants them relative to it. */
function iconProblems(path, { icon }) {
	const named = typeof icon === 'string' ? [icon] : Object.values(icon ?? {});
	if (named.length === 0) return [`${path} names no icon`];
	return named
		.filter((each) => each.startsWith('file:'))
		.map((each) => join(dirname(path), each.slice('file:'.length)))
		.filter((file) => !existsSync(resolve(__dirname, file)))
		.map((file) => `${file} is missing; ${path} names it as its icon`);
}

/** What is wrong with the codex file, which tells n8n's panel where to list a node. */
function codexProblems(path, { description }, packageName) {
	const codex = path.replace(/\.js$/, '.json');
	if (!existsSync(resolve(__dirname, codex))) return [`${codex} is missing: the codex of ${path}`];
	const { node } = JSON.parse(readFileSync(resolve(__dirname, codex), 'utf8'));
	const type = `${packageName}.${description.name}`;
	return node === type ? [] : [`${codex} is about ${node}, not ${type}`];
}

/** Everything that package.json, the nodes and the sources promise is in `dist`. */
async function checkPackage() {
	const manifest = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8'));
	const { credentials, nodes } = manifest.n8n;
	const missing = (path) => !existsSync(resolve(__dirname, path));
	fail(
		[...credentials, ...nodes]
			.filter(missing)
			.map((path) => `${path} is missing; package.json names it`),
	);
	fail([
		...credentials.flatMap((path) => iconProblems(path, load(path))),
		...nodes.flatMap((path) => {
			const node = load(path);
			return [...iconProblems(path, node.description), ...codexProblems(path, node, manifest.name)];
		}),
		...[ICONS, SCHEMAS]
			.flatMap((pattern) => glob.sync(pattern, { cwd: __dirname }))
			.map((path) => join('dist', path))
			.filter(missing)
			.map((path) => `${path} is missing`),
	]);
}

exports.default = series(prune, checkIcons, parallel(icons, schemas), checkPackage);
