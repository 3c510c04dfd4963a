import type { INodeProperties } from 'n8n-workflow';

import type { RecordType } from '../records/recordType';
import { customFields } from './commonParameters';
import {
	additionalFields,
	byLabel,
	withAgentVariant,
	KEEPS_THE_REST,
	optionalParameters,
	writtenFor,
} from './fieldParameters';

const ifExists: INodeProperties = {
	displayName: 'If It Exists',
	name: 'ifExists',
	type: 'options',
	default: 'update',
	options: [
		{
			name: 'Leave It as It Is',
			value: 'leave',
			description: 'Nothing is changed, and the record that exists is put out',
		},
		{ name: 'Update It', value: 'update', description: 'The fields given here are changed' },
	],
	description: 'What to do when BildOut has the record already',
};

/** What tells whether the record exists, what to do then, and the other fields. */
export function upsertParameters(type: RecordType): INodeProperties[] {
	const { name, email, owner } = matchedBy(type);
	const additional = optionalParameters(type)
		.filter((parameter) => parameter !== owner)
		.map((parameter) =>
			parameter === email
				? // It has a place of its own when it is what records are matched by.
					{ ...email, displayOptions: { show: { '/matchBy': ['name'] } } }
				: parameter,
		);
	return [
		...(email ? matchBy(type, email, name) : []),
		...(owner
			? [
					{
						...owner,
						description: `${owner.description}. A ${type.name} of another ${owner.displayName.toLowerCase()} with the same name is another ${type.name}. Leave it empty to look among all ${type.name}s.`,
					},
				]
			: []),
		{
			...name,
			description: email
				? `The name to give the ${type.name}. One that exists already is renamed to it.`
				: `The name to look for, and to give a new ${type.name}. Upper and lower case count as the same.`,
		},
		ifExists,
		{
			...additionalFields(type),
			description: KEEPS_THE_REST,
			options: byLabel([customFields, ...additional].flatMap(withAgentVariant)),
		},
	];
}

/** The parameters of the fields that tell a record from others: only people have an email. */
export function matchedBy(type: RecordType): {
	name: INodeProperties;
	email?: INodeProperties;
	owner?: INodeProperties;
} {
	const parameterOf = (field: string | undefined) =>
		writtenFor(type, 'create').find(({ api }) => api === field)?.parameter;
	return {
		name: parameterOf('name')!,
		email: parameterOf('email'),
		owner: parameterOf(type.nameScope),
	};
}

/** 'Match By' and the email to look for. */
function matchBy(
	type: RecordType,
	email: INodeProperties,
	name: INodeProperties,
): INodeProperties[] {
	return [
		{
			displayName: 'Match By',
			name: 'matchBy',
			type: 'options',
			default: 'email',
			options: [email, name].map((parameter) => ({
				name: parameter.displayName,
				value: parameter.name,
				description: `The ${type.name} that has the same ${parameter.name} is the one`,
			})),
			description: `How to tell whether the ${type.name} already exists. Upper and lower case count as the same.`,
		},
		{
			...email,
			required: true,
			displayOptions: { show: { matchBy: ['email'] } },
			description: `The email to look for, and to give a new ${type.name}`,
		},
	];
}
