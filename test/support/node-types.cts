import { PackageDirectoryLoader } from 'n8n-core';
import {
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type INodeTypes,
	NodeConnectionTypes,
	NodeHelpers,
} from 'n8n-workflow';
import { STAND_INS } from './stand-ins.cts';

/**
 * A tool made of an action node by the rules of n8n's `convertNodeToAiTool`: no main input, an
 * `ai_tool` output, and a choice of how the tool is described to the model.
 */
function asTool(nodeType: INodeType): INodeType {
	const description: INodeTypeDescription = {
		...nodeType.description,
		name: `${nodeType.description.name}Tool`,
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
		properties: [...TOOL_PROPERTIES, ...nodeType.description.properties],
	};
	return Object.create(nodeType, { description: { value: description } }) as INodeType;
}

const TOOL_PROPERTIES: INodeProperties[] = [
	{ displayName: 'Tool Description', name: 'descriptionType', type: 'string', default: 'auto' },
	{ displayName: 'Description', name: 'toolDescription', type: 'string', default: '' },
];

/** The nodes and credentials of one built package, beside the stand-ins for n8n's own nodes. */
export class PackageNodeTypes implements INodeTypes {
	private constructor(private readonly loader: PackageDirectoryLoader) {}

	static async load(directory: string): Promise<PackageNodeTypes> {
		const loader = new PackageDirectoryLoader(directory);
		await loader.loadAll();
		return new PackageNodeTypes(loader);
	}

	credentialType = (name: string) => this.loader.getCredential(name).type;

	getByName(name: string) {
		return this.getByNameAndVersion(name);
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		const standIn = STAND_INS[name];
		if (standIn !== undefined) return standIn;
		const [packageName, nodeName] = name.split('.');
		if (packageName !== this.loader.packageName) {
			throw new Error(`There is no stand-in for ${name}; add one to stand-ins.cts`);
		}
		const isTool = nodeName.endsWith('Tool');
		const { type } = this.loader.getNode(isTool ? nodeName.slice(0, -'Tool'.length) : nodeName);
		const nodeType = NodeHelpers.getVersionedNodeType(type, version);
		return isTool ? asTool(nodeType) : nodeType;
	}

	getKnownTypes() {
		return {};
	}
}
