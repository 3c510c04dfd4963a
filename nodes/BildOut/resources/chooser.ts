import type { INodeProperties } from 'n8n-workflow';

import { type RecordType, withArticle } from '../operations/recordTypes';
import { searchMethod, type SearchMethod } from '../listSearch/searchList';

/** The parameter that chooses a record, as n8n's UX guidelines want it: from a list, or by what is known of it. */
export function chooser(
	type: RecordType,
	description = `The ${type.calledBy ?? type.name} in BildOut`,
): INodeProperties {
	return {
		displayName: capitalized(type.name),
		name: `${type.name}Id`,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${withArticle(type)}...`,
				typeOptions: { searchListMethod: searchMethodName(type), searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${SAMPLE_ID}`,
			},
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: `e.g. https://bildout.com/${type.webPaths[0]}/${SAMPLE_ID}`,
			},
			...type.knownBy.map(({ mode, placeholder }) => ({
				displayName: `By ${capitalized(mode)}`,
				name: mode,
				type: 'string' as const,
				placeholder,
			})),
		],
	};
}

/** One that may be left empty. */
export function optionalChooser(type: RecordType, description: string): INodeProperties {
	return optional(chooser(type, description));
}

export function optional(parameter: INodeProperties): INodeProperties {
	const copy = { ...parameter };
	delete copy.required;
	return copy;
}

const SAMPLE_ID = '3f2b8c1e-9d4a-4b6f-8e21-7c5a9d0b1e2f';

/** What the choosers of these records ask for their lists. */
export function searchMethods(types: RecordType[]): Record<string, SearchMethod> {
	return Object.fromEntries(types.map((type) => [searchMethodName(type), searchMethod(type)]));
}

function searchMethodName({ name }: RecordType): string {
	return `search${capitalized(name)}s`;
}

export function capitalized(text: string): string {
	return text[0].toUpperCase() + text.slice(1);
}
