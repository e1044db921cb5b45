package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

const personColumns = `p.id, p.issuer, p.subject, p.name, p.email, p.groups, p.disabled, p.first_seen, p.last_sign_in, p.last_visit`

func scanPerson(row scanner) (access.Person, error) {
	var p access.Person
	var groups string
	var first, last, visit int64
	if err := row.Scan(&p.ID, &p.Issuer, &p.Subject, &p.Name, &p.Email, &groups, &p.Disabled, &first, &last, &visit); err != nil {
		return p, err
	}
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

// maxSessions is how many sessions a person may have at once; the oldest goes.
const maxSessions = 5

// SignIn records a sign-in: it finds or makes the person by issuer and subject,
// takes over name, e-mail and groups, opens a session under the hash of its
// reference, and adds the ledger entry. Everybody's sessions that are past the
// limits are gone then. A person who is disabled here gets access.ErrDisabled and
// nothing changes but the ledger, which says so.
func (db *DB) SignIn(ctx context.Context, p access.Person, hash []byte, idToken string, limits access.SessionLimits, act ledger.Act) (access.Person, error) {
	var signedIn access.Person
	var refused error
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		known, err := personOf(ctx, tx, p)
		if err == nil && known.Disabled {
			refused = access.ErrDisabled
			return db.appendLedger(ctx, tx, ledger.Act{
				Actor: access.ActorName(known), Action: "session.refuse", Object: "sign-in", Detail: "the person is disabled", RequestID: act.RequestID,
			})
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("sqlite: signing in: %w", err)
		}
		if signedIn, err = db.openSession(ctx, tx, p, hash, idToken); err != nil {
			return fmt.Errorf("sqlite: signing in: %w", err)
		}
		if err := db.dropSessions(ctx, tx, signedIn.ID, limits); err != nil {
			return fmt.Errorf("sqlite: signing in: %w", err)
		}
		act.Actor = access.ActorName(signedIn)
		return db.appendLedger(ctx, tx, act)
	})
	return signedIn, errors.Join(err, refused)
}

// personOf is the person of an issuer and subject, or sql.ErrNoRows.
func personOf(ctx context.Context, tx *sql.Tx, p access.Person) (access.Person, error) {
	return scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.issuer = ? AND p.subject = ?`, p.Issuer, p.Subject))
}

func (db *DB) openSession(ctx context.Context, tx *sql.Tx, p access.Person, hash []byte, idToken string) (access.Person, error) {
	now := millis(db.now())
	signedIn, err := scanPerson(tx.QueryRowContext(ctx, `
		INSERT INTO people AS p (issuer, subject, name, email, groups, first_seen, last_sign_in) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name, email = excluded.email, groups = excluded.groups,
			last_visit = max(p.last_visit, coalesce((SELECT max(seen_at) FROM sessions WHERE person = p.id), 0)),
			last_sign_in = excluded.last_sign_in
		RETURNING id, issuer, subject, name, email, groups, disabled, first_seen, last_sign_in, last_visit`,
		p.Issuer, p.Subject, p.Name, p.Email, jsonList(p.Groups), now, now))
	if err != nil {
		return signedIn, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sessions (hash, person, created_at, seen_at, id_token) VALUES (?, ?, ?, ?, ?)`,
		hash, signedIn.ID, now, now, idToken)
	return signedIn, err
}

// dropSessions drops everybody's sessions that are past the limits, after noting
// when they were last used, and those of one person that are too many.
func (db *DB) dropSessions(ctx context.Context, tx *sql.Tx, person access.PersonID, limits access.SessionLimits) error {
	unused, begun := millis(db.now().Add(-limits.Idle)), millis(db.now().Add(-limits.Max))
	if _, err := tx.ExecContext(ctx, `UPDATE people SET last_visit = max(last_visit, s.seen)
		FROM (SELECT person, max(seen_at) AS seen FROM sessions WHERE seen_at <= ? OR created_at <= ? GROUP BY person) s
		WHERE s.person = people.id`, unused, begun); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE seen_at <= ? OR created_at <= ?`, unused, begun); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE person = ?1 AND hash NOT IN
		(SELECT hash FROM sessions WHERE person = ?1 ORDER BY created_at DESC, seen_at DESC LIMIT ?2)`, person, maxSessions)
	return err
}

// Session finds a session and its person by the hash of the reference, or
// returns billing.ErrNotFound. Whether it has expired is the caller's question.
func (db *DB) Session(ctx context.Context, hash []byte) (access.Session, access.Person, error) {
	var s access.Session
	var created, seen int64
	err := db.read.QueryRowContext(ctx, `SELECT person, created_at, seen_at, id_token FROM sessions WHERE hash = ?`, hash).
		Scan(&s.Person, &created, &seen, &s.IDToken)
	if errors.Is(err, sql.ErrNoRows) {
		return s, access.Person{}, billing.ErrNotFound
	}
	if err != nil {
		return s, access.Person{}, fmt.Errorf("sqlite: session: %w", err)
	}
	s.CreatedAt, s.SeenAt = instant(created), instant(seen)
	p, err := scanPerson(db.read.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.id = ?`, s.Person))
	if err != nil {
		return s, p, fmt.Errorf("sqlite: session: %w", err)
	}
	return s, p, nil
}

// TouchSession records that a session was used now.
func (db *DB) TouchSession(ctx context.Context, hash []byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE sessions SET seen_at = ? WHERE hash = ?`, millis(db.now()), hash); err != nil {
			return fmt.Errorf("sqlite: session: %w", err)
		}
		return nil
	})
}

// EndSession removes a session with the ledger entry that says why; one that is
// gone already adds no entry.
func (db *DB) EndSession(ctx context.Context, hash []byte, act ledger.Act) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		var person access.PersonID
		var seen int64
		err := tx.QueryRowContext(ctx, `DELETE FROM sessions WHERE hash = ? RETURNING person, seen_at`, hash).Scan(&person, &seen)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sqlite: session: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET last_visit = max(last_visit, ?) WHERE id = ?`, seen, person); err != nil {
			return fmt.Errorf("sqlite: session: %w", err)
		}
		return db.appendLedger(ctx, tx, act)
	})
}
