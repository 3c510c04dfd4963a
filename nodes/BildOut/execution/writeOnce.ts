import type { IDataObject } from 'n8n-workflow';

import { mayHaveSucceeded } from '../api/errors';
import { isPreviewOnly, type Plan, type PlannedWrite, previewOf } from './preview';
import { hasId, isGone } from './readRecord';
import { withRecordLock } from './recentCreates';
import { refuseAfterCrash } from './recovery';
import type { WriteEntry } from './writeJournal';
import type { RecordWrite, RunItem } from './run';

/**
 * The one way to write: each item's write is sent once, however often n8n runs the node for it. What it has
 * come to stands in the item's journal entry, which n8n saves with the execution.
 * Where 'Preview Only' is on, nothing is sent, and the journal knows nothing of the item.
 *
 * @param requestKey what BildOut is asked to do: the same for the same request
 * @param plan does all reads and checks. Where `unconfirmedSince` is set, an earlier attempt may have been
 *   processed, and it finds out
 * @returns the output of the item
 */
export async function writeOnce(
	item: RunItem,
	requestKey: unknown[],
	plan: (entry: Readonly<WriteEntry>) => Promise<Plan>,
): Promise<IDataObject[]> {
	if (isPreviewOnly(item)) {
		return [await previewOf(item, await plan({ inputHash: '', operationHash: '' }))];
	}
	const { journal } = item.run;
	const entry = journal.begin(item.index, requestKey);
	if (entry.output) return entry.output;
	const planned = await plan(entry);
	let output = [
		'output' in planned ? planned.output : await sendPlanned(item, entry, planned),
	].flat();
	// So that `supersede` finds a record that later items write.
	if ('request' in planned && planned.request.method === 'POST' && hasId(output[0] ?? {})) {
		entry.recordPath = [...planned.request.path, String(output[0].id)].join('/');
	}
	if (planned.check) {
		// Where the record's ID is known, a retry reads it again; without it, `recoverCreate` looks for it.
		if (hasId(output[0] ?? {})) entry.unconfirmedSince = undefined;
		if ('request' in planned) {
			entry.unchecked = planned.request.method === 'POST' ? 'created' : 'updated';
		}
		output = await Promise.all(output.map(planned.check));
		delete entry.unchecked;
	}
	entry.unconfirmedSince = undefined;
	entry.output = output;
	return output;
}

/** `writeOnce` for a record that may be new. It waits while another item of this process writes one with the same values. */
export async function writeNewOnce(
	write: RecordWrite,
	requestKey: unknown[],
	plan: (entry: Readonly<WriteEntry>) => Promise<Plan>,
): Promise<IDataObject[]> {
	return await withRecordLock(write, async () => await writeOnce(write.item, requestKey, plan));
}

async function sendPlanned(
	item: RunItem,
	entry: WriteEntry,
	planned: PlannedWrite,
): Promise<IDataObject | IDataObject[]> {
	const { request, hashBefore, replacesRows = false, send, onSuccess, onLost } = planned;
	const recordPath = request.method === 'POST' ? undefined : request.path.join('/');
	const makesNew = request.method === 'POST' && planned.wasLookedUp !== true;
	if (makesNew || hashBefore !== undefined) refuseAfterCrash(item);
	const { journal } = item.run;
	// It went out before: its response was lost, or an earlier item wrote the record after it.
	const mayBeDeleted = request.method === 'DELETE' && entry.recordPath === recordPath;
	const earlier = {
		recordPath: entry.recordPath,
		hashBefore: entry.hashBefore,
		unconfirmedSince: entry.unconfirmedSince,
		lostAt: entry.lostAt,
	};
	// Noted before it is sent: an execution that is canceled or times out is saved without the response.
	Object.assign(entry, { recordPath, hashBefore, unconfirmedSince: Date.now(), lostAt: undefined });
	const sent = send ? send(request) : item.request(request);
	const response = await sent.catch(async (error: Error) => {
		if (mayBeDeleted && isGone(error)) return {};
		if (mayHaveSucceeded(error)) {
			entry.lostAt = Date.now();
			journal.supersede(item.index, recordPath, replacesRows);
			await onLost?.();
		} else {
			Object.assign(entry, earlier);
		}
		throw error;
	});
	journal.supersede(item.index, recordPath, replacesRows);
	return await onSuccess(response);
}
