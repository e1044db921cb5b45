package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

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

// LedgerEntries walks the ledger from its first entry on.
func (db *DB) LedgerEntries(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		rows, err := db.read.QueryContext(ctx,
			`SELECT sequence, at, actor, action, object, detail, request_id, hash FROM ledger ORDER BY sequence`)
		if err != nil {
			yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var e ledger.Entry
			var at int64
			if err := rows.Scan(&e.Sequence, &at, &e.Actor, &e.Action, &e.Object, &e.Detail, &e.RequestID, &e.Hash); err != nil {
				yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
				return
			}
			e.At = instant(at)
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ledger.Entry{}, fmt.Errorf("sqlite: ledger: %w", err))
		}
	}
}
