import { chooser } from '../chooser';
import { customerRecord } from './record';

export const customerLocator = chooser(customerRecord);
