-- +goose Up
ALTER TABLE people ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN disabled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN disabled_why TEXT NOT NULL DEFAULT '';

-- Sessions know more from here on; whoever is signed in signs in again.
UPDATE people SET last_visit = max(last_visit, coalesce((SELECT max(seen_at) FROM sessions WHERE person = people.id), 0));
DROP TABLE sessions;
-- Only the hash of a browser's reference is here, never the reference, and the
-- provider's tokens only sealed with it.
CREATE TABLE sessions (
  id               TEXT PRIMARY KEY,
  hash             BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  person           INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_at       INTEGER NOT NULL,
  seen_at          INTEGER NOT NULL,
  proved_at        INTEGER NOT NULL,
  asked_at         INTEGER NOT NULL,
  rights           INTEGER NOT NULL,
  provider_session TEXT NOT NULL,
  tokens           BLOB NOT NULL,
  browser          TEXT NOT NULL,
  address          TEXT NOT NULL
) STRICT; -- with a rowid: its rows are long, and its indexes are what is searched
CREATE INDEX sessions_by_person ON sessions (person, created_at, seen_at);
CREATE INDEX sessions_by_use ON sessions (seen_at, person);
CREATE INDEX sessions_by_begin ON sessions (created_at, person, seen_at);
CREATE INDEX sessions_by_provider ON sessions (provider_session) WHERE provider_session <> '';

DROP TABLE signin_attempts;
CREATE TABLE signin_attempts (
  state      TEXT PRIMARY KEY,
  browser    BLOB NOT NULL CHECK (length(browser) = 32),
  nonce      TEXT NOT NULL,
  verifier   TEXT NOT NULL,
  max_age    INTEGER NOT NULL,
  return_to  TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempts_by_start ON signin_attempts (started_at);
CREATE INDEX signin_attempts_by_browser ON signin_attempts (browser, started_at);

-- Links that sign an admin in without the identity provider, by their hash.
CREATE TABLE admin_links (
  hash    BLOB PRIMARY KEY CHECK (length(hash) = 32),
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_by_action ON ledger (action, sequence);
CREATE INDEX ledger_by_actor ON ledger (actor, sequence);
CREATE INDEX ledger_by_time ON ledger (at, sequence);
