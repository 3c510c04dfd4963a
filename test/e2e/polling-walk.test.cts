import { useScreen } from '../support/n8n.browser.cts';
import { pollingWalk } from './polling-walk.cts';
import { useWorld } from './world.cts';

/** Of an n8n of its own, whose only workflow is the one that the person makes. */
const world = useWorld();
const screen = useScreen(() => world.n8n().url);

describe('With an n8n that BildOut cannot reach', () => pollingWalk(world, screen));
