import fc from 'fast-check';
import { invoicesByNumber } from '../../../nodes/BildOut/records/invoiceNumber.ts';
import { INVOICE_NUMBER, PLAIN_INVOICE_NUMBER } from '../../../nodes/BildOut/assumptions.ts';

const found = (given: string, ...numbers: unknown[]) =>
	invoicesByNumber(
		numbers.map((invoice_number) => ({ invoice_number }) as never),
		given,
	).map(({ invoice_number }) => invoice_number);

it.each<[string, unknown]>([
	['INV-00042', 'INV-00042'],
	['inv-00042', 'INV-00042'],
	['INV-42', 'INV-00042'],
	['INV42', 'INV-00042'],
	['INV 00042', 'INV-00042'],
	['Invoice #00042', 'INV-00042'],
	['00042', 'INV-00042'],
	['42', 'INV-00042'],
	['42', 42],
	['#42', 'ACME-00042'],
	['ACME-00042', '00042'],
	['INV-00042', '00042'],
	['42', 'INV-2025-0042'],
	['2025-0042', 'INV-2025-0042'],
	['42-R1', 'INV-42-R1'],
])('%s means %j', (given, number) => {
	expect(found(given, 'INV-00041', number, 'ACME-142', '420')).toEqual([number]);
});

it.each<[string, string]>([
	['ACME-00042', 'INV-00042'],
	['42', '142'],
	['42', '420'],
	['1', 'INV-42-R1'],
	['1', '42-1'],
	['2024-0042', '2025-0042'],
	['INV', 'INV-00042'],
	['', '00042'],
])('%j never means %s', (given, number) => {
	expect(found(given, number)).toEqual([]);
});

it.each<[string, string[]]>([
	['42', ['INV-00042', 'ACME-00042']],
	['42', ['42', 'ACME-00042']],
	['0042', ['2025-0042', '2026-0042']],
])('%s may mean more than one of %j', (given, numbers) => {
	expect(found(given, ...numbers)).toEqual(numbers);
});

it('means the invoice with exactly this number and prefix, where there is one', () => {
	expect(found('INV-00042', '00042', 'INV-42', 'INV-00042')).toEqual(['INV-00042']);
});

it('is found by its digits, with and without zeros and prefix, whatever the prefix', () => {
	const prefix = fc.stringMatching(/^[A-Z][A-Z0-9]{0,7}$/);
	fc.assert(
		fc.property(prefix, fc.nat(10 ** 6), fc.nat(5), (letters, number, zeros) => {
			const digits = String(number).padStart(zeros, '0');
			const shown = `${letters}-${digits}`;
			const plain = [digits, String(number)];
			for (const given of [shown, `${letters}-${number}`, ...plain, shown.toLowerCase()]) {
				expect(found(given, shown, `${letters}-${number + 1}`)).toEqual([shown]);
				expect(INVOICE_NUMBER.test(given) || PLAIN_INVOICE_NUMBER.test(given)).toBe(true);
			}
		}),
	);
});
