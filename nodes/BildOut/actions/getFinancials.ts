import { isObject } from '../api/json';
import { unwrap } from '../execution/readRecord';
import { projectRecord } from '../records/project';
import { recordAt } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { requestOptions } from './commonParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

/** What a project earns and costs (section Projects, "Get financial summary"). */
export const getFinancials: Operation = {
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
		const id = await chosenRecord({ item, type: projectRecord });
		const { path, target } = recordAt(projectRecord, id);
		const response = await item.request({ method: 'GET', path: [...path, 'financials'], target });
		const financials = unwrap(response);
		if (!isObject(financials) || Object.keys(financials).length === 0) {
			item.fail(
				`BildOut returned no financials of the project '${id}'`,
				'Run the node again later. If the problem persists, BildOut has changed its API.',
			);
		}
		return financials;
	},
};
