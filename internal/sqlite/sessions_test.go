package sqlite_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

var policy = access.Policy{Issuer: issuer, Groups: map[access.Role][]string{access.Employee: {"readers"}, access.Admin: {"admins"}}}

func TestSessionsKeepWhatTellsThemApart(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	given := access.Session{
		ID: "s1", ProvedAt: p.clock().Add(-time.Minute), AskedAt: p.clock(), Rights: access.RightsOf(access.View),
		ProviderSession: "sid-1", Tokens: []byte("sealed"), Browser: "Firefox", Address: "10.0.0.1",
	}
	ada, err := p.SignIn(t.Context(), access.Person{Issuer: issuer, Subject: "u-1"}, given, hash('a'), limits, act)
	must(t, err)
	got, _, err := p.Session(t.Context(), hash('a'))
	given.Person, given.CreatedAt, given.SeenAt = ada.ID, p.clock(), p.clock()
	if err != nil || !bytes.Equal(got.Tokens, given.Tokens) {
		t.Fatalf("%+v, %v", got, err)
	}
	got.Tokens, given.Tokens = nil, nil
	if !equalSessions(got, given) {
		t.Errorf("%+v, want %+v", got, given)
	}
	list, err := p.Sessions(t.Context(), ada.ID)
	if err != nil || len(list) != 1 || list[0].ID != "s1" {
		t.Errorf("%+v, %v", list, err)
	}
}

func equalSessions(a, b access.Session) bool {
	return a.ID == b.ID && a.Person == b.Person && a.CreatedAt.Equal(b.CreatedAt) && a.SeenAt.Equal(b.SeenAt) && a.ProvedAt.Equal(b.ProvedAt) &&
		a.AskedAt.Equal(b.AskedAt) && a.Rights == b.Rights && a.ProviderSession == b.ProviderSession && a.Browser == b.Browser && a.Address == b.Address
}

func TestARenewedReferenceVoidsTheOldOne(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1"})
	must(t, p.RenewSession(t.Context(), hash('a'), hash('b'), access.RightsOf(access.Administer), []byte("again")))
	if _, _, err := p.Session(t.Context(), hash('a')); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("the old reference opens: %v", err)
	}
	s, _, err := p.Session(t.Context(), hash('b'))
	if err != nil || s.ID != "a" || s.Rights != access.RightsOf(access.Administer) || string(s.Tokens) != "again" {
		t.Errorf("%+v, %v", s, err)
	}
	if err := p.RenewSession(t.Context(), hash('a'), hash('c'), 0, nil); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a void reference is renewed: %v", err)
	}
}

// opens says which of the sessions a, b, c… stand.
func (p *portal) opens(t *testing.T, letters string) string {
	t.Helper()
	var stand strings.Builder
	for _, letter := range []byte(letters) {
		_, _, err := p.Session(t.Context(), hash(letter))
		if err == nil {
			stand.WriteByte(letter)
		} else if !errors.Is(err, billing.ErrNotFound) {
			t.Error(err)
		}
	}
	return stand.String()
}

