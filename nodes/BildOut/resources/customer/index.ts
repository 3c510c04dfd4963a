import { allOperations } from '../operationMakers';
import { recordResource } from '../recordResource';
import { customerRecord } from './record';

export const customer = recordResource(customerRecord, allOperations(customerRecord));
