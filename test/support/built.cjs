const { isBuilt } = require('../../tools/lib/built.cjs');
const { root } = require('../../tools/lib/places.cjs');

/** The workflow tests run what is in `dist`: they fail where it was built from other sources. */
module.exports = () => {
	if (!isBuilt(root)) {
		throw new Error('The nodes are not built, or were changed since: run npm run build first.');
	}
};
