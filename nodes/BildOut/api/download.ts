import { isRefusal } from './errorBody';
import { answerFailure, type ApiResponse, connectionFailure } from './errors';
import { parseJson } from './json';
import {
	type ApiContext,
	type ApiRequest,
	DEFAULT_SETTINGS,
	exchange,
	type RequestSettings,
} from './client';

/** A file as BildOut hands it out. */
export interface DownloadedFile {
	content: Buffer;
	fileName: string;
	/** Without its parameters, e.g. `application/pdf`. */
	mimeType: string;
}

/**
 * Reads a file, paced and repeated like any other read.
 *
 * @throws ApiFailure as `apiRequest` does; also where BildOut answers with an error in place of the file
 */
export async function downloadFile(
	context: ApiContext,
	request: ApiRequest,
	settings: RequestSettings = DEFAULT_SETTINGS,
): Promise<DownloadedFile> {
	const headers = { ...request.headers, accept: '*/*' };
	const attempt = await exchange(context, { ...request, headers }, settings, 'arraybuffer');
	const node = context.getNode();
	if ('failure' in attempt) throw connectionFailure(node, request, attempt.failure);
	const { response } = attempt;
	const { statusCode, body } = response;
	const content = Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? ''));
	const mimeType = String(response.headers['content-type'] ?? 'application/octet-stream').split(
		';',
	)[0];
	const readable = {
		...response,
		body: /json|^text\//.test(mimeType) ? parseJson(content.toString('utf8')) : '',
	};
	const isFile = statusCode >= 200 && statusCode < 300 && content.length > 0;
	if (!isFile || isRefusal(readable.body)) throw answerFailure(node, request, readable);
	return { content, fileName: fileNameOf(response, request), mimeType };
}

/** The name that BildOut gives the file (RFC 6266), else the end of the path. No folders. */
function fileNameOf({ headers }: ApiResponse, { path }: ApiRequest): string {
	const disposition = String(headers['content-disposition'] ?? '');
	const name = /\bfilename="?([^";]+)"?/i.exec(disposition)?.[1]?.trim();
	return (name ?? path.at(-1) ?? '').split(/[\\/]/).at(-1) || 'file';
}
