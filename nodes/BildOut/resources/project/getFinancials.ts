import type { Operation } from '../../operations/operation';
import { unwrap } from '../../operations/records';
import { requestOptions } from '../commonParameters';
import { locatedBy, shownFor } from '../operationMakers';
import { projectLocator } from './locator';
import { projectRecord } from './record';
import { subjectOf } from '../../operations/recordTypes';

/** What a project earns and costs (section Projects, "Get financial summary"). */
export const getFinancials: Operation = {
	properties: shownFor(projectRecord, 'getFinancials', [projectLocator, requestOptions]),
	async execute(item) {
		const id = await locatedBy(item, projectRecord, projectLocator);
		const answer = await item.request({
			method: 'GET',
			path: ['projects', id, 'financials'],
			subject: subjectOf(projectRecord, id),
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