func TestSessionsEndOneByOneAndTogether(t *testing.T) {
	t.Parallel()
	one := access.Person{Issuer: issuer, Subject: "u-1"}
	two := access.Person{Issuer: issuer, Subject: "u-2"}
	for _, c := range []struct {
		about string
		end   func(p *portal, one, two access.PersonID) (int, error)
		stand string
		gone  int
	}{
		{"one of mine", func(p *portal, one, _ access.PersonID) (int, error) {
			return 1, p.EndSessionOf(t.Context(), one, "b", act)
		}, "ac", 1},
		{"all of mine but this", func(p *portal, one, _ access.PersonID) (int, error) {
			return p.EndSessionsOf(t.Context(), one, "a", act)
		}, "ac", 1},
		{"all of somebody's", func(p *portal, one, _ access.PersonID) (int, error) {
			return p.EndSessionsOf(t.Context(), one, "", act)
		}, "c", 2},
		{"everybody's but this", func(p *portal, _, _ access.PersonID) (int, error) { return p.EndEverySession(t.Context(), "c", act) }, "c", 2},
		{"a subject's", func(p *portal, _, _ access.PersonID) (int, error) {
			return p.EndProviderSessions(t.Context(), issuer, "u-1", "", act)
		}, "c", 2},
		{"a subject's at another provider", func(p *portal, _, _ access.PersonID) (int, error) {
			return p.EndProviderSessions(t.Context(), "https://other.example", "u-1", "", act)
		}, "abc", 0},
		{"a session of the provider", func(p *portal, _, _ access.PersonID) (int, error) {
			return p.EndProviderSessions(t.Context(), issuer, "", "sid-b", act)
		}, "ac", 1},
		{"a session of the provider, and whose has none", func(p *portal, _, _ access.PersonID) (int, error) {
			return p.EndProviderSessions(t.Context(), issuer, "u-1", "sid-b", act)
		}, "c", 2},
		{"a session of another provider", func(p *portal, _, _ access.PersonID) (int, error) {
			return p.EndProviderSessions(t.Context(), "https://other.example", "u-1", "sid-b", act)
		}, "abc", 0},
	} {
		t.Run(c.about, func(t *testing.T) {
			p := newPortal(t)
			first := p.signIn(t, 'a', one)
			_, err := p.SignIn(t.Context(), one, access.Session{ID: "b", ProviderSession: "sid-b"}, hash('b'), limits, act)
			must(t, err)
			other := p.signIn(t, 'c', two)
			before := len(p.entries(t))
			n, err := c.end(p, first.ID, other.ID)
			if err != nil || n != c.gone || p.opens(t, "abc") != c.stand {
				t.Errorf("%d, %v; %q stand, want %q", n, err, p.opens(t, "abc"), c.stand)
			}
			if added := len(p.entries(t)) - before; added != min(c.gone, 1) {
				t.Errorf("%d entries of the ledger", added)
			}
		})
	}
	p := newPortal(t)
	first := p.signIn(t, 'a', one)
	other := p.signIn(t, 'b', two)
	if err := p.EndSessionOf(t.Context(), other.ID, "a", act); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("another person's session: %v", err)
	}
	counts, err := p.SessionCounts(t.Context(), limits)
	if err != nil || counts[first.ID] != 1 || counts[other.ID] != 1 || len(counts) != 2 {
		t.Errorf("%v, %v", counts, err)
	}
	p.wait(limits.Idle)
	if counts, err = p.SessionCounts(t.Context(), limits); err != nil || len(counts) != 0 {
		t.Errorf("expired sessions count: %v, %v", counts, err)
	}
}

func TestWhatTheProviderSaysNowIsTakenOver(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada", Groups: []string{"readers"}})
	before := len(p.entries(t))
	p.wait(time.Minute)
	ada.Name = "Ada O."
	must(t, p.RecordIdentity(t.Context(), ada, "a", []byte("t1"), act))
	if len(p.entries(t)) != before {
		t.Error("a new name is an entry of the ledger")
	}
	ada.Groups = nil
	must(t, p.RecordIdentity(t.Context(), ada, "a", []byte("t2"), act))
	s, got, err := p.Session(t.Context(), hash('a'))
	if err != nil || got.Name != "Ada O." || len(got.Groups) != 0 || string(s.Tokens) != "t2" || !s.AskedAt.Equal(p.clock()) {
		t.Errorf("%+v, %+v, %v", s, got, err)
	}
	if entries := p.entries(t); len(entries) != before+1 || !strings.HasPrefix(entries[before].Object, "person:") {
		t.Errorf("%+v", entries[before:])
	}
	if err := p.RecordIdentity(t.Context(), ada, "gone", nil, act); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a session that is gone: %v", err)
	}
}

func TestEachPersonWhoseSessionsEndIsNamed_L1(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	names := map[byte]string{}
	for letter, sid := range map[byte]string{'a': "sid-1", 'b': "sid-1", 'c': "sid-2"} {
		who, err := p.SignIn(t.Context(), access.Person{Issuer: issuer, Subject: "person:" + string(letter) + " Ada"}, access.Session{ID: string(letter), ProviderSession: sid},
			hash(letter), limits, act)
		must(t, err)
		names[letter] = access.ActorName(who)
	}
	before := len(p.entries(t))
	n, err := p.EndProviderSessions(t.Context(), issuer, "", "sid-1", act)
	var named []string
	for _, e := range p.entries(t)[before:] {
		named = append(named, e.Object)
	}
	slices.Sort(named)
	want := []string{names['a'], names['b']}
	slices.Sort(want)
	if err != nil || n != 2 || !slices.Equal(named, want) {
		t.Errorf("%d, %v; %q, want %q", n, err, named, want)
	}
	p.full(t)
	if n, err := p.EndProviderSessions(t.Context(), issuer, "", "sid-2", act); err == nil || p.opens(t, "abc") != "c" {
		t.Errorf("while nothing can be recorded: %d, %v", n, err)
	}
	p.space(t)
	before = len(p.entries(t))
	for range 2 { // whoever is not there needs no entry
		_, err = p.EndEverySession(t.Context(), "", act)
		must(t, err)
	}
	if added := p.entries(t)[before:]; len(added) != 1 || added[0].Object != "everybody" {
		t.Errorf("%+v", added)
	}
}

