package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// AddAdminLink keeps the hash of a link that signs an admin in, with the ledger
// entry; those made before oldest go.
func (db *DB) AddAdminLink(ctx context.Context, hash []byte, oldest time.Time, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM admin_links WHERE made_at < ?`, millis(oldest)); err != nil {
			return fmt.Errorf("sqlite: admin link: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO admin_links (hash, made_at) VALUES (?, ?)`, hash, millis(db.now())); err != nil {
			return fmt.Errorf("sqlite: admin link: %w", err)
		}
		return db.appendLedger(ctx, tx, act)
	})
}

// AdminLink is billing.ErrNotFound unless the link was made at or after oldest and
// is not used.
func (db *DB) AdminLink(ctx context.Context, hash []byte, oldest time.Time) error {
	var made int64
	err := db.read.QueryRowContext(ctx, `SELECT made_at FROM admin_links WHERE hash = ? AND made_at >= ?`, hash, millis(oldest)).Scan(&made)
	if errors.Is(err, sql.ErrNoRows) {
		return billing.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("sqlite: admin link: %w", err)
	}
	return nil
}

// SignInByLink is SignIn for whoever holds a link, and uses the link up: there is no
// second time. A sign-in that fails leaves the link as it was. It is
// billing.ErrNotFound for every link that AdminLink does not find.
func (db *DB) SignInByLink(ctx context.Context, link []byte, oldest time.Time, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error) {
	var signedIn access.Person
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM admin_links WHERE hash = ? AND made_at >= ?`, link, millis(oldest))
		if err != nil {
			return fmt.Errorf("sqlite: admin link: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(billing.ErrNotFound, err)
		}
		signedIn, err = db.signIn(ctx, tx, p, s, hash, limits, act)
		return err
	})
	return signedIn, err
}
