import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemWork, RecordContext, RunItem } from '../execution/run';
import { toCalendarDate } from '../input/dates';
import { locate } from '../input/resourceLocators';
import { saysNothing } from '../input/values';
import type { RecordType } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';

/** One operation of one resource: its entry in the menu, its parameters, and what it does for one item. */
export interface Operation extends ItemWork {
	option: {
		/** In title case. */
		name: string;
		/** As n8n's nodes panel lists it: in sentence case, without articles. */
		action: string;
		description: string;
	};
	properties: INodeProperties[];
	/** What it does, where that depends on further parameters that take no expression. */
	variant?: (item: RunItem) => ItemWork;
}

/** The parameters, shown for one operation of one resource. */
export function shownFor(
	{ name }: Pick<RecordType, 'name'>,
	operation: string,
	properties: INodeProperties[],
): INodeProperties[] {
	return updateDisplayOptions({ show: { resource: [name], operation: [operation] } }, properties);
}

/** The ID of the record that the item's resource locator names. */
export async function chosenRecord({ item, type }: RecordContext): Promise<string> {
	const { name, displayName: label } = resourceLocator(type);
	return await locate({ item, type, label }, item.param(name, ''));
}

/** The day that a parameter names, YYYY-MM-DD; undefined where it is empty. */
export function chosenDay(
	item: RunItem,
	{ name, displayName }: INodeProperties,
): string | undefined {
	const value = item.param(name, '');
	return saysNothing(item, value) ? undefined : toCalendarDate(item, `'${displayName}'`, value);
}
