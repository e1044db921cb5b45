package sqlite_test

import (
	"errors"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

func TestAProofRenewsTheSessionInItsPlace(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada"})
	p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-2"})
	begun, before := p.clock(), len(p.entries(t))
	p.wait(time.Minute)
	proof := access.Session{
		ProvedAt: p.clock(), AskedAt: p.clock(), Rights: access.RightsOf(access.Administer), ProviderSession: "sid-2", Tokens: []byte("again"),
	}
	now := access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada O.", Groups: []string{"admins"}}
	must(t, p.ProveSession(t.Context(), "a", hash('c'), now, proof, act))
	s, got, err := p.Session(t.Context(), hash('c'))
	if err != nil || s.ID != "a" || !s.CreatedAt.Equal(begun) || !s.ProvedAt.Equal(p.clock()) || !s.AskedAt.Equal(p.clock()) ||
		s.Rights != proof.Rights || s.ProviderSession != "sid-2" || string(s.Tokens) != "again" {
		t.Errorf("%+v, %v", s, err)
	}
	if got.ID != ada.ID || got.Name != "Ada O." || len(got.Groups) != 1 || !got.LastSignIn.Equal(ada.LastSignIn) {
		t.Errorf("%+v", got)
	}
	if added := p.entries(t)[before:]; len(added) != 1 || added[0].Actor != access.ActorName(ada) {
		t.Errorf("%+v", added)
	}
	for name, c := range map[string]struct {
		from    string
		subject string
	}{"a session that is gone": {"x", "u-1"}, "somebody else's session": {"b", "u-1"}, "nobody": {"b", "u-9"}} {
		now.Subject = c.subject
		if err := p.ProveSession(t.Context(), c.from, hash('d'), now, proof, act); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if stand := p.opens(t, "abcd"); stand != "bc" {
		t.Errorf("%s stand", stand)
	}
}

func TestTokensAreKeptAndASessionDropsWithoutAWord(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1"})
	asked, _, err := p.Session(t.Context(), hash('a'))
	must(t, err)
	before := len(p.entries(t))
	p.wait(time.Minute)
	must(t, p.KeepTokens(t.Context(), "a", []byte("next")))
	if s, _, err := p.Session(t.Context(), hash('a')); err != nil || string(s.Tokens) != "next" || !s.AskedAt.Equal(asked.AskedAt) {
		t.Errorf("%+v, %v", s, err)
	}
	must(t, p.KeepTokens(t.Context(), "gone", []byte("next")))
	must(t, p.DropSession(t.Context(), hash('a')))
	must(t, p.DropSession(t.Context(), hash('a')))
	if stand, added := p.opens(t, "a"), len(p.entries(t))-before; stand != "" || added != 0 {
		t.Errorf("%q stand, %d entries", stand, added)
	}
}
