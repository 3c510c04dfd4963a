import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A text as searches compare it: without regard to upper and lower case. */
export const folded = (text: string): string => text.toLowerCase();

/** Opens the records' database: in memory, or the file named. */
export function openDatabase(file = ':memory:'): DatabaseSync {
	const database = new DatabaseSync(file);
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
	// SQLite's own lower() knows the 26 letters of English only.
	database.function('folded', { deterministic: true }, (text) =>
		typeof text === 'string' ? folded(text) : null,
	);
	database.exec(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));
	return database;
}

/** Runs `work` as one change: all of it is kept, or, when it throws, none. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
	if (database.isTransaction) return work();
	database.exec('BEGIN');
	try {
		const result = work();
		database.exec('COMMIT');
		return result;
	} catch (error) {
		database.exec('ROLLBACK');
		throw error;
	}
}
