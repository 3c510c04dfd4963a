import { InputItem } from '../../../nodes/BildOut/input/inputItem.ts';

const run = { node: { getNode: () => ({ id: '1', name: 'BildOut', parameters: {} }) } };

it.each(["No vendor has the name 'Keeperman Roofing'", 'PREEXISTING is no status', 'EPERM', 'x'])(
	'an error keeps its words where they contain a code that n8n knows: %s',
	(message) => {
		const item = new InputItem(run as never, 3);
		expect(() => item.fail(message, 'Hint.')).toThrow(
			expect.objectContaining({
				message,
				description: 'Hint.',
				context: expect.objectContaining({ itemIndex: 3 }),
			}),
		);
	},
);
