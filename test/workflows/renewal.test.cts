import type { NodeApiError } from 'n8n-workflow';

import { anyAnswers } from '../support/any-answer.cts';
import { bildOut, locator } from '../support/bildout.cts';

const bildout = bildOut();
const server = anyAnswers();

// Over `null` n8n stumbles without saying over which answer, so the item may have been done.
it.each([
	['null', /^Look in BildOut whether this item was done/],
	['[]', /^Nothing was done/],
	['"no"', /^Nothing was done/],
	['{"error"', /^Nothing was done/],
	['', /^Nothing was done/],
])(
	'says that the access was not renewed where the answer to the renewal is %j, and writes once',
	async (body, doubt) => {
		server.tell([{ kind: 'text', status: 401, type: 'application/json', body }]);
		const { error } = await bildout.run(
			{
				resource: 'customer',
				operation: 'delete',
				customerId: locator('c1'),
				options: { maxRetries: 0 },
			},
			{ credential: await bildout.connect({ baseUrl: server.url }) },
		);
		expect(error?.name).toBe('NodeApiError');
		expect(error?.message).toBe('BildOut did not renew the access of the credential');
		expect((error as NodeApiError).description).toMatch(doubt);
		expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'DELETE /customers/c1',
			'POST /oauth/token',
		]);
	},
);
