/** Each kind of record that the API serves, by the segment of its path, with its name in the contract. */
const CONTRACT_NAMES = {
	customers: 'Customer',
	vendors: 'Vendor',
	projects: 'Project',
	invoices: 'Invoice',
	payments: 'Payment',
} as const;

export type Kind = keyof typeof CONTRACT_NAMES;

/** In the order in which they refer to each other: none to one that follows it. */
export const kinds = Object.keys(CONTRACT_NAMES) as Kind[];

/** The kind's schema in the contract, such as `Invoice`. */
export const schemaName = (kind: Kind): string => CONTRACT_NAMES[kind];

/** One value for each kind of record. */
export function forEachKind<Value>(valueOf: (kind: Kind) => Value): Record<Kind, Value> {
	return Object.fromEntries(kinds.map((kind) => [kind, valueOf(kind)])) as Record<Kind, Value>;
}
