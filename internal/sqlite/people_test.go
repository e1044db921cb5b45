package sqlite_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

const issuer = "https://id.example"

func TestPeopleAreOneByIssuerAndSubject(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada", Email: "ada@example.com", Groups: []string{"readers"}})
	p.wait(time.Hour)
	again := p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada Okafor", Email: "okafor@example.com"})
	if again.ID != ada.ID || again.Name != "Ada Okafor" || again.Email != "okafor@example.com" || len(again.Groups) != 0 ||
		!again.FirstSeen.Equal(ada.FirstSeen) || !again.LastSignIn.Equal(p.clock()) {
		t.Errorf("%+v, then %+v", ada, again)
	}
	for _, other := range []access.Person{
		{Issuer: issuer, Subject: "u-2", Name: "Ada Okafor", Email: "okafor@example.com"},
		{Issuer: "https://other.example", Subject: "u-1", Email: "okafor@example.com"},
		{Issuer: issuer, Subject: "U-1", Email: "okafor@example.com"},
	} {
		if got := p.signIn(t, byte(len(other.Issuer))+other.Subject[2]+other.Subject[0], other); got.ID == ada.ID {
			t.Errorf("%+v is taken for Ada", other)
		}
	}
	if people, err := p.People(t.Context()); err != nil || len(people) != 4 {
		t.Errorf("%d people, %v", len(people), err)
	}
}

func TestADisabledPersonGetsNoSession(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada", Groups: []string{"admins"}})
	p.exec(t, `UPDATE people SET disabled = 1 WHERE id = ?`, ada.ID)
	p.wait(time.Hour)
	_, err := p.SignIn(t.Context(), access.Person{Issuer: issuer, Subject: "u-1", Name: "Eve"}, access.Session{ID: string('b')}, hash('b'), limits, ledger.Act{Action: "session.begin", RequestID: "r9"})
	if !errors.Is(err, access.ErrDisabled) {
		t.Errorf("%v", err)
	}
	if _, _, err := p.Session(t.Context(), hash('b')); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a disabled person has a session: %v", err)
	}
	if _, held, err := p.Session(t.Context(), hash('a')); err != nil || !held.Disabled || held.Name != "Ada" || len(held.Groups) != 1 || !held.LastSignIn.Equal(ada.LastSignIn) {
		t.Errorf("%+v, %v", held, err)
	}
	entries := p.entries(t)
	if last := entries[len(entries)-1]; len(entries) != 2 || last.Action != "session.refuse" || last.Actor != access.ActorName(ada) || last.RequestID != "r9" {
		t.Errorf("%+v", entries)
	}
}

func TestSessionsPastTheirLimitsGoWithTheNextSignIn(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	short := access.SessionLimits{Idle: time.Hour, Max: 3 * time.Hour}
	idle := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1"})
	p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-2"})
	p.wait(2 * time.Hour)
	p.signIn(t, 'c', access.Person{Issuer: issuer, Subject: "u-3"})
	p.wait(time.Hour - time.Second)
	must(t, p.TouchSession(t.Context(), hash('b')))
	left := p.clock()
	p.wait(time.Second)
	p.exec(t, `UPDATE sessions SET seen_at = seen_at + 1 WHERE hash = ?`, hash('c'))
	_, err := p.SignIn(t.Context(), access.Person{Issuer: issuer, Subject: "u-4"}, access.Session{ID: string('d')}, hash('d'), short, act)
	must(t, err)
	for letter, stays := range map[byte]bool{'a': false, 'b': false, 'c': true, 'd': true} {
		if _, _, err := p.Session(t.Context(), hash(letter)); (err == nil) != stays {
			t.Errorf("session %c: %v", letter, err)
		}
	}
	people, err := p.People(t.Context())
	must(t, err)
	for _, person := range people {
		want := map[string]time.Time{"u-1": idle.LastSignIn, "u-2": left}[person.Subject]
		if !person.LastVisit.Equal(want) {
			t.Errorf("last visit of %s: %v, want %v", person.Subject, person.LastVisit, want)
		}
	}
}

func TestSessionsAreFoundByTheirHashUntilTheyEnd(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	begun := p.clock()
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada", Groups: []string{"x", "a\"b"}})
	p.wait(time.Minute)
	must(t, p.TouchSession(t.Context(), hash('a')))
	s, person, err := p.Session(t.Context(), hash('a'))
	if err != nil || s.Person != ada.ID || person.Name != "Ada" || !slices.Equal(person.Groups, ada.Groups) ||
		!s.CreatedAt.Equal(begun) || !s.SeenAt.Equal(p.clock()) || s.ID != "a" {
		t.Errorf("%+v, %+v, %v", s, person, err)
	}
	for _, unknown := range [][]byte{hash('b'), nil, hash('a')[:31]} {
		if _, _, err := p.Session(t.Context(), unknown); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("hash %x: %v", unknown, err)
		}
	}
	must(t, p.EndSession(t.Context(), hash('b'), ledger.Act{Action: "session.end"}))
	must(t, p.EndSession(t.Context(), hash('a'), ledger.Act{Action: "session.end"}))
	must(t, p.EndSession(t.Context(), hash('a'), ledger.Act{Action: "session.end"}))
	must(t, p.TouchSession(t.Context(), hash('a')))
	if _, _, err := p.Session(t.Context(), hash('a')); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("an ended session: %v", err)
	}
	entries := p.entries(t)
	if len(entries) != 2 || entries[0].Actor != access.ActorName(ada) || entries[1].Action != "session.end" {
		t.Errorf("%+v", entries)
	}
}

