import { isKnownPaymentStatus, isSettled } from '../../nodes/BildOut/assumptions.ts';

describe("A payment's status", () => {
	it.each(['succeeded', 'Paid', 'COMPLETED', ' settled ', 'received', undefined, null, ''])(
		'of %j says that the money has arrived',
		(status) => {
			expect(isSettled({ status })).toBe(true);
			expect(isKnownPaymentStatus({ status })).toBe(true);
		},
	);

	it.each([
		'requires_confirmation',
		'requires-payment-method',
		'Pending',
		'expired',
		'returned',
		'rejected',
		'refunded',
		'disputed',
	])('of %j says that it has not', (status) => {
		expect(isSettled({ status })).toBe(false);
		expect(isKnownPaymentStatus({ status })).toBe(true);
	});

	it.each(['under_review', 'awaiting_bank', '?', 7, {}])('of %j says nothing known', (status) => {
		expect(isSettled({ status })).toBe(false);
		expect(isKnownPaymentStatus({ status })).toBe(false);
	});
});
