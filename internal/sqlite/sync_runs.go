package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"billportal/internal/billing"
)

// SyncRunID is the key of one run of the sync.
type SyncRunID int64

// SyncOutcome says how a run of the sync ended.
type SyncOutcome string

// The outcomes of a run. Incomplete means that the API's own counts disagreed:
// what came is in the copy, but something may be missing.
const (
	SyncRunning    SyncOutcome = "running"
	SyncComplete   SyncOutcome = "complete"
	SyncIncomplete SyncOutcome = "incomplete"
	SyncFailed     SyncOutcome = "failed"
)

// SyncRun is one run of the sync and how far it came.
type SyncRun struct {
	ID                 SyncRunID
	StartedAt, EndedAt time.Time
	Outcome            SyncOutcome
	Full               bool   // every bill was asked for, not only the newest
	Accounts, Bills    int    // received
	BillsTotal         int    // as announced by the API, -1 when it did not say
	Message            string // why it failed, for admins; never a secret
}

const runColumns = `id, started_at, coalesce(ended_at, 0), outcome, full, accounts, bills, bills_total, message`

func scanRun(row scanner) (SyncRun, error) {
	var r SyncRun
	var started, ended int64
	err := row.Scan(&r.ID, &started, &ended, &r.Outcome, &r.Full, &r.Accounts, &r.Bills, &r.BillsTotal, &r.Message)
	r.StartedAt, r.EndedAt = instant(started), instant(ended)
	return r, err
}

// StartRun begins a run, marks runs that a crash left running as failed, and
// takes on every request that is waiting.
func (db *DB) StartRun(ctx context.Context, full bool) (SyncRun, error) {
	run := SyncRun{StartedAt: db.now(), Outcome: SyncRunning, Full: full, BillsTotal: -1}
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE sync_runs SET outcome = 'failed', ended_at = ?, message = 'the portal stopped'
			WHERE outcome = 'running'`, millis(db.now())); err != nil {
			return fmt.Errorf("sqlite: sync: %w", err)
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO sync_runs (started_at, full) VALUES (?, ?) RETURNING id`,
			millis(run.StartedAt), full).Scan(&run.ID); err != nil {
			return fmt.Errorf("sqlite: sync: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE sync_requests SET run = ? WHERE run IS NULL`, run.ID); err != nil {
			return fmt.Errorf("sqlite: sync: %w", err)
		}
		return nil
	})
	return run, err
}

// SaveRun records how far a run has come, or that it has ended.
func (db *DB) SaveRun(ctx context.Context, r SyncRun) error {
	ended := sql.NullInt64{Int64: millis(r.EndedAt), Valid: !r.EndedAt.IsZero()}
	return db.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sync_runs SET ended_at = ?, outcome = ?, accounts = ?, bills = ?, bills_total = ?, message = ?
			WHERE id = ?`, ended, r.Outcome, r.Accounts, r.Bills, r.BillsTotal, r.Message, r.ID)
		if err != nil {
			return fmt.Errorf("sqlite: sync: %w", err)
		}
		return nil
	})
}

// SyncRun is one run, or billing.ErrNotFound.
func (db *DB) SyncRun(ctx context.Context, id SyncRunID) (SyncRun, error) {
	return db.oneRun(ctx, "id = ?", id)
}

// LastRun is the newest run, running or ended, or billing.ErrNotFound before the
// first.
func (db *DB) LastRun(ctx context.Context) (SyncRun, error) { return db.oneRun(ctx, "1") }

// LastSound is the newest run that ended complete or incomplete, or
// billing.ErrNotFound. full narrows it to complete runs that asked for every
// bill.
func (db *DB) LastSound(ctx context.Context, full bool) (SyncRun, error) {
	if full {
		return db.oneRun(ctx, "outcome = 'complete' AND full")
	}
	return db.oneRun(ctx, "outcome IN ('complete', 'incomplete')")
}

func (db *DB) oneRun(ctx context.Context, where string, args ...any) (SyncRun, error) {
	runs, err := collect(ctx, db.read, scanRun, `SELECT `+runColumns+` FROM sync_runs WHERE `+where+` ORDER BY id DESC LIMIT 1`, args...)
	if err != nil {
		return SyncRun{}, err
	}
	if len(runs) == 0 {
		return SyncRun{}, billing.ErrNotFound
	}
	return runs[0], nil
}

// NewestIssue is the latest issue date in the copy; zero when there is none.
func (db *DB) NewestIssue(ctx context.Context) (billing.Date, error) {
	var newest sql.NullString
	if err := db.read.QueryRowContext(ctx, `SELECT max(issued_on) FROM bills`).Scan(&newest); err != nil {
		return billing.Date{}, fmt.Errorf("sqlite: %w", err)
	}
	return date(newest.String), nil
}

// RequestSync leaves a request for a sync to the process that holds the link to
// the API, and returns its key.
func (db *DB) RequestSync(ctx context.Context) (int64, error) {
	var id int64
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO sync_requests (asked_at) VALUES (?) RETURNING id`, millis(db.now())).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: sync request: %w", err)
	}
	return id, nil
}

// SyncRequested reports whether a request is waiting.
func (db *DB) SyncRequested(ctx context.Context) (bool, error) {
	var waiting bool
	if err := db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sync_requests WHERE run IS NULL)`).Scan(&waiting); err != nil {
		return false, fmt.Errorf("sqlite: sync request: %w", err)
	}
	return waiting, nil
}

// RequestedRun is the run that took on a request, or billing.ErrNotFound while
// none has.
func (db *DB) RequestedRun(ctx context.Context, request int64) (SyncRun, error) {
	var run sql.NullInt64
	err := db.read.QueryRowContext(ctx, `SELECT run FROM sync_requests WHERE id = ?`, request).Scan(&run)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return SyncRun{}, fmt.Errorf("sqlite: sync request: %w", err)
	}
	if !run.Valid {
		return SyncRun{}, billing.ErrNotFound
	}
	return db.SyncRun(ctx, SyncRunID(run.Int64))
}
