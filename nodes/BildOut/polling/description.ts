import type {
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
	INodePropertyTypeOptions,
} from 'n8n-workflow';

import { polledEvents } from '../events';
import { watchedLists } from './choice';
import { costInWords } from './cost';

/** The panel's only place for what is known at run time alone; it names no record to choose. */
const loadedAtSight: INodePropertyTypeOptions = {
	loadOptionsMethod: 'getLastCheck',
	loadOptionsDependsOn: ['events'],
};

const costProperty: INodeProperties = {
	displayName: 'Last Check',
	name: 'lastCheck',
	type: 'options',
	noDataExpression: true,
	typeOptions: loadedAtSight,
	default: '',
	description: 'What a check of the chosen events cost the last time. There is nothing to choose.',
};

const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'dateTime',
			noDataExpression: true,
			default: '',
			description:
				'Starts the workflow at its first check for what has happened since this moment, as far as the records tell. Without it, the first check only takes note of what is there.',
		},
	],
};

export const pollingProperties: INodeProperties[] = [polledEvents, costProperty, optionsProperty];

/** The one entry of 'Last Check'. */
export async function getLastCheck(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const events = this.getCurrentNodeParameter('events') as string[] | undefined;
	const lists = watchedLists(Array.isArray(events) ? events : []);
	return [
		await costInWords(
			this,
			lists.map(({ name }) => name),
		),
	];
}
