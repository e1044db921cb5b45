// Package sqlite is the portal's database: one file, opened, migrated, read and
// written here and nowhere else. One connection writes, in immediate
// transactions; a pool of read-only ones reads. Driver errors become the
// sentinels of the packages whose words they are. Every method that tells people of
// bills takes an access.Scope and puts it into its WHERE clause through one
// function, scoped. Without a scope are those that keep the copy (BillsWithoutItems,
// NewestIssue) and those that tell admins that bills exist and nothing of what they
// say (Quarantined, LastIssues); a test lists them.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// readers is the number of reading connections; a page needs one at a time.
const readers = 4

// oldestSQLite is the first release without the WAL-reset fault that can lose
// committed pages (sqlite.org, release log of 3.51.3).
const oldestSQLite = "3.51.3"

// DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	path  string
	read  *sql.DB
	write *sql.DB
	now   func() time.Time
	newID func() string
}

// The errors of opening a database whose schema is not this program's.
var (
	// ErrTooNew says that a newer portal has migrated the database.
	ErrTooNew = errors.New("sqlite: the database belongs to a newer version of the portal")
	// ErrTooOld says that the database must be migrated first, which Open does.
	ErrTooOld = errors.New("sqlite: the database belongs to an older version of the portal, which must stop before this one can bring it up to date")
)

// Open opens the database at path, makes it when missing and brings its schema
// up to date, with a copy of the old state beside it. No other process may have it
// open meanwhile. now is the clock of every instant that the database records.
func Open(ctx context.Context, path string, now func() time.Time) (*DB, error) {
	return open(ctx, path, now, func(db *DB) error { return db.migrate(ctx, migrations()) })
}

// OpenExisting opens a database beside other processes and leaves its schema as it
// is. One that is missing is fs.ErrNotExist; one with another schema than this
// program's is ErrTooOld or ErrTooNew.
func OpenExisting(ctx context.Context, path string, now func() time.Time) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	return open(ctx, path, now, func(db *DB) error { return checkSchema(ctx, db.write) })
}

func open(ctx context.Context, path string, now func() time.Time, prepare func(*DB) error) (*DB, error) {
	db := &DB{path: path, now: now, newID: randomID}
	var err error
	if db.write, err = connect(ctx, path, "_txlock=immediate", 1); err != nil {
		return nil, err
	}
	err = checkRelease(ctx, db.write)
	if err == nil {
		err = prepare(db)
	}
	if err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	if db.read, err = connect(ctx, path, readOnly, readers); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	return db, nil
}

// readOnly makes connections that cannot write.
const readOnly = "_pragma=query_only(1)"

// OpenReadOnly opens a database like OpenExisting, for reading alone: every method
// that writes panics, and the file stays as it is to the last byte.
func OpenReadOnly(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	read, err := connect(ctx, path, readOnly+"&mode=ro", readers)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkRelease(ctx, read), checkSchema(ctx, read)); err != nil {
		return nil, errors.Join(err, read.Close())
	}
	return &DB{path: path, read: read}, nil
}

// Close ends all connections.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.write != nil {
		err = errors.Join(err, db.write.Close())
	}
	return err
}

// Ready reports whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.read.PingContext(ctx); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	var one int
	if err := db.read.QueryRowContext(ctx, `SELECT 1 FROM people UNION ALL SELECT 1 LIMIT 1`).Scan(&one); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}

// pragmas are set on every connection and read back when the first one opens:
// the driver ignores a misspelt pragma in silence. The busy time-out stands first
// because setting WAL may itself have to wait. Temporary tables stay in memory,
// so that nothing is written outside of the data folder. Triggers are recursive so
// that INSERT OR REPLACE fires those on DELETE, which keep the ledger whole.
var pragmas = []struct{ name, value string }{
	{"busy_timeout", "5000"},
	{"journal_mode", "wal"},
	{"synchronous", "2"},
	{"foreign_keys", "1"},
	{"temp_store", "2"},
	{"trusted_schema", "0"},
	{"recursive_triggers", "1"},
}

func connect(ctx context.Context, path, extra string, connections int) (*sql.DB, error) {
	query := make([]string, 0, len(pragmas)+1)
	for _, p := range pragmas {
		query = append(query, "_pragma="+p.name+"("+p.value+")")
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(append(query, extra), "&")
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	for _, p := range pragmas {
		var got string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return nil, errors.Join(fmt.Errorf("sqlite: opening %s: %w", path, err), pool.Close())
		}
		if got != p.value {
			return nil, errors.Join(fmt.Errorf("sqlite: %s is %q, want %q", p.name, got, p.value), pool.Close())
		}
	}
	return pool, nil
}

// checkRelease refuses an SQLite older than oldestSQLite.
func checkRelease(ctx context.Context, pool *sql.DB) error {
	var release string
	if err := pool.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&release); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if olderRelease(release, oldestSQLite) {
		return fmt.Errorf("sqlite: SQLite %s is too old, %s or newer is needed", release, oldestSQLite)
	}
	return nil
}

// olderRelease compares release numbers of the form 3.51.3.
func olderRelease(a, b string) bool {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		l, errLeft := strconv.Atoi(left[i])
		r, errRight := strconv.Atoi(right[i])
		if errLeft != nil || errRight != nil {
			return true
		}
		if l != r {
			return l < r
		}
	}
	return len(left) < len(right)
}

// inTx runs fn in one immediate transaction.
func (db *DB) inTx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}

// ignoreDone drops the error of rolling back what a cancelled context has rolled
// back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// backupPath is where the state before a migration is kept.
func (db *DB) backupPath(version int64) string {
	return filepath.Join(filepath.Dir(db.path), fmt.Sprintf("before-migration-%05d.db", version))
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// millis is how an instant is stored; 0 is "never".
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the reverse of millis.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
