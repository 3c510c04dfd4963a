import type { IDataObject } from 'n8n-workflow';

import { PAID_INVOICES } from '../assumptions';
import { ANY_EVENT } from '../events';
import { eventsOf, WATCHES, type WatchedResource } from './watches';

/** A list that is read at each check, and what is looked for in it. */
export interface WatchedList {
	watch: WatchedResource;
	/** The chosen events of this kind of record. */
	events: string[];
	/** Only the records in one state are asked for, because no other is needed. */
	narrowed: boolean;
	query?: IDataObject;
	/** What the list is called in words. */
	name: string;
}

const PAID = 'invoice.paid';

/** The lists that have to be read for the chosen events. */
export function watchedLists(chosen: string[]): WatchedList[] {
	return WATCHES.flatMap((watch) => {
		const all = eventsOf(watch);
		const events = chosen.includes(ANY_EVENT) ? all : all.filter((name) => chosen.includes(name));
		if (events.length === 0) return [];
		const { name } = watch.record;
		const narrowed = events.length === 1 && events[0] === PAID;
		return narrowed
			? { watch, events, narrowed, query: PAID_INVOICES, name: `paid ${name}s` }
			: { watch, events, narrowed, name: `${name}s` };
	});
}

/** Where the state that a narrowed list holds stands among the states. */
export const paidIndex = (watch: WatchedResource) =>
	watch.states.findIndex(({ event }) => event === PAID);
