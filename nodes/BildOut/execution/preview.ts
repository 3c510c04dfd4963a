import type { IDataObject } from 'n8n-workflow';

import { pricedLines } from '../accounting/compareInvoice';
import { explainTotal, totalBy, totalRules } from '../accounting/invoiceTotals';
import { toDecimal, toOutput, ZERO } from '../accounting/money';
import type { ApiRequest } from '../api/client';
import { statusOf } from '../api/errors';
import { isNothing, isObject } from '../api/json';
import { isEmptyCell } from '../input/text';
import { readSwitch } from '../input/values';
import type { RecordType } from '../records/recordType';
import { getRecord, unwrap, withoutServerOwned } from './readRecord';
import type { RecordContext, RunItem } from './run';
import type { PreviewKind } from './runStats';
import { isSameValue } from './sameValue';

/** A write for which everything was read and checked. */
export interface PlannedWrite {
	request: ApiRequest;
	/** Where rows are added to the record: a hash of the record without them. */
	hashBefore?: string;
	/** Whether it replaces rows that other items may have added. */
	replacesRows?: boolean;
	/** Whether BildOut was found to lack what it creates, so that a repetition creates it once. */
	wasLookedUp?: boolean;
	/** Sends the request; as it is by default. */
	send?: (request: ApiRequest) => Promise<IDataObject>;
	/** The kind of record that it writes; undefined for a request of the user's own. */
	type?: RecordType;
	/** The record as it was read for the write; without it, the request has only the fields that change. */
	current?: IDataObject;
	/** Compares the output with what was sent, and adds what it finds; throws where they must be the same. */
	check?: (output: IDataObject) => Promise<IDataObject>;
	/** Records the response, and makes the output of it. */
	onSuccess: (response: IDataObject) => Promise<IDataObject | IDataObject[]>;
	/** Records that the request may have been processed or not. */
	onLost?: () => Promise<void>;
}

/** What remains to be done for an item: a write, or nothing more than to return the output. */
export type Plan =
	| PlannedWrite
	| { output: IDataObject | IDataObject[]; check?: PlannedWrite['check'] };

/** The ID of a record that would be created, inside the run only. */
const NEW_ID = 'new record of item ';

/** @throws NodeOperationError for an expression that yields nothing: nobody can tell what it was to say */
export function isPreviewOnly(item: RunItem): boolean {
	const { previewOnly } = item.collection('options');
	if (previewOnly === undefined && !item.isTool) return false;
	if (isEmptyCell(previewOnly) && item.isExpression('options', 'previewOnly')) {
		item.fail(
			"The expression for 'Preview Only' returned no value",
			'Nothing was sent. Let it return true or false, or remove the option.',
		);
	}
	return readSwitch(item, 'Preview Only', previewOnly);
}

interface Preview extends IDataObject {
	preview: PreviewKind;
	id: IDataObject[string];
}

/** What an item's plan would change. It is kept for the later items of the run; nothing is sent but reads. */
export async function previewOf(item: RunItem, plan: Plan): Promise<IDataObject> {
	const resource = String(item.param('resource', ''));
	const { preview, id, ...rest } =
		'output' in plan
			? unchanged(plan.output, resource === 'invoice')
			: plan.type
				? await previewOfWrite({ item, type: plan.type }, plan)
				: await previewOfRequest(item, plan.request);
	item.run.stats.countPreview(preview);
	return { preview, resource, id: String(id).startsWith(NEW_ID) ? null : id, ...rest };
}

