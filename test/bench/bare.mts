import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import type { BildOut } from './world.mts';

const AT_ONCE = 20;

/** The works that are measured, with the records that they are about. */
export type Work = 'list' | 'get' | 'create';

/** Milliseconds that Node's fetch takes for the same work, 20 requests at once and nothing around it. */
export async function bareClient(
	{ url, authorization }: BildOut,
	work: Work,
	records: JsonObject[],
	count: number,
): Promise<number> {
	const headers = {
		authorization: await authorization(),
		'content-type': 'application/json',
	};
	const customers = `${url}/api/v1/customers`;
	const ask: Record<Work, (index: number) => Promise<Response>> = {
		list: async (index) => await fetch(`${customers}?limit=100&page=${index + 1}`, { headers }),
		get: async (index) => await fetch(`${customers}/${String(records[index].id)}`, { headers }),
		create: async (index) =>
			await fetch(customers, { method: 'POST', headers, body: JSON.stringify(records[index]) }),
	};
	const requests = work === 'list' ? Math.ceil(count / 100) : count;
	let next = 0;
	const began = performance.now();
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			while (next < requests) {
				const answer = await ask[work](next++);
				await answer.json();
				if (!answer.ok) throw new Error(`The bare client was answered ${answer.status}`);
			}
		}),
	);
	return performance.now() - began;
}
