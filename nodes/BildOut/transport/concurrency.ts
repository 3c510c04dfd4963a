/** How many requests of one node run may be on their way at once. */
export const MAX_IN_FLIGHT = 20;

/**
 * Does the work for every entry, up to `MAX_IN_FLIGHT` at once, started in order.
 *
 * @returns the results in the order of the entries
 * @throws what the work of the first failing entry threw, once what was under way has ended; nothing
 *   further is started after a failure
 */
export async function mapConcurrently<In, Out>(
	entries: In[],
	work: (entry: In, index: number) => Promise<Out>,
): Promise<Out[]> {
	const results: Out[] = new Array<Out>(entries.length);
	const failures: Array<{ index: number; error: unknown }> = [];
	let next = 0;
	const worker = async () => {
		while (next < entries.length && failures.length === 0) {
			const index = next++;
			try {
				results[index] = await work(entries[index], index);
			} catch (error) {
				failures.push({ index, error });
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, entries.length) }, worker));
	failures.sort((a, b) => a.index - b.index);
	if (failures.length > 0) await Promise.reject(failures[0].error);
	return results;
}

/**
 * Does the work for every entry: side by side, but each entry that must keep its place alone, after
 * all before it and before all after it.
 *
 * @returns the results in the order of the entries
 */
export async function mapInOrder<In, Out>(
	entries: In[],
	keepsPlace: (entry: In) => boolean,
	work: (entry: In) => Promise<Out>,
): Promise<Out[]> {
	const results: Out[] = [];
	for (let start = 0; start < entries.length; ) {
		if (keepsPlace(entries[start])) {
			results.push(await work(entries[start]));
			start += 1;
			continue;
		}
		const next = entries.findIndex((entry, index) => index > start && keepsPlace(entry));
		const end = next < 0 ? entries.length : next;
		results.push(...(await mapConcurrently(entries.slice(start, end), work)));
		start = end;
	}
	return results;
}
