import {
	TRIGGER,
	eventBody,
	finishedExecutions,
	importTriggered,
	listening,
	useWorld,
	post,
	publish,
	settledExecutions,
	sign,
	unpublish,
} from './trigger-world.cts';

describe('A BildOut Trigger', () => {
	const world = useWorld();

	describe('with manual registration', () => {
		const secret = 'whsec_given_by_hand';

		it('needs a signing secret in the credential, and says so before anything else', async () => {
			const workflow = await importTriggered(world, 'Manual without a secret', {
				events: ['invoice.paid'],
				registration: 'manual',
			});
			await world.sandbox.control.clearRequests();
			await expect(publish(world, workflow)).rejects.toThrow(
				"The credential has no 'Webhook Signing Secret'",
			);
			expect(await world.webhookRequests()).toEqual([]);
		});

		it('is checked with the secret of the credential, and BildOut is asked for nothing', async () => {
			const credential = await world.client().createCredential('By hand', world.credential.type, {
				baseUrl: 'https://bildout.example.com',
				clientId: 'a',
				clientSecret: 'b',
				webhookSigningSecret: `whsec_of_another, ${secret}`,
			});
			await world.sandbox.control.clearRequests();
			const workflow = await listening(
				world,
				'Manual',
				{ registration: 'manual' },
				{ with: credential },
			);
			const body = eventBody();
			const forged = await post(workflow.url, body, { 'x-bildout-signature': sign('x', body) });
			expect(forged).toEqual({ status: 401, text: '{"refused":"signature_mismatch"}' });
			const good = await post(workflow.url, body, { 'x-bildout-signature': sign(secret, body) });
			expect(good.status).toBe(200);
			await finishedExecutions(world, workflow.id, 1);
			expect(await world.webhookRequests()).toEqual([]);

			await world.client().updateCredential(credential, {
				baseUrl: 'https://bildout.example.com',
				clientId: 'a',
				clientSecret: 'b',
				webhookSigningSecret: '',
			});
			const later = eventBody();
			const empty = await post(workflow.url, later, { 'x-bildout-signature': sign(secret, later) });
			expect(empty).toEqual({ status: 401, text: '{"refused":"secret_missing"}' });
			expect(await settledExecutions(world, workflow.id)).toBe(1);
			await unpublish(world, workflow);
		});

		it('ends the subscription of the automatic one that it takes over from', async () => {
			const workflow = await listening(world, 'From automatic to manual');
			expect((await world.subscriptions()).length).toBe(1);
			await world.client().updateWorkflow(workflow.id, {
				nodes: workflow.nodes.map((node) =>
					node.name === TRIGGER
						? { ...node, parameters: { events: ['invoice.paid'], registration: 'manual' } }
						: node,
				),
			});
			await world.client().updateCredential(world.credential, {
				...(await credentialData()),
				webhookSigningSecret: secret,
			});
			await publish(world, workflow);
			expect(await world.subscriptions()).toEqual([]);

			for (const good of [workflow.secret, secret]) {
				const body = eventBody();
				const answer = await post(workflow.url, body, { 'x-bildout-signature': sign(good, body) });
				expect(answer.status).toBe(200);
			}
			await finishedExecutions(world, workflow.id, 2);
			await unpublish(world, workflow);
		});

		async function credentialData() {
			const { data } = await world.client().call<{
				data: Record<string, unknown>;
			}>('GET', `/credentials/${world.credential.id}?includeData=true`);
			return data;
		}
	});
});
