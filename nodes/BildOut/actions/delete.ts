import { writeOnce } from '../execution/writeOnce';
import { type RecordType, recordAt, withArticle } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { writeOptions } from './commonParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

export function deleteOperation(type: RecordType): Operation {
	return {
		option: {
			name: 'Delete',
			action: `Delete ${type.name}`,
			description: `Remove ${withArticle(type)} from BildOut for good`,
		},
		properties: shownFor(type, 'delete', [resourceLocator(type), writeOptions('delete')]),
		writes: true,
		async execute(item) {
			const id = await chosenRecord({ item, type });
			return await writeOnce(item, ['delete', type.name, id], async () => ({
				type,
				request: { method: 'DELETE', ...recordAt(type, id) },
				async onSuccess() {
					item.run.index(type).remove(id);
					return { deleted: true, id };
				},
			}));
		},
	};
}
