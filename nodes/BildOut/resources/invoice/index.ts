import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
} from '../operationMakers';
import { recordResource } from '../recordResource';
import { changedLineItems, newLineItems, readLineItems } from './lineItems';
import { invoiceRecord } from './record';

/** BildOut numbers an invoice and works out its totals (section Create Invoice). */
export const invoice = recordResource(invoiceRecord, {
	create: createOperation(invoiceRecord, {
		description: 'Write an invoice for a customer',
		more: {
			parameters: newLineItems,
			read: (item) => ({ line_items: readLineItems(item) }),
		},
	}),
	get: getOperation(invoiceRecord, 'Read one invoice with its line items'),
	getAll: getManyOperation(invoiceRecord),
	update: updateOperation(invoiceRecord, {
		more: {
			parameters: changedLineItems,
			read(item) {
				const lineItems = readLineItems(item);
				return lineItems ? { line_items: lineItems } : {};
			},
		},
	}),
	delete: deleteOperation(invoiceRecord),
});
