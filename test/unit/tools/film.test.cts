import { secondsOf, type Camera } from '../../../tools/lib/film.mts';

const camera = (...moments: number[]): Camera => ({
	frames: moments.map((at) => ({ at, file: '' })),
	film: async () => {},
	stop: async () => {},
});

describe('How long a film is', () => {
	it('is the time between its pictures, and that of the last one', () => {
		expect(secondsOf([{ cameras: [camera(1_000, 1_500, 3_000)], lastMs: 2_000 }])).toBe(4);
	});

	it('leaves out long waits, in which no camera saw anything', () => {
		const slow = camera(0, 60_000, 61_000);
		expect(secondsOf([{ cameras: [slow], lastMs: 0 }])).toBe(3.5);
		const other = camera(0, 2_000, 4_000, 6_000);
		expect(secondsOf([{ cameras: [camera(0, 6_000), other], lastMs: 0 }])).toBe(6);
	});

	it('begins when each camera has a picture', () => {
		expect(secondsOf([{ cameras: [camera(0, 900), camera(500, 1_500)], lastMs: 0 }])).toBe(1);
	});

	it('adds its scenes', () => {
		const scene = { cameras: [camera(0, 1_000)], lastMs: 500 };
		expect(secondsOf([scene, scene])).toBe(3);
	});
});
