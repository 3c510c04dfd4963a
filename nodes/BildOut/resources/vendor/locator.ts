import { chooser } from '../chooser';
import { vendorRecord } from './record';

export const vendorLocator = chooser(vendorRecord);
