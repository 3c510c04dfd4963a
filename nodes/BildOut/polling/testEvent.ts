import type { IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { ANY_EVENT, POLLED_SAMPLES } from '../events';
import { changed, compareRecord, type PolledEvent, toSortedEvents } from './diff';
import { readList } from './reading';
import { type CheckSettings, watchedLists } from './watches';

/** What stands for any event, the first of which there is a record. */
const FALLBACK_SAMPLE_EVENTS = [
	'invoice.created',
	'payment.received',
	'customer.created',
	'project.created',
	'vendor.created',
];

/**
 * The event that the latest record gives for which the first chosen event could have happened. Nothing is
 * kept of it.
 *
 * @throws NodeOperationError when BildOut has no such record
 */
export async function latestEvent(
	context: IPollFunctions,
	[first]: string[],
	settings: CheckSettings,
): Promise<PolledEvent> {
	if (first.endsWith('.deleted')) {
		const sample = POLLED_SAMPLES.find(({ kinds }) => kinds.includes(first))?.event;
		throw new NodeOperationError(
			context.getNode(),
			'BildOut does not list what was deleted, so there is nothing to show for this event',
			{
				description: `Put another event first under 'Trigger On', or click the pencil at the top right of the output and paste ${JSON.stringify(sample)}`,
			},
		);
	}
	for (const event of first === ANY_EVENT ? FALLBACK_SAMPLE_EVENTS : [first]) {
		const latest = await latestOf(context, event, settings);
		if (latest) return latest;
	}
	throw new NodeOperationError(
		context.getNode(),
		first === ANY_EVENT
			? 'There is no record in BildOut yet'
			: `There is no record in BildOut yet for the event '${first}'`,
		{
			description:
				"Make one in BildOut and try again, put another event first under 'Trigger On', or publish the workflow: it starts when the event happens.",
		},
	);
}

async function latestOf(
	context: IPollFunctions,
	event: string,
	settings: CheckSettings,
): Promise<PolledEvent | undefined> {
	const [list] = watchedLists([event]);
	const records = await readList(context, list, settings);
	const events = records
		.flatMap((record) => [...compareRecord(list, record, settings).events, changed(list, record)])
		.filter(({ type }) => type === event);
	const [latest] = events.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
	return latest && toSortedEvents([latest], settings.now)[0];
}
