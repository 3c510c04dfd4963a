import { agentWithPreview } from './agent.cts';
import { deliveries, withHook } from './deliveries.cts';
import { examples, notesInExamples } from './examples.cts';
import { financeExamples } from './finance-examples.cts';
import { formExamples } from './form-examples.cts';
import { polling } from './polling.cts';
import { publishing } from './publishing.cts';
import { restart } from './restart.cts';
import { triggerExamples } from './trigger-examples.cts';
import { publishAtOnce, useWorld } from './world.cts';

/** What workflows do in one real n8n with the packed tarball, in this order. */
const world = useWorld(withHook());

describe('The examples, imported and run', () => examples(world));
describe('The notes in the examples, followed', () => notesInExamples(world));
describe('The examples with a trigger', () => triggerExamples(world));
describe('The finance examples', () => financeExamples(world));
describe('The example of an agent with a preview', () => agentWithPreview(world));
describe('The examples with a form', () => formExamples(world));
describe('A delivery to a BildOut Trigger', () => deliveries(world));
describe('The subscription of a BildOut Trigger', () => publishing(world));

describe('Where n8n looks after every trigger when it starts,', () => {
	beforeAll(async () => {
		await publishAtOnce(world);
	});

	describe('the subscription of a BildOut Trigger', () => restart(world));
	describe('a BildOut Polling Trigger', () => polling(world));
});
