import {
	type EngineRequest,
	type EngineResponse,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	NodeConnectionTypes,
} from 'n8n-workflow';

interface Tool {
	invoke(input: IDataObject): Promise<string>;
}

const json = (name: string): INodeProperties => ({
	displayName: name,
	name,
	type: 'json',
	default: '',
});

function standIn(
	name: string,
	execute: NonNullable<INodeType['execute']>,
	description: Partial<INodeType['description']> = {},
): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: [1, 2, 3],
			description: 'A stand-in for tests',
			defaults: { name },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
			...description,
		},
		execute,
	};
}

/** Gives the items of its parameter `items`, an array of objects. */
const items = standIn(
	'items',
	async function () {
		const given = this.getNodeParameter('items', 0) as IDataObject[];
		return [given.map((item) => ({ json: item }))];
	},
	{ properties: [json('items')] },
);

/** Sends its input through its second output, and when it has done so `times` times, the first. */
const loop = standIn(
	'loop',
	async function () {
		const rounds = this.getContext('node');
		rounds.done = ((rounds.done as number | undefined) ?? 0) + 1;
		const isOver = (rounds.done as number) > (this.getNodeParameter('times', 0) as number);
		return isOver ? [this.getInputData(), []] : [[], this.getInputData()];
	},
	{
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		properties: [{ ...json('times'), type: 'number', default: 1 }],
	},
);

/**
 * An agent without a model: calls its one tool with `input` and gives `{ response }` or, where the
 * call fails, `{ error }`. `through` is `engine`, as n8n's AI Agent since version 3 does it (the
 * engine runs the tool's node), or `invoke`, as agents before and other callers do. What is in the list
 * `before` is invoked first, one after the other, however that ends.
 */
const agent = standIn(
	'agent',
	async function (this: IExecuteFunctions, results?: EngineResponse) {
		const input = this.getNodeParameter('input', 0) as IDataObject;
		const [tool] = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
		const said = (json: IDataObject): INodeExecutionData[][] => [[{ json }]];
		if (this.getNodeParameter('through', 0) === 'invoke') {
			for (const earlier of this.getNodeParameter('before', 0, []) as IDataObject[]) {
				await tool.invoke(earlier).catch(() => undefined);
			}
			try {
				return said({ response: JSON.parse(await tool.invoke(input)) });
			} catch (error) {
				return said({ error: (error as Error).message });
			}
		}
		if (results?.actionResponses.length) {
			const [{ data }] = results.actionResponses;
			const output = data.data?.ai_tool?.[0]?.map((item) => item.json) ?? [];
			return data.error === undefined
				? said({ response: output })
				: said({ error: data.error.message, response: output });
		}
		const [nodeName] = this.getParentNodes(this.getNode().name, {
			connectionType: NodeConnectionTypes.AiTool,
		}).map(({ name }) => name);
		const request: EngineRequest = {
			actions: [
				{
					actionType: 'ExecutionNodeAction',
					nodeName,
					input,
					type: NodeConnectionTypes.AiTool,
					id: 'call-1',
					metadata: {},
				},
			],
			metadata: {},
		};
		return request;
	},
	{
		inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
		properties: [
			json('input'),
			json('before'),
			{ ...json('through'), type: 'string', default: 'engine' },
		],
	},
);

/** Small nodes that stand around the one under test, by type. */
export const STAND_INS: Record<string, INodeType | undefined> = {
	'test.items': items,
	'test.loop': loop,
	'test.agent': agent,
};
