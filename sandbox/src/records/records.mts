import type { DatabaseSync } from 'node:sqlite';
import type { Delivery } from '../webhooks/delivery.mts';
import type { Subscription } from '../webhooks/subscriptions.mts';
import { Collection } from './collection.mts';
import type { Kind } from './kinds.mts';
import type { Invoice, Payment, Project } from './types.mts';

const contains = (column: string) => `instr(folded(${column}), :search) > 0`;
const belongsTo = (column: string, table: string, searched: string) =>
	`${column} IN (SELECT id FROM ${table} WHERE ${contains(searched)})`;
const either = (...conditions: string[]) => conditions.join(' OR ');

/** Every collection of a BildOut account. */
export function openRecords(database: DatabaseSync) {
	return {
		customers: new Collection(database, {
			table: 'customers',
			noun: 'customer',
			order: 'name',
			columns: ['name', 'email'],
			search: either(contains('name'), contains('email')),
		}),
		vendors: new Collection(database, {
			table: 'vendors',
			noun: 'vendor',
			order: 'name',
			columns: ['name', 'email'],
			search: either(contains('name'), contains('email')),
		}),
		projects: new Collection<Project>(database, {
			table: 'projects',
			noun: 'project',
			order: 'name',
			columns: ['name', 'client_id'],
			search: contains('name'),
		}),
		invoices: new Collection<Invoice>(database, {
			table: 'invoices',
			noun: 'invoice',
			order: 'newest',
			columns: ['invoice_number', 'status', 'client_id', 'project_id'],
			search: either(contains('invoice_number'), belongsTo('client_id', 'customers', 'name')),
		}),
		payments: new Collection<Payment>(database, {
			table: 'payments',
			noun: 'payment',
			order: 'newest',
			columns: ['invoice_id', 'client_id', 'vendor_id', 'project_id'],
			search: either(
				belongsTo('invoice_id', 'invoices', 'invoice_number'),
				belongsTo('client_id', 'customers', 'name'),
				belongsTo('vendor_id', 'vendors', 'name'),
			),
		}),
		subscriptions: new Collection<Subscription>(database, {
			table: 'subscriptions',
			noun: 'webhook subscription',
			order: 'newest',
			columns: ['url'],
			search: contains('url'),
		}),
		deliveries: new Collection<Delivery>(database, {
			table: 'deliveries',
			noun: 'delivery',
			order: 'newest',
			columns: ['state', 'type'],
			search: contains('type'),
		}),
	} satisfies Record<Kind | 'subscriptions' | 'deliveries', object>;
}

export type Records = ReturnType<typeof openRecords>;
