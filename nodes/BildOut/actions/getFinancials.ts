import { unwrap } from '../execution/readRecord';
import { targetOf } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { requestOptions } from './commonParameters';
import { chosenRecord, shownFor } from './operationFactories';
import type { OfferedOperation } from './types';
import { projectRecord } from '../records/project';

/** What a project earns and costs (section Projects, "Get financial summary"). */
export const getFinancials: OfferedOperation = {
	option: {
		name: 'Get Financials',
		action: 'Get project financials',
		description: 'Read what a project earns and costs',
	},
	properties: shownFor(projectRecord, 'getFinancials', [
		resourceLocator(projectRecord),
		requestOptions,
	]),
	async execute(item) {
		const id = await chosenRecord(item, projectRecord);
		const answer = await item.request({
			method: 'GET',
			path: [projectRecord.path, id, 'financials'],
			target: targetOf(projectRecord, id),
		});
		const financials = unwrap(answer);
		if (Object.keys(financials).length === 0) {
			item.fail(
				`BildOut answered without the financials of the project '${id}'`,
				'Run the node again later. If this stays, BildOut has changed its API.',
			);
		}
		return financials;
	},
};
