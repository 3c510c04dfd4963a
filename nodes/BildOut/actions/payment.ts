import { getManyOperation, getOperation } from './operationFactories';
import { recordResource } from './recordResource';
import { paymentRecord } from '../records/payment';

export const payment = recordResource(paymentRecord, {
	get: getOperation(paymentRecord),
	getAll: getManyOperation(paymentRecord, 'Read a list of payments, from customers or to vendors'),
});
