import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invoiceStateOf } from '../assumptions';
import { checkListed } from '../execution/checkKept';
import { getRecord } from '../execution/readRecord';
import { refuseWhileUnconfirmed, withRecordLock } from '../execution/recentCreates';
import type { WriteEntry } from '../execution/writeJournal';
import type { Plan } from '../execution/plan';
import { writeOnce } from '../execution/writeOnce';
import type { InputItem } from '../input/inputItem';
import { listed } from '../input/resourceLocators';
import { forNewRecord } from '../input/fields';
import { readMenu } from '../input/values';
import { invoiceRecord } from '../records/invoice';
import type { RecordType } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { planCreate, readNewRecord } from './create';
import { externalId, hasExternalId, withRequiredExternalId } from './externalId';
import { additionalFields, requiredFields } from './fieldParameters';
import { newLines } from './invoiceLines/change';
import { type Operation, shownFor } from './operation';
import { confirmLookup, planUpdate } from './update';
import { marked } from './upsert';

const extension = withRequiredExternalId(invoiceRecord, newLines);

type IfExists = 'leave' | 'update' | 'updateDraft';

const ifExists: INodeProperties = {
	displayName: 'If It Exists',
	name: 'ifExists',
	type: 'options',
	default: 'updateDraft',
	options: [
		{
			name: 'Leave It as It Is',
			value: 'leave',
			description: 'Returns the existing invoice without changing it',
		},
		{
			name: 'Update It',
			value: 'update',
			description:
				'The fields and line items given here are changed, also of an invoice that was sent',
		},
		{
			name: 'Update It If It Is a Draft',
			value: 'updateDraft',
			description: 'Returns an invoice that is not a draft without changing it',
		},
	],
	description: 'What to do when BildOut has the invoice already',
};

/** Creates an invoice, or finds the one with the same External ID, so that an import can be run again. */
export const upsertInvoice: Operation = {
	option: {
		name: 'Create or Update',
		action: 'Create or update invoice',
		description: 'Create a new record, or update the current one if it already exists (upsert)',
	},
	properties: shownFor(invoiceRecord, 'upsert', [
		{
			...externalId,
			required: true,
			description:
				'What the invoice is known by in the system that it comes from. An invoice that has it already is not created again. Upper and lower case are different.',
		},
		...requiredFields(invoiceRecord).map(({ parameter }) => parameter),
		...extension.parameters,
		ifExists,
		additionalFields(invoiceRecord),
		writeOptions('upsert', extension.options),
	]),
	writes: true,
	async execute(item) {
		const choice = readMenu(item, ifExists) as IfExists;
		const field = extension.keptField!(item)!;
		const body = await readNewRecord(item, invoiceRecord, extension);
		const type = knownBy(field);
		return await withRecordLock(
			item,
			type,
			body,
			async () =>
				await writeOnce(
					item,
					['upsert', type.name, field, choice, body],
					async (entry) => await planUpsert(item, type, field, choice, body, entry),
				),
		);
	},
};

const types = new Map<string, RecordType>();

/** Invoices that are known by a field of their own as well; one for each field, since look-ups go by it. */
function knownBy(field: string): RecordType {
	const type = types.get(field) ?? {
		...invoiceRecord,
		lookupKeys: [
			{ field, mode: 'external ID', placeholder: 'e.g. JOB-1042-3' },
			...invoiceRecord.lookupKeys,
		],
	};
	types.set(field, type);
	return type;
}

async function planUpsert(
	item: InputItem,
	type: RecordType,
	field: string,
	choice: IfExists,
	body: IDataObject,
	entry: WriteEntry,
): Promise<Plan> {
	const written = entry.record?.split('/')[1];
	const lookUp = async () => await findExisting(item, type, field, body[field]);
	const id = written ?? (await lookUp());
	if (id === undefined || entry.unchecked === 'created') {
		await refuseWhileUnconfirmed(item, type, body);
		const isNew = await checkListed(item, type, field);
		return marked(
			await planCreate(item, type, forNewRecord(type, body), entry, { keptField: field, isNew }),
			'created',
		);
	}
	if (choice === 'leave') return marked({ output: await getRecord(item, type, id) }, 'found');
	const plan = await planUpdate(item, type, id, body, entry);
	if (!written) await confirmLookup(item, type, id, lookUp);
	if (choice === 'updateDraft' && 'request' in plan) {
		// The state is that of the record as it was read for the update, which is newer than the list's.
		const current = plan.current ?? (await getRecord(item, type, id));
		if (invoiceStateOf(current) !== 'draft') return marked({ output: current }, 'found');
	}
	return marked(plan, 'updated');
}

/**
 * The ID of the invoice that has the External ID.
 *
 * @throws NodeOperationError when several have it
 */
async function findExisting(
	item: InputItem,
	type: RecordType,
	field: string,
	id: unknown,
): Promise<string | undefined> {
	const found = await item.run.index(type).find(item, field, id, true);
	const matches = found.filter((record) => hasExternalId(record, field, id));
	if (matches.length > 1) {
		item.fail(
			`${matches.length} invoices have the External ID '${String(id)}': ${listed(matches, type)}`,
			'Nothing was changed. Remove the ID from all but one of them in BildOut, or use the operation Update with the ID of the right invoice.',
		);
	}
	return matches.length === 1 ? String(matches[0].id) : undefined;
}
