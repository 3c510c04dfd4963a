import { ASSUMPTIONS, type AssumptionId } from './assumptions.mts';
import type { Finding } from './probe.mts';

export type Findings = Map<AssumptionId, Finding>;

/** The findings as a table in Markdown, to be pasted into an issue. */
export function report(
	findings: Findings,
	{ requests, wrote }: { requests: number; wrote: boolean },
): string {
	const rows = ASSUMPTIONS.map(({ id, sentence }) => {
		const { verdict, evidence } = findings.get(id) ?? { verdict: 'not tested', evidence: '' };
		return `| \`${id}\` | ${sentence} | **${verdict}** | ${evidence.replaceAll('|', '\\|')} |`;
	});
	return `# What BildOut really does

Written by \`npm run probe\` on ${new Date().toISOString().slice(0, 10)}, with ${requests} requests, ${wrote ? 'reading and writing' : 'reading only'}. It holds no names, amounts, tokens or IDs.

| name | assumption | verdict | evidence |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const MARKS = { holds: '✓ holds     ', differs: '✗ differs   ', 'not tested': '– not tested' };

/** One finding as a line on the terminal. */
export function line(id: AssumptionId, { verdict, evidence }: Finding): string {
	return `${MARKS[verdict]}  ${id.padEnd(20)}  ${evidence}`;
}