function unchanged(output: IDataObject | IDataObject[], isInvoice: boolean): Preview {
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

async function previewOfWrite(
	context: RecordContext,
	{ request: { method, path, body }, current }: PlannedWrite,
): Promise<Preview> {
	const { item, type } = context;
	const sent = bodyOf(body);
	if (method === 'POST') {
		const id = `${NEW_ID}${item.index}`;
		const total = totals(type, undefined, sent);
		// BildOut makes a draft of an invoice that is created without a status.
		const own = total.total ? { status: 'draft', total: total.total.after } : {};
		remember(context, id, { ...own, ...sent, id });
		return { preview: 'create', id: null, changes: changesBetween({}, sent), ...total, body: sent };
	}
	const id = path[path.length - 1];
	const whole = current ?? (await getRecord(context, id));
	const writable = withoutServerOwned(type, whole);
	if (method === 'DELETE') {
		remember(context, id, null);
		const total = totals(type, whole, undefined);
		return { preview: 'delete', id, changes: changesBetween(writable, {}), ...total, body: null };
	}
	// A partial update says nothing of the fields that it leaves out.
	const changed = changesBetween(current ? writable : chosen(writable, sent), sent);
	const after = current ? sent : { ...writable, ...sent };
	const total = totals(type, whole, after);
	const owed = total.total ? { total: total.total.after } : {};
	remember(context, id, { ...whole, ...after, ...owed, id });
	const preview = changed.length === 0 ? 'none' : 'update';
	return { preview, id, changes: changed, ...total, body: sent };
}

/** An API request may be about anything; what it would change is read where BildOut lets it be read. */
async function previewOfRequest(
	item: RunItem,
	{ method, path, target, body }: ApiRequest,
): Promise<Preview> {
	const sent = bodyOf(body);
	if (method === 'POST')
		return { preview: 'create', id: null, changes: changesBetween({}, sent), body: body ?? null };
	const response = await item.request({ method: 'GET', path, target }).catch((error: Error) => {
		const status = statusOf(error) ?? 0;
		if (status < 400 || status >= 500 || status === 429) throw error;
		return undefined;
	});
	const current = response && unwrap(response);
	const isDeleted = method === 'DELETE';
	return {
		preview: isDeleted ? 'delete' : 'update',
		id: path[path.length - 1],
		changes: current ? changesBetween(isDeleted ? current : chosen(current, sent), sent) : [],
		body: body ?? null,
	};
}

function bodyOf(body: ApiRequest['body']): IDataObject {
	return Array.isArray(body) ? {} : (body ?? {});
}

/** The fields of the record that are sent. */
function chosen(record: IDataObject, sent: IDataObject): IDataObject {
	const fields = Object.keys(sent).filter((field) => field in record);
	return Object.fromEntries(fields.map((field) => [field, record[field]]));
}

/** Lets the later items of the run find the record as this one would leave it; null where it is gone. */
function remember({ item, type }: RecordContext, id: string, record: IDataObject | null): void {
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

/** One field that a write changes. */
export interface Change extends IDataObject {
	/** Its path, such as `address.city` or `line_items[2].unit_price`. */
	field: string;
	/** Null where there was nothing, or will be nothing. */
	before: IDataObject[string];
	after: IDataObject[string];
}

/**
 * What differs between two states of a record. Rows are compared by position; one that is added or removed
 * is shown whole. Values that only look different, such as `"12.50"` and `12.5`, are the same.
 */
export function changesBetween(before: IDataObject, after: IDataObject, path = ''): Change[] {
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return names.flatMap((name) =>
		valuesDiffer(path === '' ? name : `${path}.${name}`, before[name], after[name]),
	);
}

function valuesDiffer(
	field: string,
	before: IDataObject[string],
	after: IDataObject[string],
): Change[] {
	if (isSameValue(before, after)) return [];
	const [was, is] = [before, after].map((value) => (isNothing(value) ? undefined : value));
	if (areRows(was) && areRows(is)) {
		const longest = Math.max(was?.length ?? 0, is?.length ?? 0);
		return Array.from({ length: longest }, (_, index) => {
			const [row, other] = [was?.[index], is?.[index]];
			const place = `${field}[${index}]`;
			return row && other
				? changesBetween(row, other, place)
				: [{ field: place, before: row ?? null, after: other ?? null }];
		}).flat();
	}
	if ((isObject(was) || was === undefined) && (isObject(is) || is === undefined)) {
		return changesBetween((was ?? {}) as IDataObject, (is ?? {}) as IDataObject, field);
	}
	return [{ field, before: before ?? null, after: after ?? null }];
}

/** A list of objects, or nothing. */
function areRows(value: unknown): value is IDataObject[] | undefined {
	return value === undefined || (Array.isArray(value) && value.every(isObject));
}
