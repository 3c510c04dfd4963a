import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { EVERY_REPORTED_EVENT, SAMPLE_EVENTS } from '../../nodes/BildOut/events.ts';
import {
	type Screen,
	consoleErrors,
	keepPicture,
	markAsPaid,
	openPanel,
	openWorkflow,
} from '../support/n8n.browser.cts';
import { TRIGGER, type World, finishedExecutions, importTriggered } from './world.cts';

/** What a person sees of the trigger: n8n's editor on one side, the sandbox's page on the other. */
export function triggerPanel(world: World, screen: Screen): void {
	it('runs a workflow that is being tried out, once, with what happened', async () => {
		const workflow = await importTriggered(world, 'Tried out', { events: ['invoice.paid'] });
		await openWorkflow(screen.editor, world.n8n().url, workflow.id);
		await screen.editor.getByTestId('execute-workflow-button').click();
		await screen.editor.getByText('Waiting for one of the chosen events').first().waitFor();
		await waitFor(
			'the test to be subscribed',
			async () => (await world.subscriptions()).length === 1,
		);
		const number = await markAsPaid(screen.browser, world.sandbox.url);
		await finishedExecutions(world, workflow.id, 1);
		const panel = await openPanel(screen.editor, TRIGGER);
		await panel.getByText(number).first().waitFor();
		await keepPicture(screen.editor, 'trigger-tried-out');
		expect(await world.subscriptions()).toEqual([]);
	});

	it.each<[string, JsonObject, string[]]>([
		['nothing chosen', { events: [] }, ['Trigger On', 'Registration', 'INV-0042']],
		['automatic', { events: ['invoice.paid'] }, ['use Manual', 'set mock data']],
		[
			'manual',
			{
				events: ['*'],
				registration: 'manual',
				options: { signatureHeader: '', tolerance: 300, ignoreRepeatedDeliveries: true },
			},
			[
				'Production URL',
				'Webhook Signing Secret',
				'Signature Header',
				'Tolerance (Seconds)',
				'Ignore Repeated Deliveries',
			],
		],
	])('shows its panel without an error in the console: %s', async (name, parameters, texts) => {
		const errors = consoleErrors(screen.editor);
		const workflow = await importTriggered(world, `Panel: ${name}`, parameters);
		await openWorkflow(screen.editor, world.n8n().url, workflow.id);
		const panel = await openPanel(screen.editor, TRIGGER);
		for (const text of texts) await panel.getByText(text).first().waitFor();
		await keepPicture(screen.editor, `trigger-panel-${name.replaceAll(' ', '-')}`);
		expect(errors).toEqual([]);
	});

	it('shows what the first chosen event brings, before one has happened', async () => {
		for (const { kinds, event } of [SAMPLE_EVENTS[0], SAMPLE_EVENTS.at(-1)!]) {
			const events = EVERY_REPORTED_EVENT.filter((each) => each.startsWith(kinds[0])).slice(0, 1);
			const workflow = await importTriggered(world, `Sample ${kinds[0]}`, { events });
			await openWorkflow(screen.editor, world.n8n().url, workflow.id);
			const sample = (await openPanel(screen.editor, TRIGGER)).locator('pre');
			await sample.waitFor();
			expect(JSON.parse(await sample.innerText())).toEqual(event);
		}
	});
}
