import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { showsCustomer } from '../assumptions';
import type { RunItem } from '../execution/run';
import { chosenOutput } from '../input/output';
import { readNames } from '../input/values';
import { simplify, toolOutput } from './commonParameters';
import { chosenFields } from './fieldParameters';

/** What is returned of items that the node computes from several records. */

/** @param fields of an item, with what people call them */
export function summaryOutput(fields: Record<string, string>): INodeProperties[] {
	return [
		{
			...simplify,
			description:
				'Whether to return a simplified version of the response instead of the raw data. The raw data has whole records.',
		},
		{
			...toolOutput,
			options: [
				{ name: 'Raw', value: 'raw', description: 'With everything that BildOut returns' },
				{
					name: 'Selected Fields',
					value: 'selectedFields',
					description: 'Only the fields that you choose',
				},
				{ name: 'Simplified', value: 'simplified', description: 'Only the most useful fields' },
			],
		},
		{
			...chosenFields,
			default: Object.keys(fields),
			options: Object.entries(fields)
				.map(([value, name]) => ({ name, value }))
				.sort((a, b) => a.name.localeCompare(b.name)),
		},
	];
}

/**
 * Notes invoices that do not show whose they are.
 *
 * @param instead what else may be done where none does
 * @throws NodeOperationError where none does: what customers owe would be 0, or all that is owed
 */
export function requireCustomers(
	item: RunItem,
	invoices: readonly IDataObject[],
	withoutCustomer: readonly string[],
	instead: string,
): void {
	if (withoutCustomer.length > 0 && !invoices.some(showsCustomer)) {
		item.fail(
			"BildOut's list of invoices does not show which customers they are for",
			`So nobody can tell what a customer owes. Look at what an invoice has with Get Many and 'Simplify' turned off, or ${instead}.`,
		);
	}
	item.run.stats.except('noCustomer', withoutCustomer);
}

/** Whether whole records are wanted, and what makes of an item what the user chose of it. */
export function summaryShape(item: RunItem): {
	isRaw: boolean;
	shape: (summary: IDataObject) => IDataObject;
} {
	const output = chosenOutput(item);
	if (output !== 'selectedFields') {
		return { isRaw: output === 'raw', shape: (summary) => summary };
	}
	const fields = readNames(item.param('outputFields', []));
	const shape = (summary: IDataObject) =>
		Object.fromEntries(Object.entries(summary).filter(([field]) => fields.includes(field)));
	return { isRaw: false, shape };
}
