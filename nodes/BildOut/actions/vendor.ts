import { allOperations } from './operationFactories';
import { recordResource } from './recordResource';
import { vendorRecord } from '../records/vendor';

export const vendor = recordResource(vendorRecord, allOperations(vendorRecord));
