import { allOperations } from './operationFactories';
import { recordResource } from './recordResource';
import { customerRecord } from '../records/customer';

export const customer = recordResource(customerRecord, allOperations(customerRecord));
