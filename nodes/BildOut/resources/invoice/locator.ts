import { chooser } from '../chooser';
import { invoiceRecord } from './record';

export const invoiceLocator = chooser(invoiceRecord);
