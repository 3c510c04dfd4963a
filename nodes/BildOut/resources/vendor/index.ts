import { allOperations } from '../operationMakers';
import { recordResource } from '../recordResource';
import { vendorRecord } from './record';

export const vendor = recordResource(vendorRecord, allOperations(vendorRecord));
