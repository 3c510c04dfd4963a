import type { InputItem } from '../../nodes/BildOut/input/inputItem';

/** An item that reads no parameters: what reading a value needs, and its errors as plain ones with their hint. */
export const itemIn = (timezone = 'America/Denver', more: Partial<InputItem> = {}): InputItem =>
	({
		timezone,
		isTool: false,
		fail(message: string, description?: string) {
			throw Object.assign(new Error(message), { description });
		},
		...more,
	}) as unknown as InputItem;
