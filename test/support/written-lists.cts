import type { IDataObject } from 'n8n-workflow';
import { served } from './served.cts';

/** A BildOut whose lists a test writes, in page-numbered form, and which knows no filters and no limits. */
export function writtenLists() {
	const records = new Map<string, IDataObject[]>();
	/** The URLs that were asked for. */
	const asked: string[] = [];
	const state: { hanging?: RegExp } = {};
	const server = served((request, response) => {
		asked.push(request.url!);
		if (state.hanging?.test(request.url!)) return;
		const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
		const all = records.get(pathname.replace('/api/v1/', '')) ?? [];
		const limit = Number(searchParams.get('limit') ?? 20);
		const page = Number(searchParams.get('page') ?? 1);
		const pagination = {
			page,
			limit,
			total: all.length,
			total_pages: Math.ceil(all.length / limit),
		};
		response.setHeader('content-type', 'application/json');
		response.setHeader('x-ratelimit-limit', '1000000');
		response.setHeader('x-ratelimit-remaining', '999999');
		response.setHeader('x-ratelimit-reset', String(Math.ceil(Date.now() / 1000) + 60));
		response.end(JSON.stringify({ data: all.slice((page - 1) * limit, page * limit), pagination }));
	});
	return {
		get url() {
			return server.url;
		},
		asked,
		/** The URLs that get no response. */
		set hanging(pattern: RegExp | undefined) {
			state.hanging = pattern;
		},
		set: (path: string, list: IDataObject[]) => records.set(path, list),
		clear: () => {
			records.clear();
			asked.length = 0;
		},
	};
}
