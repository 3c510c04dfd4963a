import {
	type Collection,
	isPosition,
	type Position,
	type Selection,
	type StoredRecord,
} from '../records/collection.mts';
import type { Settings } from '../settings.mts';
import { invalidFields } from './errors.mts';

/** A list's parameters, as the contract's defaults and types leave them. */
export interface ListQuery {
	limit: number;
	page: number;
	offset: number;
	cursor?: string;
	search?: string;
	status?: string;
}

const toCursor = (position: Position) =>
	Buffer.from(JSON.stringify(position)).toString('base64url');

function fromCursor(cursor: string): Position {
	try {
		const position = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
		if (isPosition(position)) return position;
	} catch {
		// Falls through to the refusal that every wrong cursor gets.
	}
	throw invalidFields({ field: 'cursor', message: 'was not given out by this list' });
}

/** One page of a collection, in the form of pagination that is set. */
export function pageOf<Kept extends StoredRecord>(
	collection: Collection<Kept>,
	query: ListQuery,
	settings: Settings,
) {
	for (const field of ['page', 'offset'] as const) {
		// Such as 1e999, which a schema takes for a whole number.
		if (query[field] === Infinity) throw invalidFields({ field, message: 'is too large' });
	}
	const limit = Math.min(query.limit, settings.maxLimit);
	const selection: Selection = {
		limit,
		search: query.search,
		where: query.status === undefined ? {} : { status: query.status },
	};
	const asked = settings.ignorePage ? { page: 1, offset: 0, cursor: undefined } : query;

	if (settings.pagination === 'cursor') {
		const after = asked.cursor === undefined ? undefined : fromCursor(asked.cursor);
		const entries = collection.entries({ ...selection, limit: limit + 1, after });
		const has_more = entries.length > limit;
		const shown = entries.slice(0, limit);
		return {
			data: shown.map(({ record }) => record),
			pagination: {
				next_cursor: has_more ? toCursor(shown.at(-1)!.position) : null,
				has_more,
			},
		};
	}

	const total = collection.count(selection);
	if (settings.pagination === 'offset') {
		const { offset } = asked;
		return {
			data: collection.list({ ...selection, offset }),
			pagination: { offset, limit, total },
		};
	}
	const { page } = asked;
	return {
		data: collection.list({ ...selection, offset: (page - 1) * limit }),
		pagination: { page, limit, total, total_pages: Math.ceil(total / limit) },
	};
}
