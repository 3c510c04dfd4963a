-- What is kept beside the records, each kind of which has a table of its own (see collection.mts).
CREATE TABLE IF NOT EXISTS idempotent_responses (
	key TEXT PRIMARY KEY,
	fingerprint TEXT NOT NULL,
	response TEXT NOT NULL
);

-- A grant is one person's consent; refreshing gives the same grant new tokens.
CREATE TABLE IF NOT EXISTS tokens (
	token TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
	grant_id TEXT NOT NULL,
	scope TEXT NOT NULL,
	expires_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS tokens_by_grant ON tokens (grant_id);

-- How far the account's clock was moved from the machine's: one row, or none.
CREATE TABLE IF NOT EXISTS clock (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	moved_ms INTEGER NOT NULL
);
