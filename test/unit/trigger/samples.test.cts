import { ANY_EVENT, EVERY_REPORTED_EVENT } from '../../../nodes/BildOut/events.ts';
import { SAMPLE_EVENTS } from '../../../nodes/BildOut/trigger/samples.ts';
import outputSchema from '../../../nodes/BildOut/__schema__/v1.1.0.json';

describe('the sample events', () => {
	it('stand for every event once', () => {
		for (const name of [...EVERY_REPORTED_EVENT, ANY_EVENT]) {
			const standing = SAMPLE_EVENTS.filter(({ kinds }) =>
				kinds.some((kind) => name.startsWith(kind)),
			);
			expect([name, standing.length]).toEqual([name, 1]);
		}
	});

	it('are events that there are, in the form of the output schema', () => {
		for (const { kinds, event } of SAMPLE_EVENTS) {
			expect(EVERY_REPORTED_EVENT).toContain(event.type);
			expect(String(event.type).startsWith(kinds[0])).toBe(true);
			expect(Object.keys(event)).toEqual(Object.keys(outputSchema.properties));
		}
	});
});
