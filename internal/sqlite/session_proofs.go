package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// ProveSession puts a session, named by its ID, under the hash of a new reference because its person
// has proved again who they are: rights, proof, tokens and what the provider says of
// the person are taken over from s and p, the rest of the session stays, its ID
// above all. The old reference is void from then on. A session that is gone or
// belongs to somebody else is billing.ErrNotFound, and nothing changes.
func (db *DB) ProveSession(ctx context.Context, id string, renewed []byte, p access.Person, s access.Session, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		known, err := personOf(ctx, tx, p)
		if errors.Is(err, sql.ErrNoRows) {
			return billing.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("sqlite: proof: %w", err)
		}
		proved, err := tx.ExecContext(ctx, `UPDATE sessions SET hash = ?, rights = ?, proved_at = ?, asked_at = ?, provider_session = ?, tokens = ?
			WHERE id = ? AND person = ?`,
			renewed, s.Rights, millis(s.ProvedAt), millis(s.AskedAt), s.ProviderSession, s.Tokens, id, known.ID)
		if err != nil {
			return fmt.Errorf("sqlite: proof: %w", err)
		}
		if n, err := proved.RowsAffected(); err != nil || n == 0 {
			return errors.Join(billing.ErrNotFound, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET name = ?, email = ?, groups = ? WHERE id = ?`,
			p.Name, p.Email, jsonList(p.Groups), known.ID); err != nil {
			return fmt.Errorf("sqlite: proof: %w", err)
		}
		act.Actor = access.ActorName(known)
		return db.appendLedger(ctx, tx, act)
	})
}

// KeepTokens keeps the sealed tokens of a session, named by its ID, where the
// provider gave new ones without saying anything about the person. A session that
// has ended keeps none.
func (db *DB) KeepTokens(ctx context.Context, session string, tokens []byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE sessions SET tokens = ? WHERE id = ?`, tokens, session); err != nil {
			return fmt.Errorf("sqlite: tokens: %w", err)
		}
		return nil
	})
}

// DropSession removes a session that is over anyway: nobody ended it, so the ledger
// has nothing to say.
func (db *DB) DropSession(ctx context.Context, hash []byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		_, err := db.dropSessionsWhere(ctx, tx, `hash = ?`, hash)
		return err
	})
}
