package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// maxSessions is how many sessions a person may have at once; the oldest goes.
const maxSessions = 5

const sessionColumns = `id, person, created_at, seen_at, proved_at, asked_at, rights, provider_session, tokens, browser, address`

func scanSession(row scanner) (access.Session, error) {
	var s access.Session
	var created, seen, proved, asked int64
	err := row.Scan(&s.ID, &s.Person, &created, &seen, &proved, &asked, &s.Rights, &s.ProviderSession, &s.Tokens, &s.Browser, &s.Address)
	s.CreatedAt, s.SeenAt, s.ProvedAt, s.AskedAt = instant(created), instant(seen), instant(proved), instant(asked)
	return s, err
}

// SignIn records a sign-in: it finds or makes the person by issuer and subject,
// takes over name, e-mail and groups, opens session s under the hash of its
// reference, and adds the ledger entry. Person, begin and last use of s are set
// here. Everybody's sessions that are past the limits are gone then. A person who
// is disabled here gets access.ErrDisabled and nothing changes but the ledger,
// which says so.
func (db *DB) SignIn(ctx context.Context, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error) {
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
		signedIn, err = db.signIn(ctx, tx, p, s, hash, limits, act)
		return err
	})
	return signedIn, errors.Join(err, refused)
}

// signIn is SignIn for a person who may come in.
func (db *DB) signIn(ctx context.Context, tx *sql.Tx, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error) {
	signedIn, err := db.rememberPerson(ctx, tx, p)
	if err != nil {
		return p, fmt.Errorf("sqlite: signing in: %w", err)
	}
	s.Person, s.CreatedAt, s.SeenAt = signedIn.ID, db.now(), db.now()
	if err := insertSession(ctx, tx, s, hash); err != nil {
		return p, fmt.Errorf("sqlite: signing in: %w", err)
	}
	act.Actor = access.ActorName(signedIn)
	if err := db.dropStaleSessions(ctx, tx, signedIn.ID, limits, act); err != nil {
		return p, fmt.Errorf("sqlite: signing in: %w", err)
	}
	return signedIn, db.appendLedger(ctx, tx, act)
}

func insertSession(ctx context.Context, tx *sql.Tx, s access.Session, hash []byte) error {
	if s.Tokens == nil {
		s.Tokens = []byte{}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, `+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, s.ID, s.Person, millis(s.CreatedAt), millis(s.SeenAt), millis(s.ProvedAt), millis(s.AskedAt), s.Rights,
		s.ProviderSession, s.Tokens, s.Browser, s.Address)
	return err
}

// dropStaleSessions drops everybody's sessions that are past the limits, and those
// of one person that are too many: those with an entry of the ledger, because nothing
// but the sign-in of act has ended them.
func (db *DB) dropStaleSessions(ctx context.Context, tx *sql.Tx, person access.PersonID, limits access.SessionLimits, act ledger.Act) error {
	// Two steps, because an index serves each of them and none both.
	if _, err := db.dropSessionsWhere(ctx, tx, `seen_at <= ?`, millis(db.now().Add(-limits.Idle))); err != nil {
		return err
	}
	if _, err := db.dropSessionsWhere(ctx, tx, `created_at <= ?`, millis(db.now().Add(-limits.Max))); err != nil {
		return err
	}
	act.Action, act.Detail = "session.replace", "more than "+strconv.Itoa(maxSessions)+" sessions"
	_, err := db.endSessionsWhere(ctx, tx, act, `person = ?1 AND id NOT IN
		(SELECT id FROM sessions WHERE person = ?1 ORDER BY created_at DESC, seen_at DESC LIMIT ?2)`, person, maxSessions)
	return err
}

// dropSessionsWhere drops sessions after noting when they were last used, and
// returns how many. The condition is written in this package, as a test sees to.
//
//nolint:gosec // the concatenation joins texts of this package and binds all values
func (db *DB) dropSessionsWhere(ctx context.Context, tx *sql.Tx, where string, args ...any) (int, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE people SET last_visit = max(last_visit, s.seen)
		FROM (SELECT person, max(seen_at) AS seen FROM sessions WHERE `+where+` GROUP BY person) s
		WHERE s.person = people.id`, args...); err != nil {
		return 0, fmt.Errorf("sqlite: sessions: %w", err)
	}
	gone, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE `+where, args...)
	if err != nil {
		return 0, fmt.Errorf("sqlite: sessions: %w", err)
	}
	n, err := gone.RowsAffected()
	return int(n), err
}

// Session finds a session and its person by the hash of the reference, or
// returns billing.ErrNotFound. Whether it has expired is the caller's question.
func (db *DB) Session(ctx context.Context, hash []byte) (access.Session, access.Person, error) {
	s, err := scanSession(db.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = ?`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return s, access.Person{}, billing.ErrNotFound
	}
	if err != nil {
		return s, access.Person{}, fmt.Errorf("sqlite: session: %w", err)
	}
	p, err := db.Person(ctx, s.Person)
	return s, p, err
}

