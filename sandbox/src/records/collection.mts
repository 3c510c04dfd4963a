import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { notFound } from '../api/errors.mts';
import { folded } from './database.mts';

export interface StoredRecord {
	id: string;
	[field: string]: unknown;
}

/** Where one record stands in a collection's order; what a cursor is made of. The name is '' where the newest is first. */
export type Position = [name: string, seq: number];

/** Whether what was read from outside is a position. */
export const isPosition = (value: unknown): value is Position =>
	Array.isArray(value) &&
	value.length === 2 &&
	typeof value[0] === 'string' &&
	Number.isSafeInteger(value[1]);

export interface Selection {
	/** Column → the value it must have. */
	where?: Record<string, string>;
	/** Text that one of the collection's searched columns must contain, case aside. */
	search?: string;
	limit?: number;
	offset?: number;
	after?: Position;
}

interface Shape {
	table: string;
	/** What a person calls one. */
	noun: string;
	order: 'name' | 'newest';
	/** Fields by which records are sorted, filtered and searched. */
	columns: string[];
	/** SQL that is true for a record which contains `:search`, which is folded. */
	search: string;
}

interface Row {
	seq: number;
	name?: string;
	document: string;
}

/**
 * Records of one kind, kept in one table as the documents that the API shows, in one stable order. Its columns are
 * read from the document, so that they cannot disagree with it.
 */
export class Collection<Kept extends StoredRecord = StoredRecord> {
	readonly #database: DatabaseSync;
	readonly #shape: Shape;
	readonly #statements = new Map<string, StatementSync>();

	constructor(database: DatabaseSync, shape: Shape) {
		this.#database = database;
		this.#shape = shape;
		const { table, columns } = shape;
		const generated = columns.map(
			(name) =>
				`${name} TEXT AS (document ->> '${name}') ${name === 'name' ? 'COLLATE NOCASE' : ''}`,
		);
		database.exec(
			`CREATE TABLE IF NOT EXISTS ${table} (
				seq INTEGER PRIMARY KEY AUTOINCREMENT,
				id TEXT NOT NULL UNIQUE,
				document TEXT NOT NULL,
				${generated.join()}
			)`,
		);
		for (const name of columns) {
			database.exec(`CREATE INDEX IF NOT EXISTS ${table}_by_${name} ON ${table} (${name}, seq)`);
		}
	}

	get(id: string): Kept | undefined {
		const row = this.#prepare(`SELECT document FROM ${this.#shape.table} WHERE id = ?`).get(id);
		return row && (JSON.parse(row.document as string) as Kept);
	}

	/** The record with the ID; without one, a 404. */
	existing(id: string): Kept {
		const record = this.get(id);
		if (!record) throw notFound(this.#shape.noun, id);
		return record;
	}

	has(id: string): boolean {
		return this.#prepare(`SELECT 1 FROM ${this.#shape.table} WHERE id = ?`).get(id) !== undefined;
	}

	insert(record: Kept): void {
		this.#prepare(`INSERT INTO ${this.#shape.table} (id, document) VALUES (?, ?)`).run(
			record.id,
			JSON.stringify(record),
		);
	}

	replace(record: Kept): void {
		this.#prepare(`UPDATE ${this.#shape.table} SET document = ? WHERE id = ?`).run(
			JSON.stringify(record),
			record.id,
		);
	}

	remove(id: string): void {
		this.#prepare(`DELETE FROM ${this.#shape.table} WHERE id = ?`).run(id);
	}

	/** Empties the collection and starts counting from 1. */
	clear(): void {
		this.#database.exec(
			`DELETE FROM ${this.#shape.table}; DELETE FROM sqlite_sequence WHERE name = '${this.#shape.table}'`,
		);
	}

	/** How many records were ever inserted; a removed record's place is not given again. */
	lastSequence(): number {
		const row = this.#prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(
			this.#shape.table,
		);
		return Number(row?.seq ?? 0);
	}

	/** Sets one field to null in every record where its column has the given value. */
	unlink(column: string, value: string): void {
		this.#prepare(
			`UPDATE ${this.#shape.table} SET document = json_set(document, '$.${column}', NULL) WHERE ${column} = ?`,
		).run(value);
	}

	count(selection: Selection = {}): number {
		const { sql, values } = this.#conditions({ ...selection, after: undefined });
		const row = this.#prepare(`SELECT count(*) AS total FROM ${this.#shape.table} ${sql}`).get(
			values,
		);
		return Number(row!.total);
	}

	list(selection: Selection = {}): Kept[] {
		return this.entries(selection).map(({ record }) => record);
	}

	/** The selected records in order, each with its place in the collection. */
	entries(selection: Selection): Array<{ record: Kept; position: Position }> {
		const { sql, values } = this.#conditions(selection);
		const byName = this.#shape.order === 'name';
		const rows = this.#prepare(
			`SELECT seq, ${byName ? 'name, ' : ''}document FROM ${this.#shape.table} ${sql}
			ORDER BY ${byName ? 'name, seq' : 'seq DESC'} LIMIT :limit OFFSET :offset`,
		).all({
			...values,
			limit: selection.limit ?? -1,
			// SQLite counts in 64 bits, and no list is this long.
			offset: Math.min(selection.offset ?? 0, Number.MAX_SAFE_INTEGER),
		}) as unknown as Row[];
		return rows.map(({ seq, name = '', document }) => ({
			record: JSON.parse(document) as Kept,
			position: [name, seq],
		}));
	}

	#conditions({ where = {}, search, after }: Selection) {
		const values: Record<string, SQLInputValue> = {};
		const conditions: string[] = [];
		for (const [column, value] of Object.entries(where)) {
			conditions.push(`${column} = :${column}`);
			values[column] = value;
		}
		if (search) {
			conditions.push(`(${this.#shape.search})`);
			values.search = folded(search);
		}
		if (after) {
			const byName = this.#shape.order === 'name';
			conditions.push(byName ? '(name, seq) > (:afterName, :afterSeq)' : 'seq < :afterSeq');
			values.afterSeq = after[1];
			if (byName) values.afterName = after[0];
		}
		return { sql: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', values };
	}

	#prepare(sql: string): StatementSync {
		let statement = this.#statements.get(sql);
		if (!statement) {
			statement = this.#database.prepare(sql);
			this.#statements.set(sql, statement);
		}
		return statement;
	}
}
