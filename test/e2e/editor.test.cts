import { useScreen } from '../support/n8n.browser.cts';
import { agent } from './agent.cts';
import { firstWorkflow, revokedToken } from './first-workflow.cts';
import { panels } from './panels.cts';
import { triggerPanel } from './trigger-panel.cts';
import { useWorld } from './world.cts';

/** What a person sees and does in the editor of one real n8n with the packed tarball, in this order. */
const world = useWorld();
const screen = useScreen(() => world.n8n().url);

describe('The first workflow', () => firstWorkflow(world, screen));
describe('The panels', () => panels(world, screen));
describe('In the browser, the BildOut Trigger', () => triggerPanel(world, screen));
describe('An agent with human review', () => agent(world, screen));
describe('A revoked token', () => revokedToken(world));