func TestTheLastVisitIsTheOneBefore(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := access.Person{Issuer: issuer, Subject: "u-1"}
	if first := p.signIn(t, 'a', ada); !first.LastVisit.IsZero() {
		t.Errorf("on the first visit: %v", first.LastVisit)
	}
	p.wait(time.Hour)
	must(t, p.TouchSession(t.Context(), hash('a')))
	left := p.clock()
	must(t, p.EndSession(t.Context(), hash('a'), act))
	p.wait(24 * time.Hour)
	if second := p.signIn(t, 'b', ada); !second.LastVisit.Equal(left) {
		t.Errorf("after signing out: %v, want %v", second.LastVisit, left)
	}
	opened := p.clock()
	p.wait(24 * time.Hour)
	if third := p.signIn(t, 'c', ada); !third.LastVisit.Equal(opened) {
		t.Errorf("after leaving: %v, want %v", third.LastVisit, opened)
	}
}

func TestTheOldestSessionsMakeRoom(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	for i := range byte(7) {
		p.signIn(t, 'a'+i, access.Person{Issuer: issuer, Subject: "u-1"})
		p.wait(time.Second)
	}
	p.signIn(t, 'z', access.Person{Issuer: issuer, Subject: "u-2"})
	for i := range byte(7) {
		if _, _, err := p.Session(t.Context(), hash('a'+i)); (err == nil) != (i >= 2) {
			t.Errorf("session %d: %v", i, err)
		}
	}
}

func TestASignInWithoutEntryIsNone(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.exec(t, `CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(ABORT, 'full'); END`)
	if _, err := p.SignIn(t.Context(), access.Person{Issuer: issuer, Subject: "u-1"}, access.Session{ID: string('a')}, hash('a'), limits, act); err == nil {
		t.Error("signed in without an entry")
	}
	if people, err := p.People(t.Context()); err != nil || len(people) != 0 {
		t.Errorf("%v, %v", people, err)
	}
}

func attempt(state string, browser byte, begun time.Time) access.SignInAttempt {
	return access.SignInAttempt{State: state, Nonce: "n", Verifier: "v", Browser: hash(browser), ReturnTo: "/bills?q=1", Begun: begun}
}

func TestSignInAttemptsAreTakenOnceByTheirBrowserInTime(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	now := p.clock()
	oldest := now.Add(-10 * time.Minute)
	must(t, p.AddSignInAttempt(t.Context(), attempt("s-1", 'a', now), oldest))
	must(t, p.AddSignInAttempt(t.Context(), attempt("s-2", 'a', oldest.Add(-time.Millisecond)), time.Time{}))
	must(t, p.AddSignInAttempt(t.Context(), attempt("s-3", 'a', oldest), oldest.Add(-time.Hour)))
	for about, c := range map[string]struct {
		state   string
		browser byte
	}{
		"another browser": {"s-1", 'b'}, "another state": {"s-9", 'a'}, "no state": {"", 'a'}, "too late": {"s-2", 'a'},
	} {
		if a, err := p.TakeSignInAttempt(t.Context(), c.state, hash(c.browser), oldest); !errors.Is(err, billing.ErrNotFound) || a.Verifier != "" {
			t.Errorf("%s: %+v, %v", about, a, err)
		}
	}
	got, err := p.TakeSignInAttempt(t.Context(), "s-1", hash('a'), oldest)
	want := attempt("s-1", 'a', now)
	if err != nil || got.Nonce != want.Nonce || got.Verifier != want.Verifier || got.ReturnTo != want.ReturnTo || !got.Begun.Equal(now) || !slices.Equal(got.Browser, want.Browser) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.TakeSignInAttempt(t.Context(), "s-1", hash('a'), oldest); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := p.TakeSignInAttempt(t.Context(), "s-3", hash('a'), oldest); err != nil {
		t.Errorf("at the last moment: %v", err)
	}
	if err := p.AddSignInAttempt(t.Context(), attempt("s-2", 'c', now), time.Time{}); err == nil {
		t.Error("one state for two attempts")
	}
	must(t, p.AddSignInAttempt(t.Context(), attempt("s-4", 'a', now), now))
	var left int
	must(t, p.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM signin_attempts`).Scan(&left))
	if left != 1 {
		t.Errorf("%d attempts are kept", left)
	}
}

func TestABrowserHasFewSignInsUnderWay(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	must(t, p.AddSignInAttempt(t.Context(), attempt("other", 'b', p.clock()), time.Time{}))
	for i := range 8 {
		p.wait(time.Second)
		must(t, p.AddSignInAttempt(t.Context(), attempt(string(rune('0'+i)), 'a', p.clock()), time.Time{}))
	}
	for i := range 8 {
		_, err := p.TakeSignInAttempt(t.Context(), string(rune('0'+i)), hash('a'), time.Time{})
		if (err == nil) != (i >= 3) {
			t.Errorf("attempt %d: %v", i, err)
		}
	}
	if _, err := p.TakeSignInAttempt(t.Context(), "other", hash('b'), time.Time{}); err != nil {
		t.Errorf("another browser's attempt: %v", err)
	}
}
