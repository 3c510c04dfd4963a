import { inARow, type JsonObject, type WorkflowFile } from '../../tools/lib/n8n-client.mts';
import {
	type Screen,
	closePanel,
	consoleErrors,
	keepPicture,
	openPanel,
	openWorkflow,
} from '../support/n8n.browser.cts';
import type { World } from './world.cts';

interface Parameter {
	name: string;
	displayName: string;
	default: unknown;
	options?: Parameter[];
	displayOptions?: { show?: Record<string, unknown[]> };
	type: string;
}

/** n8n adds this choice to every resource; it leads to the HTTP Request node. */
const CUSTOM_API_CALL = '__CUSTOM_API_CALL__';

/**
 * A panel for each operation and for each resource in the real editor, with every field that can be added to it.
 * The others are made of the same tables.
 */
export function panels(world: World, screen: Screen): void {
	it('open without an error in the console and show the credential and every field by its label', async () => {
		const type = await world.client().nodeType('n8n-nodes-bildout.bildOut');
		const parameters = type!.properties as Parameter[];
		const every = parameters
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options, displayOptions }) =>
				options!.map((option) => ({
					resource: String(displayOptions!.show!.resource[0]),
					operation: (option as unknown as { value: string }).value,
				})),
			)
			.filter(({ operation }) => operation !== CUSTOM_API_CALL);
		expect(every.length).toBeGreaterThan(26);
		const isFirst = (key: keyof Panel) => (panel: Panel) =>
			every.find((other) => other[key] === panel[key]) === panel;
		// An invoice has the most fields.
		every.sort((a, b) => Number(b.resource === 'invoice') - Number(a.resource === 'invoice'));
		const panels = every.filter((one) => isFirst('operation')(one) || isFirst('resource')(one));

		const { editor } = screen;
		const before = editor.viewportSize()!;
		await editor.setViewportSize({ width: 1440, height: 1800 });
		const workflow = await world
			.client()
			.importWorkflow(workflowOf(panels, parameters), world.credential);
		const errors = consoleErrors(editor);
		await openWorkflow(editor, world.n8n().url, workflow.id);
		for (const panel of panels) {
			const name = nodeName(panel);
			const shown = await openPanel(editor, name);
			const chosen = shown.getByTestId('node-credentials-select').locator('input');
			expect(await chosen.inputValue()).toBe(world.credential.name);
			if (panel === panels[0]) await keepPicture(editor, 'panel');
			const added = collections(parameters, panel);
			for (const { displayName } of added) {
				await shown.getByText(displayName, { exact: true }).first().waitFor();
			}
			for (const { displayName, displayOptions } of added.flatMap(({ options }) => options ?? [])) {
				// Some fields of API Request are there for writes only, and the panel opens with GET.
				if (displayOptions) continue;
				const label = shown.getByText(displayName, { exact: true }).first();
				await label.waitFor({ state: 'attached', timeout: 15_000 }).catch(() => {
					throw new Error(`${name} does not show '${displayName}'`);
				});
			}
			await closePanel(editor);
		}
		expect(errors).toEqual([]);
		await editor.setViewportSize(before);
	});
}

type Panel = { resource: string; operation: string };

/** A name that no other node's name contains, so that it can be found on the canvas. */
const nodeName = ({ resource, operation }: Panel) =>
	`${resource}-${operation === 'get' ? 'getOne' : operation}`;

/** The collections of a panel, whose members a user adds one by one. */
function collections(parameters: Parameter[], { resource, operation }: Panel): Parameter[] {
	return parameters.filter(
		({ type, displayOptions }) =>
			type === 'collection' &&
			displayOptions?.show?.resource?.includes(resource) &&
			displayOptions.show.operation?.includes(operation),
	);
}

/** A node for each panel in which every field has been added. */
function workflowOf(panels: Panel[], parameters: Parameter[]): WorkflowFile {
	const nodes = panels.map((panel, index) => ({
		name: nodeName(panel),
		type: 'n8n-nodes-bildout.bildOut',
		position: [(index % 5) * 220, Math.floor(index / 5) * 160],
		parameters: {
			...panel,
			...(panel.operation === 'upsert' ? { matchBy: 'name' } : {}),
			...Object.fromEntries(
				collections(parameters, panel).map(({ name, options }) => [name, allAdded(options ?? [])]),
			),
		},
	}));
	// Of a node that another follows, n8n asks for the output's schema; API Request has none.
	return { ...inARow('Every panel', nodes), connections: {} };
}

/** What a person gets who adds each field: not the text that a model gets instead of a menu. */
function allAdded(options: Parameter[]): JsonObject {
	const forPeople = options.filter(
		({ displayOptions }) => !displayOptions?.show?.['@tool']?.includes(true),
	);
	return Object.fromEntries(
		forPeople.map(({ name, type, default: value, options: members }) => [
			name,
			type === 'collection' ? allAdded(members ?? []) : value,
		]),
	);
}
