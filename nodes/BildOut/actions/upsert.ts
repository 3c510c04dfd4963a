import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invoiceStateOf, linkedIdIn } from '../assumptions';
import { checkListed } from '../execution/checkKept';
import { getRecord } from '../execution/readRecord';
import { refuseWhileUnconfirmed } from '../execution/recentCreates';
import type { WriteEntry } from '../execution/writeJournal';
import type { Plan } from '../execution/preview';
import { writeNewOnce } from '../execution/writeOnce';
import { forNewRecord, readFields } from '../input/fields';
import type { RunItem } from '../execution/run';
import { listed, valueOfLocator } from '../input/resourceLocators';
import { readMenu, saysNothing } from '../input/values';
import type { RecordType } from '../records/recordType';
import { customFields, writeOptions } from './commonParameters';
import { planCreate } from './create';
import {
	additionalFields,
	byLabel,
	KEEPS_THE_REST,
	optionalParameters,
	withAgentVariant,
	writtenFor,
} from './fieldParameters';
import { type Operation, shownFor } from './operation';
import { confirmLookup, planUpdate } from './update';

const ifExists: INodeProperties = {
	displayName: 'If It Exists',
	name: 'ifExists',
	type: 'options',
	default: 'update',
	options: [
		{
			name: 'Leave It as It Is',
			value: 'leave',
			description: 'Returns the existing record without changing it',
		},
		{ name: 'Update It', value: 'update', description: 'The fields given here are changed' },
	],
	description: 'What to do when BildOut has the record already',
};

export function upsertOperation(type: RecordType): Operation {
	return {
		option: {
			name: 'Create or Update',
			action: `Create or update ${type.name}`,
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
		properties: shownFor(type, 'upsert', [...upsertParameters(type), writeOptions('upsert')]),
		writes: true,
		async execute(item) {
			const { email, name, owner } = matchedBy(type);
			const isByEmail =
				email !== undefined && readMenu(item, matchByMenu(type, email, name)) === 'email';
			const values = {
				...item.collection('additionalFields'),
				...ownerIn(item, owner),
				...(isByEmail ? { email: item.required('email', 'Email', matchByName(type)) } : {}),
				name: item.required('name', 'Name'),
			};
			const field = isByEmail ? 'email' : 'name';
			const choice = readMenu(item, ifExists) as Upsert['ifExists'];
			const fields = await readFields(item, values, type.fields);
			const upsert = {
				ifExists: choice,
				lookUp: async () => await findExisting(item, type, field, fields),
			};
			return await writeNewOnce(
				item,
				type,
				fields,
				['upsert', type.name, field, choice, fields],
				async (entry) => await planUpsert(item, type, upsert, fields, entry),
			);
		},
	};
}

/** Left empty, it says where to look, not that the record has none. */
function ownerIn(item: RunItem, owner: INodeProperties | undefined): IDataObject {
	const value = owner && item.param(owner.name, '');
	const given = valueOfLocator(value);
	if (!owner || (given !== undefined && saysNothing(item, given))) return {};
	return { [owner.name]: value as IDataObject[string] };
}

/** How an upsert tells whether the record exists, and what it does when it does. */
export interface Upsert {
	/** The ID of the record that exists; throws a NodeOperationError where several do. */
	lookUp: () => Promise<string | undefined>;
	ifExists: 'update' | 'leave' | 'updateDraft';
	/** The field by which a record that is created must be found again. */
	keptField?: string;
}

/**
 * Changes the record that exists, or leaves it as it is, or creates one when there is none. The output has
 * `upsert`: `created`, `updated` or `found`.
 */
export async function planUpsert(
	item: RunItem,
	type: RecordType,
	{ lookUp, ifExists, keptField }: Upsert,
	fields: IDataObject,
	entry: WriteEntry,
): Promise<Plan> {
	// What this item wrote before is its record, whatever an earlier item has made of it meanwhile.
	const written = entry.record?.split('/')[1];
	const id = written ?? (await lookUp());
	if (id === undefined || entry.unchecked === 'created') {
		await refuseWhileUnconfirmed(item, type, fields);
		const isNew = keptField !== undefined && (await checkListed(item, type, keptField));
		const kept = { keptField, isNew };
		return marked(await planCreate(item, type, forNewRecord(type, fields), entry, kept), 'created');
	}
	if (ifExists === 'leave') {
		item.run.stats.countFound(id, fields.name);
		return marked({ output: await getRecord(item, type, id) }, 'found');
	}
	const plan = await planUpdate(item, type, id, fields, entry);
	if (!written) await confirmLookup(item, type, id, lookUp);
	if (ifExists === 'updateDraft' && 'request' in plan) {
		// The state is that of the record as it was read for the update, which is newer than the list's.
		const current = plan.current ?? (await getRecord(item, type, id));
		if (invoiceStateOf(current) !== 'draft') return marked({ output: current }, 'found');
	}
	return marked(plan, 'updated');
}

/** The plan with what it does in its output. */
function marked(plan: Plan, upsert: 'created' | 'updated' | 'found'): Plan {
	const withMark = (output: IDataObject | IDataObject[]) => ({ ...output, upsert });
	if ('output' in plan) return { ...plan, output: withMark(plan.output) };
	return { ...plan, onSuccess: async (response) => withMark(await plan.onSuccess(response)) };
}

/**
 * The ID of the record that has the same value as the fields, and belongs to the same record as they do.
 *
 * @throws NodeOperationError when several records have the value
 */
async function findExisting(
	item: RunItem,
	type: RecordType,
	field: string,
	fields: IDataObject,
): Promise<string | undefined> {
	let matches = await item.run.index(type).find(item, field, fields[field]);
	const { nameScope } = type;
	const owner = nameScope ? fields[nameScope] : undefined;
	if (nameScope && owner !== undefined && owner !== null) {
		const owners = await Promise.all(
			matches.map(async (match) => {
				// Nothing says that lists carry whole records.
				const shown = linkedIdIn(match, nameScope);
				if (shown !== undefined) return shown;
				return linkedIdIn(await getRecord(item, type, String(match.id)), nameScope);
			}),
		);
		matches = matches.filter((_, index) => String(owners[index]) === String(owner));
	}
	if (matches.length > 1) {
		item.fail(
			`${matches.length} ${type.name}s have the ${field} '${String(fields[field])}': ${listed(matches, type)}`,
			`Nothing was changed. Merge them in BildOut, or use the operation Update with the ID of the right ${type.name}.`,
		);
	}
	return matches.length === 1 ? String(matches[0].id) : undefined;
}

/** What tells whether the record exists, what to do then, and the other fields. */
function upsertParameters(type: RecordType): INodeProperties[] {
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
				? `The name to give the ${type.name}. One that exists already is renamed to it. ${type.renaming ?? ''}`.trim()
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
function matchedBy(type: RecordType): {
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

function matchByMenu(
	type: RecordType,
	email: INodeProperties,
	name: INodeProperties,
): INodeProperties {
	return {
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
	};
}

/** What to do about an item without an email. */
function matchByName({ name }: RecordType): string {
	return `To find the ${name} by its name instead, choose Name under 'Match By'.`;
}

/** 'Match By' and the email to look for. */
function matchBy(
	type: RecordType,
	email: INodeProperties,
	name: INodeProperties,
): INodeProperties[] {
	return [
		matchByMenu(type, email, name),
		{
			...email,
			required: true,
			displayOptions: { show: { matchBy: ['email'] } },
			description: `The email to look for, and to give a new ${type.name}`,
		},
	];
}
