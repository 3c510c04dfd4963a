-- A record is kept as the document that the API shows. What lists are sorted, filtered and searched
-- by is read from the document by generated columns, so that it cannot disagree with it.
CREATE TABLE IF NOT EXISTS customers (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	name TEXT AS (document ->> 'name') COLLATE NOCASE,
	email TEXT AS (document ->> 'email')
);
CREATE INDEX IF NOT EXISTS customers_by_name ON customers (name, seq);

CREATE TABLE IF NOT EXISTS vendors (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	name TEXT AS (document ->> 'name') COLLATE NOCASE,
	email TEXT AS (document ->> 'email')
);
CREATE INDEX IF NOT EXISTS vendors_by_name ON vendors (name, seq);

CREATE TABLE IF NOT EXISTS projects (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	name TEXT AS (document ->> 'name') COLLATE NOCASE,
	client_id TEXT AS (document ->> 'client_id')
);
CREATE INDEX IF NOT EXISTS projects_by_name ON projects (name, seq);
CREATE INDEX IF NOT EXISTS projects_by_client ON projects (client_id);

CREATE TABLE IF NOT EXISTS invoices (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	number TEXT AS (document ->> 'invoice_number'),
	status TEXT AS (document ->> 'status'),
	client_id TEXT AS (document ->> 'client_id'),
	project_id TEXT AS (document ->> 'project_id')
);
CREATE INDEX IF NOT EXISTS invoices_by_status ON invoices (status, seq);
CREATE INDEX IF NOT EXISTS invoices_by_client ON invoices (client_id);
CREATE INDEX IF NOT EXISTS invoices_by_project ON invoices (project_id);

CREATE TABLE IF NOT EXISTS payments (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	invoice_id TEXT AS (document ->> 'invoice_id'),
	client_id TEXT AS (document ->> 'client_id'),
	vendor_id TEXT AS (document ->> 'vendor_id'),
	project_id TEXT AS (document ->> 'project_id')
);
CREATE INDEX IF NOT EXISTS payments_by_invoice ON payments (invoice_id);
CREATE INDEX IF NOT EXISTS payments_by_client ON payments (client_id);
CREATE INDEX IF NOT EXISTS payments_by_vendor ON payments (vendor_id);
CREATE INDEX IF NOT EXISTS payments_by_project ON payments (project_id);

CREATE TABLE IF NOT EXISTS subscriptions (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	url TEXT AS (document ->> 'url')
);

CREATE TABLE IF NOT EXISTS deliveries (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	document TEXT NOT NULL,
	state TEXT AS (document ->> 'state'),
	type TEXT AS (document ->> 'type')
);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state);

CREATE TABLE IF NOT EXISTS idempotent_responses (
	key TEXT PRIMARY KEY,
	fingerprint TEXT NOT NULL,
	response TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS authorization_codes (
	code TEXT PRIMARY KEY,
	document TEXT NOT NULL
);

-- A grant is one person's consent; refreshing gives the same grant new tokens.
CREATE TABLE IF NOT EXISTS tokens (
	token TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
	grant_id TEXT NOT NULL,
	client_id TEXT NOT NULL,
	scope TEXT NOT NULL,
	expires_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS tokens_by_grant ON tokens (grant_id);

-- How far the account's clock was moved from the machine's: one row, or none.
CREATE TABLE IF NOT EXISTS clock (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	moved_ms INTEGER NOT NULL
);
