import {
	absolute,
	compare,
	currencyDigits,
	type Decimal,
	isEqual,
	minus,
	plus,
	quotient,
	rounded,
	sum,
	times,
	whole,
	ZERO,
} from './money';

/** What of a line counts for the total. */
export interface PricedLine {
	quantity: Decimal;
	unitPrice: Decimal;
	/** In percent. */
	taxRate: Decimal;
}

/**
 * One way to work out the total of an invoice. BildOut documents none, so each that invoicing programs use
 * is accepted.
 */
export interface TotalRule {
	/** Whether quantity times unit price is rounded on each line, or only their sum. */
	amounts: 'rounded' | 'exact';
	/** Where tax is rounded: on each line, on each tax rate, or on the sum of all lines. */
	tax: 'line' | 'rate' | 'sum';
	/** Whether a discount lowers the tax; it is then spread over the lines by their amounts. */
	discount: 'afterTax' | 'beforeTax';
	/** Whether tax is rounded together with the amount that it is on. */
	isGross: boolean;
	/** Digits after the point. */
	digits: number;
}

/** All rules, the most usual first. */
export function totalRules(currency: unknown): TotalRule[] {
	const digits = [...new Set([2, currencyDigits(currency)])];
	const rules = digits.flatMap((places) =>
		(['rounded', 'exact'] as const).flatMap((amounts) =>
			(['line', 'rate', 'sum'] as const).flatMap((tax) =>
				(['afterTax', 'beforeTax'] as const).flatMap((discount) =>
					[false, true].map((isGross) => ({ amounts, tax, discount, isGross, digits: places })),
				),
			),
		),
	);
	// Of amounts that are rounded already, tax is the only part that is left to round.
	return rules.filter(({ amounts, isGross }) => amounts === 'exact' || !isGross);
}

/** The total of an invoice by one rule. */
export function totalBy(rule: TotalRule, lines: readonly PricedLine[], discount: Decimal): Decimal {
	const priced = lines.map(({ quantity, unitPrice, taxRate }) => {
		const amount = times(quantity, unitPrice);
		return { amount: rule.amounts === 'rounded' ? rounded(amount, rule.digits) : amount, taxRate };
	});
	const subtotal = sum(priced.map(({ amount }) => amount));
	const net = minus(subtotal, discount);
	const isLowered = rule.discount === 'beforeTax' && subtotal.units !== 0n;
	const [share, of] = isLowered ? [net, subtotal] : [whole(1), whole(1)];
	const parts = taxedParts(rule.tax, priced).map(({ amount, tax }) => {
		const hundredfold = times(whole(100), of);
		if (!rule.isGross) return quotient(times(tax, share), hundredfold, rule.digits);
		// The amount that the tax is on, and the tax, over one divisor, so that they are rounded once.
		return quotient(plus(times(amount, hundredfold), times(tax, share)), hundredfold, rule.digits);
	});
	const base = rule.isGross ? ZERO : rounded(subtotal, rule.digits);
	return rounded(minus(plus(base, sum(parts)), discount), rule.digits);
}

/** The amounts whose tax is rounded as one, with that tax in hundredths before any discount. */
function taxedParts(
	by: TotalRule['tax'],
	lines: Array<{ amount: Decimal; taxRate: Decimal }>,
): Array<{ amount: Decimal; tax: Decimal }> {
	const groups: Array<{ taxRate: Decimal; amount: Decimal; tax: Decimal }> = [];
	for (const { amount, taxRate } of lines) {
		const tax = times(amount, taxRate);
		const group = groups.find(
			(one) => by === 'sum' || (by === 'rate' && isEqual(one.taxRate, taxRate)),
		);
		if (!group) groups.push({ taxRate, amount, tax });
		else Object.assign(group, { amount: plus(group.amount, amount), tax: plus(group.tax, tax) });
	}
	return groups;
}

/** The rule that gives the total which BildOut has, or the one that comes nearest to it, with its total. */
export function explainTotal(
	billed: Decimal,
	lines: readonly PricedLine[],
	discount: Decimal,
	currency: unknown,
): { total: Decimal; rule: TotalRule; isExact: boolean } {
	const totals = totalRules(currency).map((rule) => {
		const total = totalBy(rule, lines, discount);
		return { total, rule, distance: absolute(minus(billed, total)) };
	});
	const { total, rule, distance } = totals.reduce((best, one) =>
		compare(one.distance, best.distance) < 0 ? one : best,
	);
	return { total, rule, isExact: distance.units === 0n };
}
