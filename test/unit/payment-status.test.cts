import { paymentStateOf } from '../../nodes/BildOut/assumptions.ts';

describe("A payment's status", () => {
	it.each(['succeeded', 'Paid', 'COMPLETED', ' settled ', 'received', undefined, null, ''])(
		'of %j says that the money has arrived',
		(status) => {
			expect(paymentStateOf({ status })).toBe('succeeded');
		},
	);

	it.each([
		['requires_confirmation', 'requires_payment'],
		['requires-payment-method', 'requires_payment'],
		['Pending', 'processing'],
		['expired', 'failed'],
		['returned', 'failed'],
		['rejected', 'failed'],
		['refunded', 'refunded'],
		['disputed', 'refunded'],
	])('of %j says that it has not, or no more: %s', (status, state) => {
		expect(paymentStateOf({ status })).toBe(state);
	});

	it.each(['under_review', 'awaiting_bank', '?', 7, {}])('of %j says nothing known', (status) => {
		expect(paymentStateOf({ status })).toBeUndefined();
	});
});
