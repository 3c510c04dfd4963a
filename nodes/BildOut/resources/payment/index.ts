import { getManyOperation, getOperation } from '../operationMakers';
import { recordResource } from '../recordResource';
import { paymentRecord } from './record';

export const payment = recordResource(paymentRecord, {
	get: getOperation(paymentRecord),
	getAll: getManyOperation(paymentRecord, 'Read a list of payments, from customers or to vendors'),
});
