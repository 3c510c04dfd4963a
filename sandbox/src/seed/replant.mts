import type { DatabaseSync } from 'node:sqlite';
import { kinds } from '../records/kinds.mts';
import type { Records } from '../records/records.mts';
import { plant, startingQuantities } from './seed.mts';

/**
 * Fills an empty account with the records that it starts with. They are the same all day, so a copy of them is
 * kept, from which the account is filled again in a tenth of the time.
 */
export function openReplant(database: DatabaseSync, records: Records): (today: string) => void {
	let keptDay: string | undefined;
	const forEachTable = (statements: (table: string, copy: string) => string) =>
		database.exec(kinds.map((kind) => statements(kind, `temp.starting_${kind}`)).join(';'));
	return (today) => {
		if (today === keptDay) {
			forEachTable(
				(table, copy) =>
					`INSERT INTO ${table} (seq, id, document) SELECT seq, id, document FROM ${copy}`,
			);
			return;
		}
		plant(records, startingQuantities, today);
		forEachTable(
			(table, copy) =>
				`DROP TABLE IF EXISTS ${copy};
				CREATE TABLE ${copy} AS SELECT seq, id, document FROM ${table}`,
		);
		keptDay = today;
	};
}
