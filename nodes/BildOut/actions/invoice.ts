import {
	createOperation,
	deleteOperation,
	getManyOperation,
	getOperation,
	updateOperation,
} from './operationFactories';
import { recordResource } from './recordResource';
import { mergeOf, readChangedLineItems } from './invoiceLines/change';
import { changedLineItems, newLineItems } from './invoiceLines/panel';
import { readLineItems } from './invoiceLines/read';
import { invoiceRecord } from '../records/invoice';

/** BildOut numbers an invoice and works out its totals (section Create Invoice). */
export const invoice = recordResource(invoiceRecord, {
	create: createOperation(invoiceRecord, {
		description: 'Write an invoice for a customer',
		more: {
			parameters: newLineItems,
			read: (item) => ({
				line_items: readLineItems(
					item,
					item.param('lineItemsInput', 'rows') === 'json' ? 'json' : 'rows',
				),
			}),
		},
	}),
	get: getOperation(invoiceRecord, 'Read one invoice with its line items'),
	getAll: getManyOperation(invoiceRecord),
	update: updateOperation(invoiceRecord, {
		more: {
			parameters: changedLineItems,
			read: readChangedLineItems,
			mergeOf,
		},
	}),
	delete: deleteOperation(invoiceRecord),
});
