import { isRefusal } from './errorBody';
import { responseFailure } from './errors';
import { parseJson } from './json';
import {
	type ApiContext,
	type ApiRequest,
	DEFAULT_SETTINGS,
	exchange,
	type RequestSettings,
} from './client';

export interface DownloadedFile {
	content: Buffer;
	fileName: string;
	/** Without its parameters, e.g. `application/pdf`. */
	mimeType: string;
}

const HTML = /^[\s\ufeff]*<(!doctype html|html)\b/i;
/** How much of a file is looked at to tell whether it is a web page. */
const SNIFFED_BYTES = 512;

/**
 * Reads a file, rate limited and retried like any other read.
 *
 * @throws ApiFailure as `apiRequest` does; also where BildOut returns an error or a web page, such as one to
 *   sign in, instead of the file
 */
export async function downloadFile(
	context: ApiContext,
	request: ApiRequest,
	settings: RequestSettings = DEFAULT_SETTINGS,
): Promise<DownloadedFile> {
	const headers = { ...request.headers, accept: '*/*' };
	const fileRequest = { ...request, headers, target: { ...request.target, isFile: true } };
	const response = await exchange(context, fileRequest, settings, 'arraybuffer');
	const { statusCode, body } = response;
	const content = Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? ''));
	const type = String(response.headers['content-type'] ?? '') || 'application/octet-stream';
	const mimeType = type.split(';')[0].trim().toLowerCase();
	const fileName = dispositionName(String(response.headers['content-disposition'] ?? ''));
	const isPage = HTML.test(content.toString('latin1', 0, SNIFFED_BYTES));
	const isText = isPage || /json|^text\//.test(mimeType);
	const readable = { ...response, body: isText ? parseJson(content.toString('utf8')) : '' };
	const isFile = statusCode >= 200 && statusCode < 300 && content.length > 0;
	const isWanted = !isPage || (fileName !== undefined && mimeType === 'text/html');
	if (!isFile || !isWanted || isRefusal(readable.body)) {
		throw responseFailure(context.getNode(), fileRequest, readable);
	}
	return {
		content,
		fileName: safeName(fileName) ?? safeName(request.path.at(-1)) ?? 'file',
		mimeType,
	};
}

/** A parameter of a header: its name, and its value as a token or in quotes (RFC 9110, section 5.6.6). */
const PARAMETER = /;\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/g;

/** The file name of `Content-Disposition` (RFC 6266); `filename*` counts first (RFC 8187). */
function dispositionName(disposition: string): string | undefined {
	const parameters = new Map<string, string>();
	for (const [, name, quoted, token] of `;${disposition}`.matchAll(PARAMETER)) {
		const value = quoted === undefined ? token.trim() : quoted.replace(/\\(.)/g, '$1');
		if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
	}
	return decoded(parameters.get('filename*')) ?? plainName(parameters.get('filename'));
}

/** @param extended e.g. `UTF-8''Invoice%20%E2%82%AC.pdf` */
function decoded(extended: string | undefined): string | undefined {
	const [, charset, escaped] = /^([\w-]+)'[^']*'(.*)$/.exec(extended ?? '') ?? [];
	if (charset === undefined) return undefined;
	const bytes = Buffer.from(
		escaped.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
		'latin1',
	);
	return bytes.toString(/^utf-?8$/i.test(charset) ? 'utf8' : 'latin1') || undefined;
}

/** A header's bytes reach us as Latin-1, though some servers write them in UTF-8. */
function plainName(name: string | undefined): string | undefined {
	if (!name) return undefined;
	const utf8 = /^[^\u0100-\uffff]*$/.test(name)
		? Buffer.from(name, 'latin1').toString('utf8')
		: name;
	return utf8.includes('\ufffd') ? name : utf8;
}

/** A name without folders, and without what a file system or a browser takes for something else. */
function safeName(name: string | undefined): string | undefined {
	const last = name?.split(/[\\/]/).at(-1) ?? '';
	const safe = last
		.replace(/[\p{Cc}\p{Cf}]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/^[.\s]+|(?<![.\s])[.\s]+$/g, '');
	return safe === '' ? undefined : safe;
}
