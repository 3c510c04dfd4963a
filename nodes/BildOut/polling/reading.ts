import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { listTarget } from '../records/recordType';
import { getConnection } from '../api/connection';
import { listRecords } from '../api/pagination/listRecords';
import { DEFAULT_SETTINGS, type RequestSettings } from '../api/client';
import { paidIndex, type WatchedList } from './choice';
import { MOST_RECORDS, type Reading } from './diff';
import { recordCost } from './cost';
import type { Clock } from './watches';

/**
 * Reads a list to its end.
 *
 * @param until when that must have ended, in milliseconds since 1970
 * @throws ApiFailure when a page fails
 * @throws NodeOperationError when a record cannot be told from others
 */
export async function readList(
	context: IPollFunctions,
	list: WatchedList,
	clock: Clock,
	until: number,
): Promise<Reading & { requests: number }> {
	const { watch, narrowed, query } = list;
	let requests = 0;
	const settings: RequestSettings = {
		...DEFAULT_SETTINGS,
		until,
		onSent: () => {
			requests += 1;
		},
	};
	const rule = watch.states[paidIndex(watch)];
	const records = await listRecords(
		context,
		{
			path: [watch.record.path],
			target: listTarget(watch.record),
			query,
			// A server may not know the filter.
			keep: narrowed ? (record) => rule.holds(record, clock) === true : undefined,
			wanted: Infinity,
		},
		settings,
	);
	requireIds(context, list, records);
	recordCost((await getConnection(context)).key, list.name, requests);
	return { records, clock, narrowed, requests };
}

/** @throws NodeOperationError when there are more records than can be kept track of */
export function assertRecordLimit(
	context: IPollFunctions,
	list: WatchedList,
	records: IDataObject[],
) {
	if (records.length <= MOST_RECORDS) return;
	throw new NodeOperationError(
		context.getNode(),
		`BildOut lists ${records.length} ${list.name}, more than the ${MOST_RECORDS} that this trigger can keep track of`,
		{
			description: list.narrowed
				? "Use the node 'BildOut Trigger' for this event, or a Schedule Trigger with the BildOut node's Get Many and a filter on when records were updated."
				: `Choose no events of ${list.name} here, or of invoices only 'Invoice Paid'. Use the node 'BildOut Trigger' for the others, or a Schedule Trigger with the BildOut node's Get Many and a filter on when records were updated.`,
		},
	);
}

function requireIds(context: IPollFunctions, list: WatchedList, records: IDataObject[]) {
	if (records.every(({ id }) => typeof id === 'number' || (typeof id === 'string' && id))) return;
	throw new NodeOperationError(
		context.getNode(),
		`BildOut lists ${list.name} without an ID, so that one cannot be told from another`,
		{ description: `Choose no events of ${list.name} under 'Trigger On'.` },
	);
}
