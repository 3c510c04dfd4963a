import { readChanges } from '../../operations/fields';
import type { Operation } from '../../operations/operation';
import { updateRecord } from '../../operations/records';
import { updateOptions } from '../commonParameters';
import { locatedBy, shownFor } from '../operationMakers';
import { invoiceClearFields, invoiceFields, invoiceUpdateFields } from './fields';
import { changedLineItems, readLineItems } from './lineItems';
import { invoiceLocator } from './locator';
import { invoiceRecord } from './record';

/** Changes an invoice. BildOut takes the lines of the body for all there are, so kept lines go along. */
export const update: Operation = {
	properties: shownFor(invoiceRecord, 'update', [
		invoiceLocator,
		...changedLineItems,
		invoiceUpdateFields,
		invoiceClearFields,
		updateOptions,
	]),
	writes: true,
	async execute(item) {
		const changes = await readChanges(item, invoiceFields);
		const lineItems = readLineItems(item);
		if (lineItems) changes.line_items = lineItems;
		const id = await locatedBy(item, invoiceRecord, invoiceLocator);
		return await updateRecord(item, invoiceRecord, id, changes);
	},
};
