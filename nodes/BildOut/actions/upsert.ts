import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { invoiceStateOf, linkedIdIn } from '../assumptions';
import { isFieldUnlisted, refuseWhereDropped } from '../execution/externalId';
import type { Plan } from '../execution/preview';
import { getRecord } from '../execution/readRecord';
import { refuseWhileUnconfirmed } from '../execution/recentCreates';
import type { RecordContext, RecordWrite, RunItem } from '../execution/run';
import { writeNewOnce } from '../execution/writeOnce';
import { forNewRecord, readFields } from '../input/fields';
import { listed, valueOfLocator } from '../input/resourceLocators';
import { readMenu, saysNothing } from '../input/values';
import type { RecordType } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { planCreate } from './create';
import {
	additionalFields,
	KEEPS_THE_REST,
	optionalParameters,
	writtenFor,
} from './fieldParameters';
import { type Operation, shownFor } from './operation';
import { confirmLookup, planUpdate } from './update';

export const upsertOption = (record: string): Operation['option'] => ({
	name: 'Create or Update',
	action: `Create or update ${record}`,
	description: 'Create a new record, or update the current one if it already exists (upsert)',
});

/** @param draft what else may be done */
export function ifExistsMenu(
	record: string,
	update: string,
	draft?: INodePropertyOptions,
): INodeProperties {
	return {
		displayName: 'If It Exists',
		name: 'ifExists',
		type: 'options',
		default: 'update',
		options: [
			{
				name: 'Leave It as It Is',
				value: 'leave',
				description: `Returns the existing ${record} without changing it`,
			},
			{ name: 'Update It', value: 'update', description: update },
			...(draft ? [draft] : []),
		],
		description: `What to do when BildOut has the ${record} already`,
	};
}

const ifExists = ifExistsMenu('record', 'The fields given here are changed');

