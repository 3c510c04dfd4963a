import type { Item } from '../../nodes/BildOut/operations/item';

/** An item that reads no parameters: what reading a value needs, and its errors as plain ones. */
export const itemIn = (timezone = 'America/Denver', more: Partial<Item> = {}): Item =>
	({
		timezone,
		isTool: false,
		fail(message: string) {
			throw new Error(message);
		},
		...more,
	}) as unknown as Item;
