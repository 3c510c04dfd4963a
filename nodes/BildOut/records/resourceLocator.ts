import type { INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';

import { capitalized, type RecordType, withArticle } from './recordType';
import { RECORD_ID, webPathsOf } from '../assumptions';

/** The parameter that chooses a record, as n8n's UX guidelines want it: from a list, or by what is known of it. */
export function resourceLocator(
	type: RecordType,
	description = `The ${type.alias ?? type.name} in BildOut`,
): INodeProperties {
	const webPaths = webPathsOf(type.path);
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
			...type.lookupKeys.map(({ mode, placeholder }) => ({
				displayName: `By ${capitalized(mode)}`,
				name: mode,
				type: 'string' as const,
				placeholder,
			})),
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${SAMPLE_ID}`,
				validation: [mustMatch(idPattern(type), `This is not the ID of ${withArticle(type)}`)],
			},
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: `e.g. https://bildout.com/${webPaths[0]}/${SAMPLE_ID}`,
				validation: [
					mustMatch(
						`.*/(${webPaths.join('|')})/[^/]+.*`,
						`The address of ${withArticle(type)} has /${webPaths[0]}/ and its ID in it`,
					),
				],
			},
		],
	};
}

/** One that may be left empty; `whenEmpty` says what that means, where nothing is chosen yet. */
export function optionalResourceLocator(
	type: RecordType,
	description: string,
	whenEmpty?: string,
): INodeProperties {
	const parameter = optional(resourceLocator(type, description));
	const modes = parameter.modes?.map((mode) =>
		mode.name === 'list' ? { ...mode, placeholder: whenEmpty ?? mode.placeholder } : mode,
	);
	return { ...parameter, modes };
}

export function optional(parameter: INodeProperties): INodeProperties {
	const copy = { ...parameter };
	delete copy.required;
	return copy;
}

/**
 * An ID, and whatever else is understood instead when the node runs. Longer than 1,000 characters is none of
 * them, and would take n8n more time than it gives a pattern.
 */
function idPattern({ lookupKeys }: RecordType): string {
	const others = lookupKeys.flatMap(({ pattern }) => pattern?.source ?? []);
	const patterns = ['https?://.+', RECORD_ID.source, ...others];
	return `(?![^]{1001})\\s*(${patterns.map((pattern) => pattern.replace(/^\^|\$$/g, '')).join('|')})\\s*`;
}

/** n8n tells the user of a fault before the node runs; an expression is not looked at. */
function mustMatch(regex: string, errorMessage: string): INodePropertyModeValidation {
	return { type: 'regex', properties: { regex, errorMessage } };
}

const SAMPLE_ID = '3f2b8c1e-9d4a-4b6f-8e21-7c5a9d0b1e2f';

/** The name of the method that lists such records, by which n8n calls it. */
export function searchMethodName({ name }: RecordType): string {
	return `search${capitalized(name)}s`;
}
