-- +goose Up

-- Conventions: instants are milliseconds since 1970 UTC; days are YYYY-MM-DD, ''
-- when not supplied; an amount is the text received beside its value in
-- ten-thousandths, which is NULL when the amount is missing or cannot be summed.
-- A connection is one customer's access to the API, within which its keys are unique;
-- the portal has one, number 1.

CREATE TABLE account_groups (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> '')
) STRICT;

CREATE TABLE accounts (
  number           TEXT PRIMARY KEY CHECK (number <> ''),
  number_key       TEXT NOT NULL,
  name             TEXT NOT NULL DEFAULT '',
  group_id         INTEGER REFERENCES account_groups (id),
  cost_centre      TEXT NOT NULL DEFAULT '',
  country          TEXT NOT NULL DEFAULT '',
  status           TEXT NOT NULL CHECK (status IN ('hidden', 'admitted', 'closed')),
  decided          INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1)),
  listed           INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1)),
  connection       INTEGER NOT NULL DEFAULT 1,
  upstream_id      TEXT,
  upstream_name    TEXT NOT NULL DEFAULT '',
  upstream_status  TEXT NOT NULL DEFAULT '',
  upstream_country TEXT NOT NULL DEFAULT '',
  currency         TEXT NOT NULL DEFAULT '',
  payload          TEXT NOT NULL DEFAULT '',
  UNIQUE (connection, upstream_id)
) STRICT;
CREATE INDEX accounts_by_group ON accounts (group_id);

-- A bill without account is in quarantine: it is in nobody's scope.
CREATE TABLE bills (
  key                INTEGER PRIMARY KEY,
  id                 TEXT NOT NULL UNIQUE CHECK (length(id) >= 16),
  connection         INTEGER NOT NULL DEFAULT 1,
  upstream_id        TEXT NOT NULL,
  account            TEXT REFERENCES accounts (number),
  named_account      TEXT NOT NULL,
  named_upstream_id  TEXT NOT NULL,
  quarantine         TEXT NOT NULL DEFAULT '',
  number             TEXT NOT NULL,
  number_key         TEXT NOT NULL,
  kind               TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'other')),
  type               TEXT NOT NULL,
  state              TEXT NOT NULL,
  issued_on          TEXT NOT NULL,
  due_on             TEXT NOT NULL,
  period_first_on    TEXT NOT NULL,
  period_last_on     TEXT NOT NULL,
  currency           TEXT NOT NULL,
  net                TEXT NOT NULL,
  tax                TEXT NOT NULL,
  gross              TEXT NOT NULL,
  gross_units        INTEGER,
  due                TEXT NOT NULL,
  sign_turned        INTEGER NOT NULL CHECK (sign_turned IN (0, 1)),
  purchase_order     TEXT NOT NULL,
  sending_format     TEXT NOT NULL,
  original_id        TEXT NOT NULL,
  original_number    TEXT NOT NULL,
  updated_at         INTEGER NOT NULL,
  first_seen         INTEGER NOT NULL,
  synced_at          INTEGER NOT NULL,
  items              TEXT NOT NULL DEFAULT '' CHECK (items IN ('', 'held', 'stale')),
  items_tries        INTEGER NOT NULL DEFAULT 0,
  items_retry_at     INTEGER NOT NULL DEFAULT 0,
  version            INTEGER NOT NULL,
  payload_sha256     TEXT NOT NULL,
  UNIQUE (connection, upstream_id),
  CHECK ((account IS NULL) = (quarantine <> ''))
) STRICT;
CREATE INDEX bills_by_issue ON bills (issued_on DESC, id DESC);
CREATE INDEX bills_by_account ON bills (account, issued_on DESC, id DESC);
CREATE INDEX bills_by_first_seen ON bills (first_seen);
CREATE INDEX bills_by_number ON bills (number_key);
CREATE INDEX bills_in_quarantine ON bills (named_account, named_upstream_id) WHERE account IS NULL;
CREATE INDEX bills_by_named_key ON bills (named_upstream_id) WHERE named_upstream_id <> '';
CREATE INDEX bills_by_original ON bills (original_id) WHERE original_id <> '';
CREATE INDEX bills_without_items ON bills (issued_on DESC, id DESC) WHERE items <> 'held' AND account IS NOT NULL;

