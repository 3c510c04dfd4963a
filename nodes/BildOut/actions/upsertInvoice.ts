import type { INodeProperties } from 'n8n-workflow';

import { writeNewOnce } from '../execution/writeOnce';
import type { RunItem } from '../execution/run';
import { listed } from '../input/resourceLocators';
import { readMenu } from '../input/values';
import { invoiceRecord } from '../records/invoice';
import type { RecordType } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { readNewRecord } from './create';
import { externalId, hasExternalId, withRequiredExternalId } from './externalId';
import { additionalFields, requiredFields } from './fieldParameters';
import { newLines } from './invoiceLines/change';
import { type Operation, shownFor } from './operation';
import { planUpsert, type Upsert } from './upsert';

const extension = withRequiredExternalId(invoiceRecord, newLines);

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
		const choice = readMenu(item, ifExists) as Upsert['ifExists'];
		const field = extension.keptField!(item)!;
		const body = await readNewRecord(item, invoiceRecord, extension);
		const type = knownBy(field);
		const upsert = {
			ifExists: choice,
			lookUp: async () => await findExisting(item, type, field, body[field]),
			keptField: field,
		};
		return await writeNewOnce(
			item,
			type,
			body,
			['upsert', type.name, field, choice, body],
			async (entry) => await planUpsert(item, type, upsert, body, entry),
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

/**
 * The ID of the invoice that has the External ID.
 *
 * @throws NodeOperationError when several have it
 */
async function findExisting(
	item: RunItem,
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
