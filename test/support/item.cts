import type { InputItem } from '../../nodes/BildOut/input/inputItem';

/** An item that reads no parameters: what reading a value needs, and its errors as plain ones. */
export const itemIn = (timezone = 'America/Denver', more: Partial<InputItem> = {}): InputItem =>
	({
		timezone,
		isTool: false,
		fail(message: string) {
			throw new Error(message);
		},
		...more,
	}) as unknown as InputItem;
