const { globSync, statSync } = require('node:fs');
const { resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const changed = (pattern) =>
	globSync(pattern, { cwd: root }).map((file) => statSync(resolve(root, file)).mtimeMs);

/** The workflow tests run what is in `dist`: they refuse to speak of code that was changed since. */
module.exports = () => {
	const built = Math.min(...changed('dist/{nodes,credentials}/**/*.js'));
	if (Math.max(...changed('{nodes,credentials}/**/*.ts')) > built) {
		throw new Error('The nodes were changed since they were built: npm run build, then try again.');
	}
};
