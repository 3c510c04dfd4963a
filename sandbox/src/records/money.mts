import Big from 'big.js';

type Amount = number | null | undefined;

/** Rounded to two decimals, half away from zero, as a numeric(12,2) column keeps it. */
export const rounded = (value: Big.BigSource): number =>
	new Big(value).round(2, Big.roundHalfUp).toNumber();

/** As `rounded`; nothing stays nothing. */
export const roundedOrNull = (value: Amount): number | null =>
	value == null ? null : rounded(value);

export const sum = (amounts: Amount[]): number =>
	amounts.reduce<Big>((total, amount) => total.plus(amount ?? 0), new Big(0)).toNumber();

export const difference = (from: number, less: Amount): number =>
	new Big(from).minus(less ?? 0).toNumber();

/** Quantity times unit price, rounded. */
export const product = (quantity: number, price: number): number =>
	rounded(new Big(quantity).times(price));

/** So many percent of an amount, rounded. */
export const percentOf = (amount: number, percent: Amount): number =>
	rounded(new Big(amount).times(percent ?? 0).div(100));

/** What percentage of `whole` a part is, rounded; null of nothing. */
export const percentage = (part: number, whole: number): number | null =>
	whole === 0 ? null : rounded(new Big(part).times(100).div(whole));
