import { type QueueWorld, openQueueWorld } from '../support/queue.cts';
import { today } from './today.cts';
import { wipedState } from './wiped-state.cts';
import { repeatedEvents } from './repeated-events.cts';
import { retries } from './retries.cts';
import { afterwards, cutOff } from './cut-off.cts';
import { sharedRateLimit } from './shared-rate-limit.cts';
import { signIn } from './sign-in.cts';

/** All cases share one deployment, because five n8n processes take most of a minute to start. */
describe('n8n in queue mode', () => {
	let world: QueueWorld;

	beforeAll(async () => {
		world = await openQueueWorld();
	});

	afterAll(async () => {
		await world?.close();
	});

	afterEach(async () => {
		await world?.sandbox.control.clearFaults();
		await world?.sandbox.control.clearRequests();
	});

	const current = () => world;
	describe('does its work', () => today(current));
	describe('and two workers whose token expires', () => signIn(current));
	describe('and a workflow whose data other nodes wipe', () => wipedState(current));
	describe('and an event that is reported again', () => repeatedEvents(current));
	describe('and a worker that is killed', () => cutOff(current));
	describe('and two workers with one token', () => sharedRateLimit(current));
	describe('and a retry from the editor', () => retries(current));
	describe('and the execution of the killed worker', () => afterwards(current));
});
