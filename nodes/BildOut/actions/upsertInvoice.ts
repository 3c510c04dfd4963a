import type { INodeProperties } from 'n8n-workflow';

import type { RunItem } from '../execution/run';
import { NEVER_SENT } from '../input/customFields';
import { formatValue, oneLine } from '../input/text';
import { asText, saysNothing } from '../input/values';
import { invoiceRecord } from '../records/invoice';
import type { RecordType } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { type Extension, readNewRecord } from './create';
import { additionalFields, optionalParameters, requiredFields } from './fieldParameters';
import { newLines } from './invoiceLines/read';
import { type Operation, shownFor } from './operation';
import { ifExistsMenu, onlyMatch, upsertOption, writeUpsert } from './upsert';

/**
 * Invoices have an ID from another system, kept in a custom field, by which a second run finds what the first
 * created.
 */
const externalId: INodeProperties = {
	displayName: 'External ID',
	name: 'externalId',
	type: 'string',
	default: '',
	placeholder: 'e.g. JOB-1042-3',
	description:
		'What the invoice is known by in the system that it comes from. It is kept in the custom field that External ID Field names under Options.',
};

const externalIdField: INodeProperties = {
	displayName: 'External ID Field',
	name: 'externalIdField',
	type: 'string',
	default: 'external_id',
	placeholder: 'e.g. external_id',
	description: "The custom field that keeps the External ID, as BildOut's output spells it",
};

/** The lines of a new invoice and its External ID, where one is given. */
function withId(idOf: (item: RunItem) => unknown): Extension {
	return {
		...newLines,
		options: [externalIdField],
		read(item) {
			const id = idOf(item);
			const { fields } = newLines.read(item);
			if (saysNothing(item, id)) return { fields };
			const field = fieldName(item);
			const text = plainId(asText(item, "'External ID'", id));
			return { fields: { ...fields, [field]: text }, externalIdField: field };
		},
	};
}

/** A new invoice, with the External ID that its Additional Fields may have. */
export const newInvoice: Extension = {
	...withId((item) => item.collection('additionalFields').externalId),
	members: [externalId],
};

const knownInvoice = withId((item) => item.required('externalId', 'External ID'));

/** Without what nobody sees: spreadsheets of two programs would give two IDs. */
function plainId(text: string): string {
	return oneLine(text).normalize('NFC');
}

/** The name of the custom field. */
function fieldName(item: RunItem): string {
	const { default: initial } = externalIdField;
	const given = item.collection('options').externalIdField;
	const name = oneLine(String(given === undefined ? initial : (given ?? '')));
	const taken = [...invoiceRecord.fields.map(({ api }) => api), ...invoiceRecord.serverOwned];
	const isTaken = taken.includes(name.toLowerCase());
	if (/^[a-z_][\w-]*$/i.test(name) && !isTaken && !NEVER_SENT.includes(name)) return name;
	return item.fail(
		isTaken
			? `'External ID Field' is ${formatValue(name)}, which BildOut uses for something else`
			: `'External ID Field' must be the name of a field, got ${formatValue(given)}`,
		`Enter the name of a custom field, such as ${String(initial)}, or remove the option.`,
	);
}

const ifExists: INodeProperties = {
	...ifExistsMenu(
		'invoice',
		'The fields and line items given here are changed, also of an invoice that was sent',
		{
			name: 'Update It If It Is a Draft',
			value: 'updateDraft',
			description: 'Returns an invoice that is not a draft without changing it',
		},
	),
	default: 'updateDraft',
};

/** Creates an invoice, or finds the one with the same External ID, so that an import can be run again. */
export const upsertInvoice: Operation = {
	option: upsertOption('invoice'),
	properties: shownFor(invoiceRecord, 'upsert', [
		{
			...externalId,
			required: true,
			description:
				'What the invoice is known by in the system that it comes from. An invoice that has it already is not created again. Upper and lower case are different.',
		},
		...requiredFields(invoiceRecord).map(({ parameter }) => parameter),
		...knownInvoice.parameters,
		ifExists,
		additionalFields(optionalParameters(invoiceRecord)),
		writeOptions('upsert', knownInvoice.options),
	]),
	writes: true,
	async execute(item) {
		const given = await readNewRecord({ item, type: invoiceRecord }, knownInvoice);
		const field = given.externalIdField!;
		const id = given.fields[field] as string;
		const write = { ...given, item, type: knownBy(field) };
		const lookUp = async () => {
			const found = await item.run.index(write.type).find(item, field, id, true);
			return onlyMatch(
				write,
				// The index takes upper and lower case for the same.
				found.filter((record) => plainId(String(record[field] ?? '')) === id),
				`External ID '${id}'`,
				'Remove the ID from all but one of them in BildOut',
			);
		};
		return await writeUpsert(write, field, ifExists, lookUp);
	},
};

/** Invoices that are known by a field of their own as well. */
function knownBy(field: string): RecordType {
	const externalKey = { field, mode: 'external ID', placeholder: 'e.g. JOB-1042-3' };
	return { ...invoiceRecord, lookupKeys: [externalKey, ...invoiceRecord.lookupKeys] };
}