// Sessions lists a person's sessions, the one used last first, those that have
// expired included.
func (db *DB) Sessions(ctx context.Context, person access.PersonID) ([]access.Session, error) {
	return collect(ctx, db.read, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE person = ? ORDER BY seen_at DESC, id`, person)
}

// SessionCounts is how many sessions within the limits each person has.
func (db *DB) SessionCounts(ctx context.Context, limits access.SessionLimits) (map[access.PersonID]int, error) {
	counts := map[access.PersonID]int{}
	_, err := collect(ctx, db.read, func(row scanner) (n int, err error) {
		var person access.PersonID
		err = row.Scan(&person, &n)
		counts[person] = n
		return n, err
	}, `SELECT person, count(*) FROM sessions WHERE seen_at > ? AND created_at > ? GROUP BY person`,
		millis(db.now().Add(-limits.Idle)), millis(db.now().Add(-limits.Max)))
	return counts, err
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

// RenewSession puts a session under the hash of a new reference, with the rights
// and the sealed tokens that belong to it. The old reference is void from then on;
// one that is void already is billing.ErrNotFound.
func (db *DB) RenewSession(ctx context.Context, hash, renewed []byte, rights access.Rights, tokens []byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE sessions SET hash = ?, rights = ?, tokens = ? WHERE hash = ?`, renewed, rights, tokens, hash)
		if err != nil {
			return fmt.Errorf("sqlite: session: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(billing.ErrNotFound, err)
		}
		return nil
	})
}

// EndSession removes a session with the ledger entry that says why and names the
// person; one that is gone already adds no entry.
func (db *DB) EndSession(ctx context.Context, hash []byte, act ledger.Act) error {
	_, err := db.endSessions(ctx, act, `hash = ?`, hash)
	return err
}

// EndSessionOf removes one session of a person, named by its ID, with the ledger
// entry. One that is gone, or another person's, is billing.ErrNotFound.
func (db *DB) EndSessionOf(ctx context.Context, person access.PersonID, id string, act ledger.Act) error {
	n, err := db.endSessions(ctx, act, `person = ? AND id = ?`, person, id)
	if err == nil && n == 0 {
		return billing.ErrNotFound
	}
	return err
}

// EndSessionsOf removes a person's sessions but the one named except ("" for all),
// with the ledger entry, and returns how many.
func (db *DB) EndSessionsOf(ctx context.Context, person access.PersonID, except string, act ledger.Act) (int, error) {
	return db.endSessions(ctx, act, `person = ? AND id <> ?`, person, except)
}

// EndEverySession removes everybody's sessions but the one named except, with one
// ledger entry for all of them, and returns how many.
func (db *DB) EndEverySession(ctx context.Context, except string, act ledger.Act) (n int, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		if n, err = db.dropSessionsWhere(ctx, tx, `id <> ?`, except); err != nil || n == 0 {
			return err
		}
		act.Object, act.Detail = "everybody", counted(n)
		return db.appendLedger(ctx, tx, act)
	})
	return n, err
}

// EndProviderSessions removes what the identity provider has ended: the sessions
// that belong to its session sid, or with sid "" all of a subject. Those of a
// subject that the provider gave no sid go with any sid of theirs. The ledger gets
// an entry for each person.
func (db *DB) EndProviderSessions(ctx context.Context, issuer, subject, sid string, act ledger.Act) (int, error) {
	const ofSubject = `person IN (SELECT id FROM people WHERE issuer = ?1 AND subject = ?2)`
	if sid == "" {
		return db.endSessions(ctx, act, ofSubject, issuer, subject)
	}
	return db.endSessions(ctx, act, `provider_session = ?3 AND person IN (SELECT id FROM people WHERE issuer = ?1)
		OR provider_session = '' AND `+ofSubject, issuer, subject, sid)
}

// endSessions is endSessionsWhere in a transaction of its own.
func (db *DB) endSessions(ctx context.Context, act ledger.Act, where string, args ...any) (n int, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		n, err = db.endSessionsWhere(ctx, tx, act, where, args...)
		return err
	})
	return n, err
}

// endSessionsWhere drops sessions, adds an entry to the ledger for each person who
// had some of them, and returns how many. The entry is about the person; its detail
// is that of act, or how many sessions of theirs when those were several. The
// condition is written in this package, as a test sees to.
func (db *DB) endSessionsWhere(ctx context.Context, tx *sql.Tx, act ledger.Act, where string, args ...any) (int, error) {
	ended, err := collect(ctx, tx, scanEnded, `SELECT person, count(*) FROM sessions WHERE `+where+` GROUP BY person ORDER BY person`, args...)
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	for _, e := range ended {
		person, err := personOfID(ctx, tx, e.person)
		if err != nil {
			return 0, fmt.Errorf("sqlite: sessions: %w", err)
		}
		entry := act
		entry.Object = access.ActorName(person)
		if entry.Detail == "" {
			entry.Detail = counted(e.sessions)
		}
		if err := db.appendLedger(ctx, tx, entry); err != nil {
			return 0, err
		}
	}
	return db.dropSessionsWhere(ctx, tx, where, args...)
}

// endedSessions is how many sessions of a person are to end.
type endedSessions struct {
	person   access.PersonID
	sessions int
}

func scanEnded(row scanner) (e endedSessions, err error) {
	err = row.Scan(&e.person, &e.sessions)
	return e, err
}

// counted says how many sessions ended where that is more than one.
func counted(sessions int) string {
	if sessions == 1 {
		return ""
	}
	return strconv.Itoa(sessions) + " sessions"
}