CREATE TABLE bill_versions (
  bill    INTEGER NOT NULL REFERENCES bills (key),
  version INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (bill, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE taxes (
  bill     INTEGER NOT NULL REFERENCES bills (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  category TEXT NOT NULL,
  rate     TEXT NOT NULL,
  base     TEXT NOT NULL,
  amount   TEXT NOT NULL,
  PRIMARY KEY (bill, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
  bill            INTEGER NOT NULL REFERENCES bills (key) ON DELETE CASCADE,
  position        INTEGER NOT NULL,
  upstream_id     TEXT NOT NULL,
  line            INTEGER NOT NULL,
  category        TEXT NOT NULL,
  label           TEXT NOT NULL,
  offer_id        TEXT NOT NULL,
  site_name       TEXT NOT NULL,
  country         TEXT NOT NULL,
  period_first_on TEXT NOT NULL,
  period_last_on  TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  unit            TEXT NOT NULL,
  unit_price      TEXT NOT NULL,
  currency        TEXT NOT NULL,
  net             TEXT NOT NULL,
  tax_rate        TEXT NOT NULL,
  tax             TEXT NOT NULL,
  gross           TEXT NOT NULL,
  PRIMARY KEY (bill, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_payloads (
  bill       INTEGER PRIMARY KEY REFERENCES bills (key) ON DELETE CASCADE,
  fetched_at INTEGER NOT NULL,
  payload    TEXT NOT NULL
) STRICT;

CREATE TABLE documents (
  bill       INTEGER NOT NULL REFERENCES bills (key),
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  size       INTEGER NOT NULL CHECK (size > 0),
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (bill, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
  id           INTEGER PRIMARY KEY,
  issuer       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  name         TEXT NOT NULL,
  email        TEXT NOT NULL,
  groups       TEXT NOT NULL CHECK (json_valid(groups)),
  disabled     INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  first_seen   INTEGER NOT NULL,
  last_sign_in INTEGER NOT NULL,
  last_visit   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (issuer, subject)
) STRICT;

-- Only the hash of a browser's reference is here, never the reference.
CREATE TABLE sessions (
  hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
  person     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  id_token   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person, created_at);

CREATE TABLE signin_attempts (
  state      TEXT PRIMARY KEY,
  browser    BLOB NOT NULL CHECK (length(browser) = 32),
  nonce      TEXT NOT NULL,
  verifier   TEXT NOT NULL,
  return_to  TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempts_by_start ON signin_attempts (started_at);
CREATE INDEX signin_attempts_by_browser ON signin_attempts (browser, started_at);

CREATE TABLE grants (
  id           INTEGER PRIMARY KEY,
  grantee_kind TEXT NOT NULL CHECK (grantee_kind IN ('group', 'person')),
  grantee      TEXT NOT NULL DEFAULT '',
  person       INTEGER REFERENCES people (id),
  target_kind  TEXT NOT NULL CHECK (target_kind IN ('account', 'account_group', 'all')),
  account      TEXT REFERENCES accounts (number),
  group_id     INTEGER REFERENCES account_groups (id),
  granted_by   TEXT NOT NULL,
  granted_at   INTEGER NOT NULL,
  CHECK ((grantee_kind = 'person') = (person IS NOT NULL)),
  CHECK ((grantee_kind = 'group') = (grantee <> '')),
  CHECK ((target_kind = 'account') = (account IS NOT NULL)),
  CHECK ((target_kind = 'account_group') = (group_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX grants_once ON grants
  (grantee_kind, grantee, coalesce(person, 0), target_kind, coalesce(account, ''), coalesce(group_id, 0));

CREATE TABLE sync_runs (
  id         INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  outcome    TEXT NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'complete', 'incomplete', 'failed')),
  full       INTEGER NOT NULL CHECK (full IN (0, 1)),
  accounts   INTEGER NOT NULL DEFAULT 0,
  bills      INTEGER NOT NULL DEFAULT 0,
  bills_total INTEGER NOT NULL DEFAULT -1,
  message    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sync_runs_by_outcome ON sync_runs (outcome, id);

-- What the API sent in a list and cannot be read: the newest few.
CREATE TABLE malformed_records (
  sha256  TEXT PRIMARY KEY,
  list    TEXT NOT NULL CHECK (list IN ('accounts', 'bills', 'items')),
  seen_at INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A sync asked for by another process; run is the one that answered it.
CREATE TABLE sync_requests (
  id       INTEGER PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  run      INTEGER REFERENCES sync_runs (id)
) STRICT;

CREATE TABLE ledger (
  sequence   INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  action     TEXT NOT NULL,
  object     TEXT NOT NULL,
  detail     TEXT NOT NULL,
  request_id TEXT NOT NULL,
  hash       TEXT NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER ledger_keeps_entries BEFORE UPDATE ON ledger
BEGIN
  SELECT raise(ABORT, 'the ledger is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_loses_nothing BEFORE DELETE ON ledger
BEGIN
  SELECT raise(ABORT, 'the ledger is append-only');
END;
-- +goose StatementEnd
