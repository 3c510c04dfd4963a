import { N8nProcess, newEvent, type Published, published } from './n8n-process.cts';

/** A delivery that comes several times, by how n8n goes on: it puts the execution on record and responds whether that worked. */
describe('A delivery that comes again', () => {
	let n8n: N8nProcess;
	let trigger: Published;
	let secret: string;

	beforeEach(async () => {
		({ n8n, trigger } = await published());
		secret = trigger.api.subscriptions[0].secret;
	});

	const deliver = async (event: object, status = 200, hangUp?: Promise<unknown>) =>
		await n8n.deliver(trigger, secret, {
			event,
			record: async (response) => {
				if (hangUp) response.close();
				await hangUp;
				return status;
			},
		});

	const REPEATED = { status: 200, body: { ignored: 'repeated_delivery' } };

	it('starts each trigger of a workflow once', async () => {
		const event = newEvent();
		expect(await deliver(event)).toMatchObject({ items: [event] });
		expect(await deliver(event)).toEqual(REPEATED);
		trigger.nodeId = 'another';
		expect(await deliver(event)).toMatchObject({ items: [event] });
	});

	it('starts the execution that could not be started before', async () => {
		const event = newEvent();
		expect(await deliver(event, 500)).toMatchObject({ status: 500 });
		expect(await deliver(event)).toMatchObject({ status: 200, items: [event] });
	});

	it.each([
		['started', 200],
		['did not start', 500],
	])('waits until n8n %s what the first sender hung up on', async (_, status) => {
		const event = newEvent();
		let end = () => {};
		const first = deliver(event, status, new Promise<void>((resolve) => (end = resolve)));
		const second = deliver(event);
		await new Promise((resolve) => setTimeout(resolve, 50));
		end();
		await first;
		expect(await second).toMatchObject(status === 200 ? REPEATED : { items: [event] });
	});
});
