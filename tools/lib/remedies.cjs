const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** N-API 6, which n8n's database driver asks for, is in the headers of this Node and of all later ones. */
const OLDEST_HEADERS = 18;

/**
 * The first of `folders` with headers of a Node that the database driver can be built with, as node-gyp's
 * `nodedir`; undefined without one. node-gyp would download them otherwise. The driver uses N-API only, so
 * the headers may be of another Node than the one that runs it.
 * @param {string[]} folders
 */
const nodeHeaders = (folders = [dirname(dirname(process.execPath)), '/usr', '/usr/local']) =>
	folders.find((folder) => {
		const file = join(folder, 'include', 'node', 'node_version.h');
		const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
		return Number(/NODE_MAJOR_VERSION (\d+)/.exec(text)?.[1] ?? 0) >= OLDEST_HEADERS;
	});

/** @type {Array<[RegExp, string]>} */
const REMEDIES = [
	[
		/self.signed|UNABLE_TO_(VERIFY|GET)|CERT_/i,
		'A proxy presents a certificate that Node does not know. Set NODE_EXTRA_CA_CERTS to the file of ' +
			"your organization's root certificate.",
	],
	[
		/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network timeout/,
		'A server could not be reached. Check the connection. Behind a proxy, set HTTPS_PROXY and ' +
			"HTTP_PROXY; with a mirror of npm, set npm's registry (npm config set registry).",
	],
	[/ENOSPC/, 'The disk is full: the packages need 1 GB, and n8n needs 3 GB more.'],
	[/EACCES|EPERM/, 'A folder must not be written to. Do not run this as another user than before.'],
];

/**
 * What to do about an installation that failed, by what npm wrote.
 * @param {string} output
 */
const remedyFor = (output) => REMEDIES.find(([pattern]) => pattern.test(output))?.[1] ?? '';

/** What to do when the database driver could neither be downloaded nor built. */
const DRIVER_REMEDY =
	'It is downloaded from github.com, or else built here with Python 3, make, a C++ compiler and ' +
	"Node's headers. Without access to GitHub, install these (on Debian and Ubuntu: sudo apt-get " +
	'install python3 make g++ libnode-dev) and run npm run setup -- --n8n again; or copy the folder ' +
	'to here from a machine of the same kind on which setup has worked.';

module.exports = { nodeHeaders, remedyFor, DRIVER_REMEDY };
