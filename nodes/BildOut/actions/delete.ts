import { statusOf } from '../api/errors';
import { writeOnce } from '../execution/writeOnce';
import { type RecordType, targetOf, withArticle } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { writeOptions } from './commonParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

/** Whether there is no such record: where an earlier attempt may have deleted it, that is as it should be. */
export function isGone(error: Error): boolean {
	return [404, 410].includes(statusOf(error) ?? 0);
}

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
			const id = await chosenRecord(item, type);
			const recordPath = `${type.path}/${id}`;
			return await writeOnce(item, ['delete', type.name, id], async (entry) => {
				// It went out before: its response was lost, or an earlier item wrote the record after it.
				const wasSent = entry.recordPath === recordPath;
				return {
					type,
					request: { method: 'DELETE', path: [type.path, id], target: targetOf(type, id) },
					recordPath,
					send: async (request) =>
						await item.request(request).catch((error: Error) => {
							if (wasSent && isGone(error)) return {};
							throw error;
						}),
					async onSuccess() {
						item.run.index(type).remove(id);
						return { deleted: true, id };
					},
				};
			});
		},
	};
}
