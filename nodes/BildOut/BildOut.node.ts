import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { InputItem, labelsOf } from './input/inputItem';
import { Run } from './execution/run';
import { RecordIndex } from './execution/recordIndex';
import { listSearch, operationOf, resourceOptions, resourceProperties } from './actions';
import { mapConcurrently } from './api/concurrency';
import { ACTION_AUDIENCE } from './errors/audiences';
import { hintsOf } from './errors/hints';
import { type NodeError, toNodeError } from './errors/toNodeError';

export class BildOut implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BildOut',
		name: 'bildOut',
		icon: { light: 'file:../../icons/bildout.svg', dark: 'file:../../icons/bildout.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Work with invoices, payments, customers, projects and vendors in BildOut',
		defaults: { name: 'BildOut' },
		usableAsTool: true,
		builderHint: {
			searchHint:
				'Reads and writes invoices, payments, customers, projects and vendors in BildOut, invoicing for construction businesses. Create or Update finds a customer, vendor or project by email or name first, and an invoice by an External ID. API Request sends what no other operation does. To start a workflow when something happens in BildOut, use the BildOut Trigger, or the BildOut Polling Trigger where n8n has no public address.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-bildout.bildOutTrigger',
					relationHint: 'Starts the workflow when something happens in BildOut',
				},
				{
					nodeType: 'n8n-nodes-bildout.bildOutPollingTrigger',
					relationHint: 'Starts the workflow by looking at BildOut every few minutes',
				},
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'bildOutOAuth2Api', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'invoice',
				options: resourceOptions,
			},
			...resourceProperties,
		],
	};

	methods = { listSearch };

	/**
	 * Does the chosen operation for every input item. Output order is item order. An item that fails ends
	 * the run unless the node is set to continue; then it becomes an error item and the others go on.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const run = new Run(this, (type) => new RecordIndex(type));
		let results: INodeExecutionData[][] = [];
		try {
			const labels = labelsOf(resourceProperties);
			const operation = operationOf(new InputItem(run, 0, labels));
			results = await mapConcurrently(
				this.getInputData().map((_, index) => index),
				async (index): Promise<INodeExecutionData[]> => {
					const item = new InputItem(run, index, labels);
					const pairedItem = { item: index };
					try {
						const output = await run.executeItem(item, operation);
						return output.map((json) => ({ json, binary: item.files, pairedItem }));
					} catch (error) {
						const explained = toNodeError(this.getNode(), error, ACTION_AUDIENCE);
						// The editor points at the item.
						explained.context.itemIndex ??= index;
						const done = operation.writes ? run.journal.doneBefore(index) : 0;
						if (!this.continueOnFail()) throw withProgress(explained, done);
						const { message, description } = explained;
						// n8n before 2.36 takes an item for an error by these keys alone.
						const json = { error: message, ...(description ? { message: description } : {}) };
						return [{ json, pairedItem }];
					}
				},
				operation.writes ? 1 : undefined,
			);
			this.addExecutionHints(...hintsOf(run.stats));
			return [results.flat()];
		} finally {
			run.end(results[0]?.[0]?.json);
		}
	}
}

/** The error that ends a run, with how many items were written before it: a new execution would write them again. */
function withProgress(error: NodeError, done: number): NodeError {
	if (done === 0) return error;
	const items = done === 1 ? '1 item was' : `${done} items were`;
	error.description = [
		error.description,
		`${items} written before this one. To go on here without writing them again, use Retry in the list of executions; a new execution starts from the first item. With 'On Error' set to 'Continue', the other items are still written.`,
	]
		.filter(Boolean)
		.join(' ');
	return error;
}
