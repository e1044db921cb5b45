package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

const personColumns = `p.id, p.issuer, p.subject, p.name, p.email, p.groups, p.disabled, p.disabled_at, p.disabled_by, p.disabled_why,
	p.first_seen, p.last_sign_in, p.last_visit`

func scanPerson(row scanner) (access.Person, error) {
	var p access.Person
	var groups string
	var disabled, first, last, visit int64
	if err := row.Scan(&p.ID, &p.Issuer, &p.Subject, &p.Name, &p.Email, &groups, &p.Disabled, &disabled, &p.DisabledBy, &p.DisabledWhy,
		&first, &last, &visit); err != nil {
		return p, err
	}
	p.DisabledAt = instant(disabled)
	p.FirstSeen, p.LastSignIn, p.LastVisit = instant(first), instant(last), instant(visit)
	if err := json.Unmarshal([]byte(groups), &p.Groups); err != nil {
		return p, fmt.Errorf("sqlite: groups of person %d: %w", p.ID, err)
	}
	return p, nil
}

// People lists everybody who has signed in, by name.
func (db *DB) People(ctx context.Context) ([]access.Person, error) {
	return collect(ctx, db.read, scanPerson, `SELECT `+personColumns+` FROM people p ORDER BY p.name, p.id`)
}

// Person is one of them, or billing.ErrNotFound.
func (db *DB) Person(ctx context.Context, id access.PersonID) (access.Person, error) {
	p, err := scanPerson(db.read.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, billing.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("sqlite: person: %w", err)
	}
	return p, nil
}

// personOf is the person of an issuer and subject, or sql.ErrNoRows.
func personOf(ctx context.Context, tx *sql.Tx, p access.Person) (access.Person, error) {
	return scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.issuer = ? AND p.subject = ?`, p.Issuer, p.Subject))
}

// personOfID is a person by the portal's key, or sql.ErrNoRows.
func personOfID(ctx context.Context, tx *sql.Tx, id access.PersonID) (access.Person, error) {
	return scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.id = ?`, id))
}

// rememberPerson finds or makes a person by issuer and subject and takes over
// name, e-mail and groups.
func (db *DB) rememberPerson(ctx context.Context, tx *sql.Tx, p access.Person) (access.Person, error) {
	now := millis(db.now())
	_, err := tx.ExecContext(ctx, `
		INSERT INTO people AS p (issuer, subject, name, email, groups, first_seen, last_sign_in) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name, email = excluded.email, groups = excluded.groups,
			last_visit = max(p.last_visit, coalesce((SELECT max(seen_at) FROM sessions WHERE person = p.id), 0)),
			last_sign_in = excluded.last_sign_in`,
		p.Issuer, p.Subject, p.Name, p.Email, jsonList(p.Groups), now, now)
	if err != nil {
		return p, err
	}
	return personOf(ctx, tx, p)
}

// RecordIdentity takes over what the identity provider says of a signed-in person
// now, and the tokens to ask with the next time. Groups that changed are an entry
// of the ledger. A session that has ended meanwhile is billing.ErrNotFound.
func (db *DB) RecordIdentity(ctx context.Context, p access.Person, session string, tokens []byte, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		asked, err := tx.ExecContext(ctx, `UPDATE sessions SET tokens = ?, asked_at = ? WHERE id = ?`, tokens, millis(db.now()), session)
		if err != nil {
			return fmt.Errorf("sqlite: identity: %w", err)
		}
		if n, err := asked.RowsAffected(); err != nil || n == 0 {
			return errors.Join(billing.ErrNotFound, err)
		}
		known, err := personOfID(ctx, tx, p.ID)
		if err != nil {
			return fmt.Errorf("sqlite: identity: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET name = ?, email = ?, groups = ? WHERE id = ?`,
			p.Name, p.Email, jsonList(p.Groups), p.ID); err != nil {
			return fmt.Errorf("sqlite: identity: %w", err)
		}
		if slices.Equal(known.Groups, p.Groups) {
			return nil
		}
		act.Object = access.ActorName(known)
		return db.appendLedger(ctx, tx, act)
	})
}

// SetDisabled takes a person out of the portal, or lets them in again, with the
// ledger entry. Whoever is disabled loses their sessions. It is
// access.ErrLastAdmin when nobody else could administer, and billing.ErrNotFound
// for a person who is not known and for the one who signs in by a link. Nothing
// happens when it is so already.
func (db *DB) SetDisabled(ctx context.Context, id access.PersonID, disabled bool, why string, policy access.Policy, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		people, err := collect(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM people p`)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(people, func(p access.Person) bool { return p.ID == id && !p.ByLink() })
		switch {
		case at < 0:
			return billing.ErrNotFound
		case people[at].Disabled == disabled:
			return nil
		case disabled && !policy.OthersAdminister(people, people[at]):
			return access.ErrLastAdmin
		}
		var since int64
		var by string
		if disabled {
			since, by = millis(db.now()), act.Actor
		} else {
			why = ""
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET disabled = ?, disabled_at = ?, disabled_by = ?, disabled_why = ? WHERE id = ?`,
			disabled, since, by, why, id); err != nil {
			return fmt.Errorf("sqlite: person: %w", err)
		}
		if disabled {
			if _, err := db.dropSessionsWhere(ctx, tx, `person = ?`, id); err != nil {
				return err
			}
		}
		act.Object, act.Detail = access.ActorName(people[at]), why
		return db.appendLedger(ctx, tx, act)
	})
}
