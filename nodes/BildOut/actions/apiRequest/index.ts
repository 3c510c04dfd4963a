import { operationMenu } from '../recordResource';
import type { Resource } from '../types';
import { send } from './send';

const operations = { send };

/** What BildOut's API has and the other resources do not. It is about no one kind of record. */
export const apiRequest: Resource = {
	label: 'API Request',
	operation: operationMenu('apiRequest', operations, 'send'),
	operations,
};
