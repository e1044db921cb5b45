package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/sqlite"
)

func TestAReopenedDatabaseHoldsWhatWasWritten(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	before := p.only(t)
	must(t, p.Close())
	p.open(t)
	if after := p.only(t); after.ID != before.ID || after.Gross != before.Gross {
		t.Errorf("%+v, then %+v", before, after)
	}
	must(t, p.Ready(t.Context()))
	if _, err := os.Stat(filepath.Join(filepath.Dir(p.path), "before-migration-00002.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy was made without a migration: %v", err)
	}
}

func TestPathsMayHoldAnyCharacter(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b?c=1&_pragma=x#d%20é'")
	must(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "portal.db")
	db, err := sqlite.Open(t.Context(), path, newPortal(t).clock)
	must(t, err)
	must(t, db.Close())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if _, err := sqlite.Open(t.Context(), filepath.Join(dir, "missing", "portal.db"), newPortal(t).clock); err == nil {
		t.Error("a folder that is not there")
	}
}

func TestPragmasAreInForceOnEveryConnection(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	check := func(pool *sql.DB, connections int, want map[string]string) {
		held := make([]*sql.Conn, 0, connections)
		for range connections {
			c, err := pool.Conn(t.Context())
			must(t, err)
			held = append(held, c)
		}
		for i, c := range held {
			for name, value := range want {
				var got string
				must(t, c.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
				if got != value {
					t.Errorf("connection %d: %s is %s, want %s", i, name, got, value)
				}
			}
			must(t, c.Close())
		}
		if most := pool.Stats().MaxOpenConnections; most != connections {
			t.Errorf("%d connections may be open, want %d", most, connections)
		}
	}
	want := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "temp_store": "2",
		"trusted_schema": "0", "recursive_triggers": "1", "query_only": "0",
	}
	check(p.Writer(), 1, want)
	want["query_only"] = "1"
	check(p.Reader(), sqlite.Readers, want)
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	for _, statement := range []string{
		"INSERT INTO account_groups (name) VALUES ('x')", "DELETE FROM people", "CREATE TABLE x (y)", "DROP TABLE ledger",
	} {
		if _, err := p.Reader().ExecContext(t.Context(), statement); err == nil {
			t.Errorf("a reader may %s", statement)
		}
	}
}

func TestWritingTransactionsTakeTheirTurnFromTheStart(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	other, err := sqlite.Open(t.Context(), p.path, p.clock)
	must(t, err)
	defer other.Close()
	tx, err := p.Writer().BeginTx(t.Context(), nil)
	must(t, err)
	if _, err := other.Writer().ExecContext(t.Context(), "PRAGMA busy_timeout = 0"); err != nil {
		t.Fatal(err)
	}
	if second, err := other.Writer().BeginTx(t.Context(), nil); err == nil {
		t.Error("two transactions write at once")
		_ = second.Rollback()
	}
	must(t, tx.Rollback())
}

func TestEveryTableIsStrict(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	rows, err := p.Reader().QueryContext(t.Context(), `SELECT name, strict FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version'`)
	must(t, err)
	defer rows.Close()
	tables := 0
	for rows.Next() {
		var name string
		var strict bool
		must(t, rows.Scan(&name, &strict))
		if tables++; !strict {
			t.Errorf("%s is not strict", name)
		}
	}
	must(t, rows.Err())
	if tables < 10 {
		t.Errorf("%d tables", tables)
	}
}

func TestNewerSchemasAreRefused(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.exec(t, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	must(t, p.Close())
	if db, err := sqlite.Open(t.Context(), p.path, p.clock); !errors.Is(err, sqlite.ErrTooNew) {
		t.Errorf("opened as %v, %v", db, err)
	}
	raw, err := sql.Open("sqlite", p.path)
	must(t, err)
	_, err = raw.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = 99`)
	must(t, errors.Join(err, raw.Close()))
	p.open(t)
}

// later is this program's schema and one migration more.
func later(t *testing.T, second string) fs.FS {
	t.Helper()
	files := fstest.MapFS{"00099_later.sql": {Data: []byte("-- +goose Up\n" + second)}}
	names, err := fs.Glob(sqlite.Migrations(), "*.sql")
	must(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(sqlite.Migrations(), name)
		must(t, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestADatabaseWithDataIsCopiedBeforeItIsMigrated(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	backup := filepath.Join(filepath.Dir(p.path), "before-migration-00002.db")
	must(t, os.WriteFile(backup, []byte("an older copy"), 0o600))
	must(t, p.Migrate(t.Context(), later(t, "CREATE TABLE later (x INTEGER) STRICT; DELETE FROM bills WHERE 0;")))
	p.exec(t, `INSERT INTO later VALUES (1)`)

	old, err := sqlite.Open(t.Context(), backup, p.clock)
	must(t, err)
	defer old.Close()
	page, err := old.Bills(t.Context(), access.ScopeAll(), billing.BillFilter{}, billing.Page{Limit: 10})
	if err != nil || len(page.Bills) != 1 || page.Bills[0].ID != p.only(t).ID {
		t.Errorf("the copy holds %+v, %v", page.Bills, err)
	}
	if _, err := old.Reader().ExecContext(t.Context(), `SELECT * FROM later`); err == nil {
		t.Error("the copy is of the state after")
	}
	if findings, err := old.Verify(t.Context()); err != nil || len(findings) != 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	if err := p.Migrate(t.Context(), later(t, "CREATE TABLE later (x INTEGER) STRICT; DELETE FROM taxes; INSERT INTO nowhere VALUES (1);")); err == nil {
		t.Fatal("no error")
	}
	must(t, p.Close())
	p.open(t)
	p.only(t)
	if _, err := p.Reader().ExecContext(t.Context(), `SELECT * FROM later`); err == nil {
		t.Error("half a migration stays")
	}
}

func TestOldReleasesAreToldFromNewOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release string
		older   bool
	}{
		{"3.51.3", false}, {"3.51.2", true}, {"3.51.10", false}, {"3.9.99", true}, {"3.54.1", false}, {"4.0.0", false},
		{"3.51", true}, {"3.51.3.1", false}, {"2.99.99", true}, {"", true}, {"3.x.9", true},
	} {
		if got := sqlite.OlderRelease(c.release, "3.51.3"); got != c.older {
			t.Errorf("%q older than 3.51.3: %v", c.release, got)
		}
	}
}

func TestCancelledRequestsLeaveTheWriterFree(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Record(cancelled, act); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	must(t, p.Record(t.Context(), act))
	if n := len(p.entries(t)); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestVerifyFindsReferencesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	if findings, err := p.Verify(t.Context()); err != nil || len(findings) != 0 {
		t.Fatalf("%v, %v", findings, err)
	}
	p.exec(t, `PRAGMA foreign_keys = 0`)
	p.exec(t, `UPDATE bills SET account = 'nowhere'`)
	p.exec(t, `INSERT INTO taxes VALUES (999, 1, '', '', '', '')`)
	findings, err := p.Verify(t.Context())
	if err != nil || len(findings) != 2 {
		t.Errorf("%q, %v", findings, err)
	}
	if _, err := p.RegisterEntry(t.Context(), "nowhere"); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
