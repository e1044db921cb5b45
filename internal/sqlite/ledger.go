package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"billportal/internal/ledger"
)

// appendLedger adds an entry in the transaction that makes the change it records,
// so that neither is ever kept without the other.
func (db *DB) appendLedger(ctx context.Context, tx *sql.Tx, act ledger.Act) error {
	var last ledger.Entry
	err := tx.QueryRowContext(ctx, `SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1`).
		Scan(&last.Sequence, &last.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("sqlite: ledger: %w", err)
	}
	e := ledger.Seal(last, db.now(), act)
	_, err = tx.ExecContext(ctx, `INSERT INTO ledger (sequence, at, actor, action, object, detail, request_id, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Sequence, millis(e.At), e.Actor, e.Action, e.Object, e.Detail, e.RequestID, e.Hash)
	if err != nil {
		return fmt.Errorf("sqlite: ledger: %w", err)
	}
	return nil
}

// Record adds an entry for an act that changes nothing else.
func (db *DB) Record(ctx context.Context, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error { return db.appendLedger(ctx, tx, act) })
}

const ledgerColumns = `sequence, at, actor, action, object, detail, request_id, hash`

func scanEntry(row scanner) (ledger.Entry, error) {
	var e ledger.Entry
	var at int64
	err := row.Scan(&e.Sequence, &at, &e.Actor, &e.Action, &e.Object, &e.Detail, &e.RequestID, &e.Hash)
	e.At = instant(at)
	return e, err
}

// Ledger lists entries that a filter chooses, newest first, at most limit; before
// is the sequence of the entry that stood last on the page before, 0 for none.
func (db *DB) Ledger(ctx context.Context, f ledger.Filter, before int64, limit int) ([]ledger.Entry, error) {
	where := chosen(f)
	if before > 0 {
		where = where.and(`sequence < ?`, before)
	}
	return collect(ctx, db.read, scanEntry, `SELECT `+ledgerColumns+` FROM ledger WHERE `+where.sql+` ORDER BY sequence DESC LIMIT ?`,
		append(where.args, limit)...)
}

// LedgerAfter lists entries that a filter chooses in their order, at most limit,
// from behind the entry of the sequence after on.
func (db *DB) LedgerAfter(ctx context.Context, f ledger.Filter, after int64, limit int) ([]ledger.Entry, error) {
	where := chosen(f).and(`sequence > ?`, after)
	return collect(ctx, db.read, scanEntry, `SELECT `+ledgerColumns+` FROM ledger WHERE `+where.sql+` ORDER BY sequence LIMIT ?`,
		append(where.args, limit)...)
}

// chosen is the WHERE clause of a filter.
func chosen(f ledger.Filter) clause {
	where := clause{sql: `1`}
	if strings.HasSuffix(f.Action, ".") {
		where = where.and(`action >= ? AND action < ?`, f.Action, strings.TrimSuffix(f.Action, ".")+"/") // "/" is next to "."
	} else if f.Action != "" {
		where = where.and(`action = ?`, f.Action)
	}
	if strings.HasSuffix(f.Actor, " ") {
		where = where.and(`actor >= ? AND actor < ?`, f.Actor, strings.TrimSuffix(f.Actor, " ")+"!") // "!" is next to " "
	} else if f.Actor != "" {
		where = where.and(`actor = ?`, f.Actor)
	}
	if !f.From.IsZero() {
		where = where.and(`at >= ?`, millis(f.From))
	}
	if !f.Until.IsZero() {
		where = where.and(`at < ?`, millis(f.Until))
	}
	if f.Concerns != "" {
		where = where.concerning(f)
	}
	return where
}

// LedgerEntries walks the ledger from its first entry on.
func (db *DB) LedgerEntries(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		rows, err := db.read.QueryContext(ctx, `SELECT `+ledgerColumns+` FROM ledger ORDER BY sequence`)
		if err != nil {
			yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
		}
	}
}
