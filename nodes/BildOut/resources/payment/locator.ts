import { chooser } from '../chooser';
import { paymentRecord } from './record';

export const paymentLocator = chooser(paymentRecord);
