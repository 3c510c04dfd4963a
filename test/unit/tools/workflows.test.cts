import { parse } from '../../../sandbox/node_modules/yaml/dist/index.js';
import { filesIn, read } from '../../support/files.cts';

interface Step {
	uses?: string;
	run?: string;
}

interface Job {
	uses?: string;
	'runs-on'?: string;
	'timeout-minutes'?: number;
	needs?: string | string[];
	steps?: Step[];
	strategy?: { matrix: { include: Step[] } };
}

interface Workflow {
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
}

const { scripts } = JSON.parse(read('package.json'));

describe.each(filesIn('.github/workflows/*'))('%s', (file) => {
	const workflow = parse(read(file)) as Workflow;
	const jobs = Object.values(workflow.jobs);
	const steps = jobs.flatMap((job) => [
		job,
		...(job.steps ?? []),
		...(job.strategy?.matrix.include ?? []),
	]) as Step[];

	it('takes each action at a commit, and each image at a version', () => {
		const actions = steps.flatMap(({ uses }) => uses ?? []);
		expect(actions.length).toBeGreaterThan(0);
		expect(actions.filter((uses) => !/^\.\/|@[\da-f]{40}$/.test(uses))).toEqual([]);
		const images = jobs.filter(({ uses }) => !uses).map((job) => job['runs-on']);
		expect(images.filter((image) => !/^ubuntu-\d+\.\d+$/.test(image ?? ''))).toEqual([]);
	});

	it('has a time limit for each job, and by default no right but to read', () => {
		expect(workflow.permissions).toEqual({ contents: 'read' });
		const endless = jobs.filter((job) => !job.uses && !job['timeout-minutes']);
		expect(endless).toEqual([]);
	});

	it('runs only scripts that there are, and waits only for jobs that there are', () => {
		const named = steps.flatMap(({ run = '' }) =>
			[...run.matchAll(/^npm run ([\w:-]+)/gm)].map(([, script]) => script),
		);
		const ofN8n = ['install'];
		expect(named.filter((script) => !(script in scripts) && !ofN8n.includes(script))).toEqual([]);
		const awaited = jobs.flatMap(({ needs }) => needs ?? []).flat();
		expect(awaited.filter((job) => !(job in workflow.jobs))).toEqual([]);
	});
});
