import { type INode, NodeHelpers } from 'n8n-workflow';
import { filesIn, read } from '../support/files.cts';
import { Engine, type WorkflowJson } from '../support/engine.cts';

/** That they run, and what they give, is tested in a real n8n, which has the other nodes they use. */
describe.each(filesIn('examples/*.json'))('%s', (file) => {
	const text = read(file);
	const { nodes, connections, ...rest } = JSON.parse(text) as WorkflowJson & { name: string };
	const ours = nodes.filter(({ type }) => type.startsWith('n8n-nodes-bildout.'));

	it('uses the nodes of this package', () => {
		expect(ours.length).toBeGreaterThan(0);
		expect(rest.name).toMatch(/BildOut/);
	});

	it('connects nodes that are there', () => {
		const names = new Set(nodes.map(({ name }) => name));
		expect(names.size).toBe(nodes.length);
		for (const [from, byType] of Object.entries(connections)) {
			expect(names).toContain(from);
			const outputs = Object.values(byType).flat();
			for (const to of outputs.flatMap((output) => output ?? [])) expect(names).toContain(to.node);
		}
	});

	it('holds nothing of the account that it was made with', () => {
		expect(text).not.toMatch(/"(instanceId|versionId|webhookId|owner)"/);
	});

	it.each(ours.map((node) => [node.name, node] as const))(
		'gives %s parameters that it has, and all that it needs',
		async (_, node: INode) => {
			const { nodeTypes } = await Engine.start();
			const { description } = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
			const { parameters } = node;
			const { properties } = description;
			const { getNodeParameters, getNodeParametersIssues } = NodeHelpers;
			const known = getNodeParameters(properties, parameters, true, false, node, description);
			expect(known).toMatchObject(parameters);
			expect(getNodeParametersIssues(properties, node, description)).toBeNull();
		},
	);
});
