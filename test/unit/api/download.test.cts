import fc from 'fast-check';

import { downloadFile } from '../../../nodes/BildOut/api/download.ts';
import type { ApiFailure } from '../../../nodes/BildOut/api/errors.ts';
import { apiContext } from '../../support/api-context.cts';

async function download(headers: object, content: string | Buffer = '%PDF-1.7', path = 'pdf') {
	const { context } = apiContext(async () => ({
		statusCode: 200,
		headers: { 'content-type': 'application/pdf', ...headers },
		body: Buffer.from(content),
	}));
	const target = { resource: 'record', isCustomRequest: true };
	const request = { method: 'GET' as const, path: ['invoices', path], target };
	return await downloadFile(context, request, { timeoutMs: 1_000, maxRetries: 0 });
}

const named = async (disposition: string) =>
	(await download({ 'content-disposition': disposition })).fileName;

describe('the name of a file', () => {
	it.each([
		['attachment; filename="INV-0042.pdf"', 'INV-0042.pdf'],
		['attachment; filename=INV-0042.pdf; size=7', 'INV-0042.pdf'],
		['attachment; filename="Ace; Sons.pdf"', 'Ace; Sons.pdf'],
		['attachment; filename="a \\"b\\".pdf"', 'a _b_.pdf'],
		["attachment; filename*=UTF-8''Stra%C3%9Fe%20%E2%82%AC.pdf", 'Straße €.pdf'],
		['attachment; filename="plain.pdf"; filename*=utf-8\'en\'%C3%A4.pdf', 'ä.pdf'],
		["attachment; filename*=iso-8859-1''%E4.pdf; filename=a.pdf", 'ä.pdf'],
		["inline; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", 'passwd'],
		['attachment; filename="..\\\\..\\\\x.pdf"', 'x.pdf'],
		['attachment; filename=".."', 'pdf'],
		['attachment; filename="C:report\u0000\u202e.pdf"', 'C_report.pdf'],
		[`attachment; filename="${Buffer.from('Straße.pdf').toString('latin1')}"`, 'Straße.pdf'],
		['attachment; filename=""', 'pdf'],
		['attachment', 'pdf'],
	])('%s', async (disposition, name) => {
		expect(await named(disposition)).toBe(name);
	});

	it('is what was written, whatever the server quotes', async () => {
		const plain = fc.stringMatching(/^[A-Za-z0-9ß€;='"%() ]{1,40}$/).map((text) => `a${text}b`);
		await fc.assert(
			fc.asyncProperty(plain, async (name) => {
				const safe = name.replaceAll('"', '_');
				const escaped = encodeURIComponent(name);
				expect(await named(`attachment; filename*=UTF-8''${escaped}`)).toBe(safe);
				if (/[^\0-\xff]/.test(name)) return;
				const quoted = name.replaceAll('"', '\\"');
				expect(await named(`attachment; filename="${quoted}"; x=1`)).toBe(safe);
			}),
			{ numRuns: 50 },
		);
	});
});

describe('a web page instead of a file', () => {
	const page = '\n<!DOCTYPE html><html><title>Sign in</title></html>';

	it.each([
		[{ 'content-type': 'text/html; charset=utf-8' }],
		[{ 'content-type': 'application/octet-stream' }],
		[{ 'content-disposition': 'attachment; filename="INV-0042.pdf"' }],
	])('is an error: %j', async (headers) => {
		const error = (await download(headers, page).catch((thrown: Error) => thrown)) as ApiFailure;
		expect(error.facts).toMatchObject({ kind: 'unexpectedContent', isWebPage: true });
	});

	it('is a file where BildOut names it so', async () => {
		const headers = {
			'content-type': 'text/html',
			'content-disposition': 'attachment; filename="report.html"',
		};
		expect(await download(headers, page)).toMatchObject({ fileName: 'report.html' });
	});
});