func TestTheSixthSessionEndsTheOldestOnRecord_L1(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	who := access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada"}
	for _, letter := range []byte("abcde") {
		p.wait(time.Minute)
		p.signIn(t, letter, who)
	}
	p.wait(time.Minute)
	ada, err := p.SignIn(t.Context(), who, access.Session{ID: "f"}, hash('f'), limits, ledger.Act{Action: "session.open", RequestID: "r6"})
	must(t, err)
	var replaced []ledger.Entry
	for _, e := range p.entries(t) {
		if e.Action == "session.replace" {
			replaced = append(replaced, e)
		}
	}
	if len(replaced) != 1 || replaced[0].Actor != access.ActorName(ada) || replaced[0].Object != access.ActorName(ada) ||
		replaced[0].Detail != "more than 5 sessions" || replaced[0].RequestID != "r6" || p.opens(t, "abcdef") != "bcdef" {
		t.Errorf("%+v; %s stand", replaced, p.opens(t, "abcdef"))
	}
}

func TestAnAdminOfAFormerProviderIsNoOther(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Groups: []string{"admins"}})
	former := p.signIn(t, 'b', access.Person{Issuer: "https://former.example", Subject: "u-1", Groups: []string{"admins"}})
	if err := p.SetDisabled(t.Context(), ada.ID, true, "left us", policy, act); !errors.Is(err, access.ErrLastAdmin) {
		t.Errorf("the last admin who can sign in: %v", err)
	}
	must(t, p.SetDisabled(t.Context(), former.ID, true, "left us", policy, act))
}

func TestDisablingEndsSessionsAndSparesTheLastAdmin(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Groups: []string{"admins"}})
	elena := p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-2", Groups: []string{"readers"}})
	link := p.signIn(t, 'c', access.Person{Issuer: access.LinkIssuer, Subject: "link"})
	off := func(id access.PersonID) error { return p.SetDisabled(t.Context(), id, true, "left us", policy, act) }
	if err := off(ada.ID); !errors.Is(err, access.ErrLastAdmin) || p.opens(t, "abc") != "abc" {
		t.Errorf("the last admin: %v, %s", err, p.opens(t, "abc"))
	}
	for _, id := range []access.PersonID{link.ID, 99} {
		if err := off(id); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("person %d: %v", id, err)
		}
	}
	nour := p.signIn(t, 'd', access.Person{Issuer: issuer, Subject: "u-4", Groups: []string{"admins"}})
	before := len(p.entries(t))
	for _, id := range []access.PersonID{elena.ID, elena.ID, nour.ID} {
		must(t, off(id))
	}
	if err := off(ada.ID); !errors.Is(err, access.ErrLastAdmin) {
		t.Errorf("the last admin that is left: %v", err)
	}
	got, err := p.Person(t.Context(), elena.ID)
	if err != nil || !got.Disabled || got.DisabledWhy != "left us" || got.DisabledBy != act.Actor || !got.DisabledAt.Equal(p.clock()) || p.opens(t, "abcd") != "ac" {
		t.Errorf("%+v, %v; %s stand", got, err, p.opens(t, "abcd"))
	}
	must(t, p.SetDisabled(t.Context(), elena.ID, false, "", policy, act))
	if got, err = p.Person(t.Context(), elena.ID); err != nil || got.Disabled || got.DisabledWhy != "" || !got.DisabledAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if added := p.entries(t)[before:]; len(added) != 3 || added[0].Object != access.ActorName(elena) || added[0].Detail != "left us" {
		t.Errorf("%+v", added)
	}
}

