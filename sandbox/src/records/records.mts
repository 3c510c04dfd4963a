import type { DatabaseSync } from 'node:sqlite';
import type { Delivery } from '../webhooks/delivery.mts';
import type { Subscription } from '../webhooks/subscriptions.mts';
import { Collection, type StoredRecord } from './collection.mts';
import type { Kind } from './kinds.mts';
import type { Invoice, Payment, Project } from './types.mts';

const contains = (column: string) => `instr(folded(${column}), :search) > 0`;
const belongsTo = (column: string, table: string, searched: string) =>
	`${column} IN (SELECT id FROM ${table} WHERE ${contains(searched)})`;

/** Every collection of a BildOut account. */
export function openRecords(database: DatabaseSync) {
	return {
		customers: new Collection<StoredRecord>(database, {
			table: 'customers',
			order: 'name',
			search: `${contains('name')} OR ${contains('email')}`,
		}),
		vendors: new Collection<StoredRecord>(database, {
			table: 'vendors',
			order: 'name',
			search: `${contains('name')} OR ${contains('email')}`,
		}),
		projects: new Collection<Project>(database, {
			table: 'projects',
			order: 'name',
			search: contains('name'),
		}),
		invoices: new Collection<Invoice>(database, {
			table: 'invoices',
			order: 'newest',
			search: `${contains('number')} OR ${belongsTo('client_id', 'customers', 'name')}`,
		}),
		payments: new Collection<Payment>(database, {
			table: 'payments',
			order: 'newest',
			search: [
				belongsTo('invoice_id', 'invoices', 'number'),
				belongsTo('client_id', 'customers', 'name'),
				belongsTo('vendor_id', 'vendors', 'name'),
			].join(' OR '),
		}),
		subscriptions: new Collection<Subscription>(database, {
			table: 'subscriptions',
			order: 'newest',
			search: contains('url'),
		}),
		deliveries: new Collection<Delivery>(database, {
			table: 'deliveries',
			order: 'newest',
			search: contains('type'),
		}),
	} satisfies Record<Kind | 'subscriptions' | 'deliveries', object>;
}

export type Records = ReturnType<typeof openRecords>;
