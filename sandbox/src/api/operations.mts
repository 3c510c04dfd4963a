import type { FastifyReply, FastifyRequest } from 'fastify';
import { writableFields } from '../contract/contract.mts';
import type { Collection, StoredRecord } from '../records/collection.mts';
import { schemaName, kinds } from '../records/kinds.mts';
import type { Records } from '../records/records.mts';
import type { Settings } from '../settings.mts';
import type { Subscriptions } from '../webhooks/subscriptions.mts';
import type { Once } from './idempotency.mts';
import { type ListQuery, pageOf } from './pagination.mts';
import type { Writable } from './resources/account.mts';
import type { Resources } from './resources/resources.mts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

interface Backing {
	records: Records;
	resources: Resources;
	subscriptions: Subscriptions;
	once: Once;
	settings: () => Settings;
	/** Runs a change so that all of it is kept or none. */
	change<Result>(work: () => Result): Result;
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;
const pick = (record: Record<string, unknown>, fields: string[]) =>
	Object.fromEntries(
		fields.filter((field) => field in record).map((field) => [field, record[field]]),
	);
const bodyOf = (request: FastifyRequest) => request.body as Record<string, unknown>;

/** The handler of each operation that the contract names, by its operationId. */
export function operations(backing: Backing): Record<string, Handler> {
	const { records, resources, subscriptions } = backing;
	const reading = readingOf(backing);
	const writing = writingOf(backing);
	const ofRecords = kinds.map((kind) => {
		const collection = records[kind] as Collection<StoredRecord>;
		const rules: Writable | object = resources[kind];
		const name = schemaName(kind);
		return {
			...reading(name, collection),
			...('create' in rules && writing(name, rules, collection)),
		};
	});
	return {
		...Object.assign({}, ...ofRecords),
		getProjectFinancials: async (request) => ({ data: resources.financials(idOf(request)) }),
		...reading('Webhook', records.subscriptions, subscriptions.shown),
		...writing('Webhook', subscriptions, records.subscriptions as never),
	};
}

/** `shown` is a record as the API shows it, where that differs from how it is kept. */
function readingOf({ settings }: Backing) {
	return <Kept extends StoredRecord>(
		one: string,
		collection: Collection<Kept>,
		shown: (record: Kept) => StoredRecord = (record) => record,
	): Record<string, Handler> => ({
		[`list${one}s`]: async (request) => {
			const { data, pagination } = pageOf(collection, request.query as ListQuery, settings());
			return { data: data.map(shown), pagination };
		},
		[`get${one}`]: async (request) => ({ data: shown(collection.existing(idOf(request))) }),
	});
}

function writingOf({ once, settings, change }: Backing) {
	/** What a PUT writes: its body, or its body over what is there, where that is the server's quirk. */
	const written = (one: string, kept: StoredRecord | undefined, body: Record<string, unknown>) =>
		settings().quirks.put === 'replaces'
			? body
			: { ...pick(kept ?? {}, writableFields(`${one}Input`)), ...body };

	return (
		one: string,
		rules: Writable,
		collection: Collection<StoredRecord>,
	): Record<string, Handler> => ({
		[`create${one}`]: async (request, reply) => {
			const response = once(request, () => ({ data: rules.create(bodyOf(request)) }));
			reply.code(201);
			return response;
		},
		[`replace${one}`]: async (request) => ({
			data: change(() => {
				const kept = collection.get(idOf(request));
				return rules.replace(idOf(request), written(one, kept, bodyOf(request)));
			}),
		}),
		[`delete${one}`]: async (request) => {
			if (!settings().quirks.keepsDeleted) change(() => rules.remove(idOf(request)));
			return { data: { id: idOf(request), deleted: true } };
		},
	});
}
