package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Document names the newest kept PDF of a bill in scope. It returns
// billing.ErrNotFound when none is kept, and equally for a bill out of scope.
func (db *DB) Document(ctx context.Context, scope access.Scope, id billing.BillID) (billing.HeldDocument, error) {
	where := scoped(scope).and("b.id = ?", id)
	var d billing.HeldDocument
	var fetched int64
	err := db.read.QueryRowContext(ctx, `SELECT d.sha256, d.size, d.fetched_at,
			d.fetched_at >= (SELECT max(v.seen_at) FROM bill_versions v WHERE v.bill = b.key)
		FROM documents d JOIN bills b ON b.key = d.bill JOIN accounts a ON a.number = b.account
		WHERE `+where.sql+` ORDER BY d.fetched_at DESC LIMIT 1`, where.args...).Scan(&d.SHA256, &d.Size, &fetched, &d.Current)
	if errors.Is(err, sql.ErrNoRows) {
		return d, billing.ErrNotFound
	}
	if err != nil {
		return d, fmt.Errorf("sqlite: document: %w", err)
	}
	d.FetchedAt = instant(fetched)
	return d, nil
}

// AddDocument records that a PDF of a bill is kept. A bill that has gone to another
// account since it was read is billing.ErrNotFound: the PDF may be the other's.
func (db *DB) AddDocument(ctx context.Context, bill billing.Bill, d billing.HeldDocument) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO documents (bill, sha256, size, fetched_at)
			SELECT key, ?, ?, ? FROM bills WHERE id = ? AND account = ?
			ON CONFLICT (bill, sha256) DO UPDATE SET fetched_at = excluded.fetched_at`, d.SHA256, d.Size, millis(db.now()), bill.ID, bill.Account)
		if err != nil {
			return fmt.Errorf("sqlite: document: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(billing.ErrNotFound, err)
		}
		return nil
	})
}

// AllDocuments lists every kept PDF that the database names.
func (db *DB) AllDocuments(ctx context.Context) ([]billing.HeldDocument, error) {
	return collect(ctx, db.read, func(s scanner) (billing.HeldDocument, error) {
		var d billing.HeldDocument
		err := s.Scan(&d.SHA256, &d.Size)
		return d, err
	}, `SELECT DISTINCT sha256, size FROM documents ORDER BY sha256`)
}
