const { globSync, statSync } = require('node:fs');
const { resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const changed = (pattern) =>
	globSync(pattern, { cwd: root }).map((file) => statSync(resolve(root, file)).mtimeMs);

/** The workflow tests run what is in `dist`: they fail where a source file is newer than it. */
module.exports = () => {
	const built = changed('dist/{nodes,credentials}/**/*.js');
	const sources = changed('{nodes,credentials}/**/*.ts');
	if (built.length < sources.length || Math.max(...sources) > Math.min(...built)) {
		throw new Error('The nodes are not built, or were changed since: run npm run build first.');
	}
};
