import type { INodeProperties } from 'n8n-workflow';

import { getRecord } from '../execution/readRecord';
import { outputShaper } from '../input/output';
import type { RecordType } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { simplify, toolOutput } from './commonParameters';
import { outputFields, readOptions } from './fieldParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

export function getOperation(type: RecordType, description = `Read one ${type.name}`): Operation {
	return {
		option: { name: 'Get', action: `Get ${type.name}`, description },
		properties: shownFor(type, 'get', [resourceLocator(type), ...outputParameters(type)]),
		async execute(item) {
			const shape = outputShaper(item, type);
			const context = { item, type };
			return await shape(await getRecord(context, await chosenRecord(context)));
		},
	};
}

/** How much of each record is returned. */
export function outputParameters(type: RecordType): INodeProperties[] {
	return [simplify, toolOutput, outputFields(type), readOptions(type)];
}
