package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// maxAttempts is how many sign-ins a browser may have under way, one for each of
// some tabs; the oldest goes.
const maxAttempts = 5

// AddSignInAttempt keeps a sign-in that has begun, and drops those that began
// before oldest and those of the same browser that are too many.
func (db *DB) AddSignInAttempt(ctx context.Context, a access.SignInAttempt, oldest time.Time) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM signin_attempts WHERE started_at < ?`, millis(oldest)); err != nil {
			return fmt.Errorf("sqlite: sign-in attempt: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM signin_attempts WHERE browser = ?1 AND state NOT IN
			(SELECT state FROM signin_attempts WHERE browser = ?1 ORDER BY started_at DESC LIMIT ?2)`, a.Browser, maxAttempts-1); err != nil {
			return fmt.Errorf("sqlite: sign-in attempt: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO signin_attempts (state, browser, nonce, verifier, max_age, return_to, started_at)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, a.State, a.Browser, a.Nonce, a.Verifier, a.MaxAge.Milliseconds(), a.ReturnTo, millis(a.Begun)); err != nil {
			return fmt.Errorf("sqlite: sign-in attempt: %w", err)
		}
		return nil
	})
}

// TakeSignInAttempt removes and returns the attempt of a state that the same
// browser began at or after oldest; there is no second time. It returns
// billing.ErrNotFound for every other state, and leaves another browser's
// attempt where it is.
func (db *DB) TakeSignInAttempt(ctx context.Context, state string, browser []byte, oldest time.Time) (access.SignInAttempt, error) {
	var a access.SignInAttempt
	var begun, maxAge int64
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `DELETE FROM signin_attempts WHERE state = ? AND browser = ? AND started_at >= ?
			RETURNING state, browser, nonce, verifier, max_age, return_to, started_at`, state, browser, millis(oldest)).
			Scan(&a.State, &a.Browser, &a.Nonce, &a.Verifier, &maxAge, &a.ReturnTo, &begun)
		if errors.Is(err, sql.ErrNoRows) {
			return billing.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("sqlite: sign-in attempt: %w", err)
		}
		return nil
	})
	a.Begun, a.MaxAge = instant(begun), time.Duration(maxAge)*time.Millisecond
	return a, err
}
