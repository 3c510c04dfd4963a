import { chooser } from '../chooser';
import { projectRecord } from './record';

export const projectLocator = chooser(projectRecord);
