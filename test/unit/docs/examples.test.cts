import { filesIn, read } from '../../support/files.cts';

const examples = filesIn('examples/*.json');

interface Example {
	nodes: Array<{
		type: string;
		name: string;
		parameters: Record<string, unknown>;
		credentials?: unknown;
	}>;
	settings: unknown;
}

const nodesOf = (name: string) => (JSON.parse(read(name)) as Example).nodes;

/** Nodes that n8n 3.0 no longer has. */
const REMOVED_NODES = [
	'n8n-nodes-base.function',
	'n8n-nodes-base.functionItem',
	'n8n-nodes-base.itemLists',
];

it('finds the examples', () => {
	expect(examples.length).toBeGreaterThan(10);
});

describe.each(examples)('%s', (name) => {
	it('has nothing that n8n 3.0 removes', () => {
		const types = nodesOf(name).map(({ type }) => type);
		expect(types.filter((type) => REMOVED_NODES.includes(type))).toEqual([]);
		expect(read(name)).not.toContain('$getPairedItem');
		const subWorkflows = nodesOf(name).filter(({ type }) => type.endsWith('.executeWorkflow'));
		expect(subWorkflows.filter(({ parameters }) => parameters.mode === 'each')).toEqual([]);
	});

	it('says what to replace, and comes without credentials', () => {
		const nodes = nodesOf(name);
		expect(nodes.map((node) => node.name)).toContain('Read me');
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
		expect((JSON.parse(read(name)) as Example).settings).toEqual({ executionOrder: 'v1' });
	});

	it('refers only to nodes that it has', () => {
		const names = nodesOf(name).map((node) => node.name);
		const code = JSON.stringify(nodesOf(name).map(({ parameters }) => parameters));
		const referenced = [...code.matchAll(/\$\('((?:[^'\\]|\\.)+)'\)/g)].map(([, node]) => node);
		expect(referenced.filter((node) => !names.includes(node))).toEqual([]);
	});

	it('waits for nothing in a Code node, which n8n 3.0 ends after 60 seconds', () => {
		const codes = nodesOf(name).filter(({ type }) => type === 'n8n-nodes-base.code');
		for (const { parameters } of codes) {
			const waiting = /await|setTimeout|fetch|httpRequest|while\s*\(/;
			expect(String(parameters.jsCode)).not.toMatch(waiting);
		}
	});
});