func TestAnAdminLinkWorksOnceAndForAWhile(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	const life = 10 * time.Minute
	oldest := func() time.Time { return p.clock().Add(-life) }
	must(t, p.AddAdminLink(t.Context(), hash('a'), oldest(), act))
	must(t, p.AdminLink(t.Context(), hash('a'), oldest()))
	enter := func(letter byte) error {
		_, err := p.SignInByLink(t.Context(), hash(letter), oldest(), access.Person{Issuer: access.LinkIssuer, Subject: "link"},
			access.Session{ID: "by " + string(letter)}, hash(letter), limits, act)
		return err
	}
	p.full(t)
	if err := enter('a'); err == nil || errors.Is(err, billing.ErrNotFound) || p.opens(t, "a") != "" {
		t.Errorf("while nothing can be recorded: %v", err)
	}
	p.space(t)
	must(t, enter('a'))
	must(t, p.AddAdminLink(t.Context(), hash('b'), oldest(), act))
	p.wait(life + time.Millisecond)
	for _, letter := range []byte{'a', 'b', 'c'} {
		if err := errors.Join(p.AdminLink(t.Context(), hash(letter), oldest()), enter(letter)); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("link %c: %v", letter, err)
		}
	}
	if n := len(p.entries(t)); n != 3 || p.opens(t, "abc") != "a" {
		t.Errorf("%d entries", n)
	}
}

// full makes the ledger take no further entry, as a full disk does.
func (p *portal) full(t *testing.T) {
	t.Helper()
	_, err := p.Writer().ExecContext(t.Context(), `CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`)
	must(t, err)
}

// space ends that.
func (p *portal) space(t *testing.T) {
	t.Helper()
	_, err := p.Writer().ExecContext(t.Context(), `DROP TRIGGER full`)
	must(t, err)
}

func TestTheLedgerIsReadNewestFirstAndFiltered(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	begun := p.clock()
	for _, a := range []ledger.Act{
		{Actor: "person:1 Ada", Action: "grant.add"}, {Actor: "person:10 Bo", Action: "grant.remove"},
		{Actor: "person:1 Ada O.", Action: "grants.import"}, {Actor: "portal", Action: "session.end"},
	} {
		must(t, p.Record(t.Context(), a))
		p.wait(time.Hour)
	}
	for _, c := range []struct {
		filter ledger.Filter
		before int64
		limit  int
		want   []int64
	}{
		{ledger.Filter{}, 0, 9, []int64{4, 3, 2, 1}},
		{ledger.Filter{}, 0, 2, []int64{4, 3}},
		{ledger.Filter{}, 3, 9, []int64{2, 1}},
		{ledger.Filter{Action: "grant."}, 0, 9, []int64{2, 1}},
		{ledger.Filter{Action: "grant.add"}, 0, 9, []int64{1}},
		{ledger.Filter{Actor: "person:1 "}, 0, 9, []int64{3, 1}},
		{ledger.Filter{Actor: "portal"}, 0, 9, []int64{4}},
		{ledger.Filter{From: begun.Add(time.Hour), Until: begun.Add(3 * time.Hour)}, 0, 9, []int64{3, 2}},
		{ledger.Filter{Actor: "nobody"}, 0, 9, nil},
	} {
		entries, err := p.Ledger(t.Context(), c.filter, c.before, c.limit)
		var got []int64
		for _, e := range entries {
			got = append(got, e.Sequence)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%+v before %d: %v, %v, want %v", c.filter, c.before, got, err, c.want)
		}
	}
	inOrder, err := p.LedgerAfter(t.Context(), ledger.Filter{Until: begun.Add(3 * time.Hour)}, 1, 1)
	if err != nil || len(inOrder) != 1 || inOrder[0].Sequence != 2 {
		t.Errorf("one entry behind the first: %+v, %v", inOrder, err)
	}
	if inOrder, err = p.LedgerAfter(t.Context(), ledger.Filter{Until: begun.Add(3 * time.Hour)}, 2, 9); err != nil || len(inOrder) != 1 || inOrder[0].Sequence != 3 {
		t.Errorf("those behind the second: %+v, %v", inOrder, err)
	}
}

func TestGrantsToAPersonAreTheirsAndTheirGroups(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1", "2")
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Groups: []string{"readers"}})
	p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-2"})
	_, _, err := p.AddGrants(t.Context(), act, []access.Grant{
		{GranteeKind: access.GranteePerson, Grantee: "u-1", TargetKind: access.TargetAccount, Target: "1"},
		{GranteeKind: access.GranteePerson, Grantee: "u-2", TargetKind: access.TargetAccount, Target: "2"},
		{GranteeKind: access.GranteeGroup, Grantee: "readers", TargetKind: access.TargetAll},
		{GranteeKind: access.GranteeGroup, Grantee: "others", TargetKind: access.TargetAll},
	}, false)
	must(t, err)
	grants, err := p.GrantsTo(t.Context(), ada)
	if err != nil || len(grants) != 2 || grants[0].Target != "1" || grants[1].TargetKind != access.TargetAll {
		t.Errorf("%+v, %v", grants, err)
	}
}
