import { readFields } from '../../operations/fields';
import type { Operation } from '../../operations/operation';
import { createRecord } from '../../operations/records';
import { customerLocator } from '../customer/locator';
import { requestOptions } from '../commonParameters';
import { locatedBy, shownFor } from '../operationMakers';
import { dueDate, invoiceAdditionalFields, invoiceFields } from './fields';
import { newLineItems, readLineItems } from './lineItems';
import { invoiceRecord } from './record';
import { customerRecord } from '../customer/record';

/** Writes an invoice (section Create Invoice). BildOut numbers it and works out its totals. */
export const create: Operation = {
	properties: shownFor(invoiceRecord, 'create', [
		customerLocator,
		dueDate,
		...newLineItems,
		invoiceAdditionalFields,
		requestOptions,
	]),
	writes: true,
	inOrder: true,
	async execute(item) {
		const lineItems = readLineItems(item);
		const fields = {
			...item.collection('additionalFields'),
			dueDate: item.required('dueDate', dueDate.displayName),
		};
		const body = await readFields(item, fields, invoiceFields);
		const client_id = await locatedBy(item, customerRecord, customerLocator);
		return await createRecord(item, invoiceRecord, { client_id, ...body, line_items: lineItems });
	},
};
