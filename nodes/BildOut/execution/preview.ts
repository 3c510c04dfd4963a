import type { IDataObject } from 'n8n-workflow';

import { statusOf } from '../api/errors';
import { toDecimal, toOutput, ZERO } from '../accounting/money';
import { readSwitch } from '../input/values';
import type { RecordType } from '../records/recordType';
import { withoutServerOwned } from './serverOwned';
import { changesBetween } from './changes';
import { pricedLines } from '../accounting/compareInvoice';
import { explainTotal, totalBy, totalRules } from '../accounting/invoiceTotals';
import { getRecord, unwrap } from './readRecord';
import type { Plan, PlannedWrite, PreviewKind } from './plan';
import type { RunItem } from './runState';

/** The ID of a record that would be created, inside the run only. */
const NEW_ID = 'new record of item ';

/**
 * Whether the item's write is only previewed.
 *
 * @throws NodeOperationError for an expression that yields nothing: nobody can tell what it was to say
 */
export function isPreviewOnly(item: RunItem): boolean {
	const { previewOnly } = item.collection('options');
	if (item.yieldsNothing('options', 'previewOnly', previewOnly)) {
		item.fail(
			"The expression for 'Preview Only' returned no value",
			'Nothing was sent. Let it return true or false, or remove the option.',
		);
	}
	return readSwitch(item, 'Preview Only', previewOnly);
}

/** What an item's plan would change. It is kept for the later items of the run; nothing is sent but reads. */
export async function previewOf(item: RunItem, plan: Plan): Promise<IDataObject> {
	const resource = String(item.param('resource', ''));
	const preview =
		'output' in plan
			? unchanged(plan.output, resource === 'invoice')
			: await previewOfWrite(item, plan);
	item.run.stats.countPreview(preview.preview as PreviewKind);
	const { preview: kind, id, ...rest } = preview;
	const isNew = String(id).startsWith(NEW_ID);
	return { preview: kind, resource, id: isNew ? null : id, ...rest };
}

function unchanged(output: IDataObject | IDataObject[], isInvoice: boolean): IDataObject {
	const [record] = [output].flat();
	const amount = toDecimal(record?.total);
	const total = amount ? toOutput(amount) : null;
	return {
		preview: 'none',
		id: record?.id ?? null,
		changes: [],
		...(isInvoice ? { total: { before: total, after: total } } : {}),
		body: null,
	};
}

async function previewOfWrite(item: RunItem, plan: PlannedWrite): Promise<IDataObject> {
	const { request, type } = plan;
	const { method, path, body } = request;
	const sent = Array.isArray(body) ? {} : (body ?? {});
	if (!type) return await previewOfRequest(item, plan, sent);
	if (method === 'POST') {
		const id = `${NEW_ID}${item.index}`;
		const { total } = totals(type, undefined, sent);
		// BildOut makes a draft of an invoice that is created without a status.
		const own = total ? { status: 'draft', total: total.after } : {};
		remember(item, type, id, { ...own, ...sent, id });
		return {
			preview: 'create',
			id: null,
			changes: changesBetween({}, sent) as never,
			...(total ? { total } : {}),
			body: sent,
		};
	}
	const id = path[path.length - 1];
	const whole = plan.current ?? (await getRecord(item, type, id));
	const current = withoutServerOwned(type, whole);
	if (method === 'DELETE') {
		remember(item, type, id, null);
		return {
			preview: 'delete',
			id,
			changes: changesBetween(current, {}) as never,
			...totals(type, whole, undefined),
			body: null,
		};
	}
	const isPartial = plan.current === undefined;
	// A partial update says nothing of the fields that it leaves out.
	const changes = changesBetween(isPartial ? chosen(current, Object.keys(sent)) : current, sent);
	const after = { ...(isPartial ? current : {}), ...sent };
	const { total } = totals(type, whole, after);
	remember(item, type, id, { ...whole, ...after, ...(total ? { total: total.after } : {}), id });
	return {
		preview: changes.length === 0 ? 'none' : 'update',
		id,
		changes: changes as never,
		...(total ? { total } : {}),
		body: sent,
	};
}

/** An API request may be about anything; what it would change is read where BildOut lets it be read. */
async function previewOfRequest(
	item: RunItem,
	{ request }: PlannedWrite,
	sent: IDataObject,
): Promise<IDataObject> {
	const { method, path, target, body = null } = request;
	if (method === 'POST') {
		return { preview: 'create', id: null, changes: changesBetween({}, sent) as never, body };
	}
	const read = item.request({ method: 'GET', path, target }).catch((error: Error) => {
		const status = statusOf(error) ?? 0;
		if (status < 400 || status >= 500 || status === 429) throw error;
		return undefined;
	});
	const response = await read;
	const current = response && unwrap(response);
	const isDeleted = method === 'DELETE';
	const before = current && (isDeleted ? current : chosen(current, Object.keys(sent)));
	return {
		preview: isDeleted ? 'delete' : 'update',
		id: path[path.length - 1],
		changes: (before ? changesBetween(before, sent) : []) as never,
		body,
	};
}

function chosen(record: IDataObject, fields: string[]): IDataObject {
	return Object.fromEntries(
		fields.filter((field) => field in record).map((field) => [field, record[field]]),
	);
}

/** Lets the later items of the run find the record as this one would leave it; null where it is gone. */
function remember(item: RunItem, type: RecordType, id: string, record: IDataObject | null): void {
	item.run.previews.set(`${type.path}/${id}`, record);
	const index = item.run.index(type);
	if (record) index.upsert(record);
	else index.remove(id);
}

/** The total of an invoice before and after, by the rule that explains the one that it has. */
function totals(
	{ rows }: RecordType,
	before: IDataObject | undefined,
	after: IDataObject | undefined,
): { total?: IDataObject } {
	if (!rows) return {};
	const has = toDecimal(before?.total);
	const known = before && pricedLines(before[rows.field]);
	const currency = after?.currency ?? before?.currency;
	const discount = (record: IDataObject | undefined) => toDecimal(record?.discount_total) ?? ZERO;
	const explained = has && known && explainTotal(has, known, discount(before), before.currency);
	const rule = explained?.isExact ? explained.rule : totalRules(currency)[0];
	const lines = after && pricedLines(after[rows.field]);
	const will = lines && totalBy(rule, lines, discount(after));
	return {
		total: { before: has ? toOutput(has) : null, after: will ? toOutput(will) : null },
	};
}