export function upsertOperation(type: RecordType): Operation {
	const { name, email, owner, matchBy, properties } = panelOf(type);
	const noEmail = `To find the ${type.name} by its name instead, choose Name under 'Match By'.`;
	return {
		option: upsertOption(type.name),
		properties: shownFor(type, 'upsert', [...properties, writeOptions('upsert')]),
		writes: true,
		async execute(item) {
			const isByEmail = matchBy !== undefined && readMenu(item, matchBy) === 'email';
			const values = {
				...item.collection('additionalFields'),
				...ownerIn(item, owner),
				...(isByEmail ? { email: item.required('email', email!.displayName, noEmail) } : {}),
				name: item.required('name', name.displayName),
			};
			const field = isByEmail ? 'email' : 'name';
			const fields = await readFields(item, values, type.fields);
			const write = { item, type, fields };
			const lookUp = async () => await findExisting(write, field);
			return await writeUpsert(write, field, ifExists, lookUp);
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

/**
 * The output has `upsert`: `created`, `updated` or `found`.
 *
 * @param field by which the record is known
 * @param menu what to do with a record that exists
 * @param lookUp finds its ID; throws a NodeOperationError where several have the field's value
 */
export async function writeUpsert(
	write: RecordWrite,
	field: string,
	menu: INodeProperties,
	lookUp: () => Promise<string | undefined>,
): Promise<IDataObject[]> {
	const { item, type, fields } = write;
	const choice = readMenu(item, menu);
	const requestKey = ['upsert', type.name, field, choice, fields];
	return await writeNewOnce(write, requestKey, async (entry) => {
		// What this item wrote before is its record, whatever an earlier item has made of it meanwhile.
		const written = entry.recordPath?.split('/')[1];
		const id = written ?? (await lookUp());
		if (id === undefined || entry.unchecked === 'created') {
			await refuseWhileUnconfirmed(write);
			refuseWhereDropped(write, 'created');
			const newRecord = {
				...write,
				fields: forNewRecord(type, fields),
				isFieldUnlisted: await isFieldUnlisted(write),
			};
			return marked(await planCreate(newRecord, entry), 'created');
		}
		if (choice === 'leave') {
			item.run.stats.countFound(id, fields.name);
			return marked({ output: await getRecord(write, id) }, 'found');
		}
		refuseWhereDropped(write, 'updated');
		const plan = await planUpdate(write, entry, id);
		if (!written) await confirmLookup(write, id, lookUp);
		if (choice === 'updateDraft' && 'request' in plan) {
			// The state is that of the record as it was read for the update, which is newer than the list's.
			const current = plan.current ?? (await getRecord(write, id));
			if (invoiceStateOf(current) !== 'draft') return marked({ output: current }, 'found');
		}
		return marked(plan, 'updated');
	});
}

/** The plan with what it does in its output. */
function marked(plan: Plan, upsert: 'created' | 'updated' | 'found'): Plan {
	const withMark = (output: IDataObject | IDataObject[]) => ({ ...output, upsert });
	if ('output' in plan) return { ...plan, output: withMark(plan.output) };
	const onSuccess: typeof plan.onSuccess = async (response) =>
		withMark(await plan.onSuccess(response));
	return { ...plan, onSuccess, wasLookedUp: true };
}

/** The ID of the record that has the same value as the fields, and belongs to the same record as they do. */
async function findExisting(write: RecordWrite, field: string): Promise<string | undefined> {
	const { item, type, fields } = write;
	let matches = await item.run.index(type).find(item, field, fields[field]);
	const { nameScope } = type;
	const owner = nameScope ? fields[nameScope] : undefined;
	if (nameScope && owner !== undefined && owner !== null) {
		const owners = await Promise.all(
			matches.map(async (match) => {
				// Nothing says that lists carry whole records.
				const shown = linkedIdIn(match, nameScope);
				if (shown !== undefined) return shown;
				return linkedIdIn(await getRecord(write, String(match.id)), nameScope);
			}),
		);
		matches = matches.filter((_, index) => String(owners[index]) === String(owner));
	}
	const known = `${field} '${String(fields[field])}'`;
	return onlyMatch(write, matches, known, 'Merge them in BildOut');
}

/**
 * The ID of the record that was found, if any.
 *
 * @param known by what all of them are known, e.g. `email 'office@summitroofing.com'`
 * @throws NodeOperationError for several
 */
export function onlyMatch(
	{ item, type }: RecordContext,
	matches: IDataObject[],
	known: string,
	hint: string,
): string | undefined {
	if (matches.length > 1) {
		item.fail(
			`${matches.length} ${type.name}s have the ${known}: ${listed(matches, type)}`,
			`Nothing was changed. ${hint}, or use the operation Update with the ID of the right ${type.name}.`,
		);
	}
	return matches.length === 1 ? String(matches[0].id) : undefined;
}

/** What tells whether the record exists (only people have an email), what to do then, and the other fields. */
function panelOf(type: RecordType) {
	const parameterOf = (field: string | undefined) =>
		writtenFor(type, 'create').find(({ api }) => api === field)?.parameter;
	const name = parameterOf('name')!;
	const email = parameterOf('email');
	const owner = parameterOf(type.nameScope);
	const matchBy: INodeProperties | undefined = email && {
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
	const additional = optionalParameters(type)
		.filter((parameter) => parameter !== owner)
		.map((parameter) =>
			parameter === email
				? // It has a place of its own when it is what records are matched by.
					{ ...email, displayOptions: { show: { '/matchBy': ['name'] } } }
				: parameter,
		);
	const properties: INodeProperties[] = [];
	if (email && matchBy) {
		properties.push(matchBy, {
			...email,
			required: true,
			displayOptions: { show: { matchBy: ['email'] } },
			description: `The email to look for, and to give a new ${type.name}`,
		});
	}
	if (owner) {
		properties.push({
			...owner,
			description: `${owner.description}. A ${type.name} of another ${owner.displayName.toLowerCase()} with the same name is another ${type.name}. Leave it empty to look among all ${type.name}s.`,
		});
	}
	properties.push(
		{
			...name,
			description: email
				? `The name to give the ${type.name}. One that exists already is renamed to it. ${type.renaming ?? ''}`.trim()
				: `The name to look for, and to give a new ${type.name}. Upper and lower case count as the same.`,
		},
		ifExists,
		additionalFields(additional, KEEPS_THE_REST),
	);
	return { name, email, owner, matchBy, properties };
}
