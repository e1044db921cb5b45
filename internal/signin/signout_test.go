package signin_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/signin"

	"github.com/go-jose/go-jose/v4"
)

func TestTheSignOutAddressNamesClientTokenReturnAndState_S8(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, token, hint string }{
		{"with the token as a hint", "a.b.c", "a.b.c"},
		{"without a token that is too long for an address", strings.Repeat("x", 4097), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(p.SignOutURL(c.token, "https://bills.example.com/signin"))
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if u.Path != "/logout" || q.Get("tenant") != "1" || q.Get("client_id") != clientID ||
				q.Get("id_token_hint") != c.hint || q.Get("post_logout_redirect_uri") != "https://bills.example.com/signin" {
				t.Errorf("address = %s", u)
			}
			again, err := url.Parse(p.SignOutURL(c.token, "https://bills.example.com/signin"))
			if err != nil || len(q.Get("state")) < 22 || again.Query().Get("state") == q.Get("state") {
				t.Errorf("state = %q, then %q; want something new each time", q.Get("state"), again.Query().Get("state"))
			}
		})
	}
}

func TestAProviderWithoutSignOutHasNoAddress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.discovery = drop("end_session_endpoint")
	p := f.portal()
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := p.SignOutURL("a.b.c", callback); got != "" {
		t.Errorf("address = %s, want none", got)
	}
}

// ended is what a logout token ends, where ending works.
func ended(t *testing.T, p *signin.Provider, token string) (told signin.EndedSession, err error) {
	t.Helper()
	err = p.SignedOut(t.Context(), token, func(ended signin.EndedSession) error { told = ended; return nil })
	return told, err
}

func TestALogoutTokenCountsOnlyWhenTheSessionsHaveEnded_S7(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	token, full := f.logoutToken(nil), errors.New("the disk is full")
	for range 2 {
		if err := p.SignedOut(t.Context(), token, func(signin.EndedSession) error { return full }); !errors.Is(err, full) || errors.Is(err, signin.ErrToken) {
			t.Fatalf("error = %v, want that of ending", err)
		}
	}
	if told, err := ended(t, p, token); err != nil || told.Subject != "subject-1" {
		t.Errorf("the same token when there is space again: %+v, %v", told, err)
	}
	if _, err := ended(t, p, token); !errors.Is(err, signin.ErrToken) {
		t.Errorf("after that: %v, want ErrToken", err)
	}
}

func TestALogoutTokenWorksOnce_S7(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.header = set(object{"typ": "logout+jwt"})
	p := f.portal()
	token := f.logoutToken(nil)
	told, err := ended(t, p, token)
	if want := (signin.EndedSession{Subject: "subject-1", SessionID: "session-1"}); err != nil || told != want {
		t.Fatalf("ended = %+v, %v; want %+v", told, err, want)
	}
	if _, err := ended(t, p, token); !errors.Is(err, signin.ErrToken) {
		t.Errorf("second use: %v, want ErrToken", err)
	}
}

func TestADefectiveLogoutTokenIsRefused_S7(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		token  func(f *fakeProvider) string
		reason string
	}{
		{"no event", func(f *fakeProvider) string { return f.logoutToken(drop("events")) }, "event"},
		{"another event", func(f *fakeProvider) string { return f.logoutToken(set(object{"events": object{"other": object{}}})) }, "event"},
		{"an event that is no object", func(f *fakeProvider) string {
			return f.logoutToken(set(object{"events": object{"http://schemas.openid.net/event/backchannel-logout": true}}))
		}, "event"},
		{"a nonce", func(f *fakeProvider) string { return f.logoutToken(set(object{"nonce": "n"})) }, "nonce"},
		{"another aud", func(f *fakeProvider) string { return f.logoutToken(set(object{"aud": "other"})) }, "audience"},
		{"another iss", func(f *fakeProvider) string { return f.logoutToken(set(object{"iss": "https://evil.example.com"})) }, "different provider"},
		{"neither sub nor sid", func(f *fakeProvider) string {
			return f.logoutToken(func(o object) { delete(o, "sub"); delete(o, "sid") })
		}, "sub"},
		{"no jti", func(f *fakeProvider) string { return f.logoutToken(drop("jti")) }, "jti"},
		{"issued too long ago", func(f *fakeProvider) string {
			return f.logoutToken(set(object{"iat": f.clock().Add(-11 * time.Minute).Unix()}))
		}, "iat"},
		{"no iat", func(f *fakeProvider) string { return f.logoutToken(drop("iat")) }, "iat"},
		{"no exp", func(f *fakeProvider) string { return f.logoutToken(drop("exp")) }, "exp"},
		{"issued in the future", func(f *fakeProvider) string {
			return f.logoutToken(set(object{"iat": f.clock().Add(2 * time.Minute).Unix()}))
		}, "iat"},
		{"a nonce that is empty", func(f *fakeProvider) string { return f.logoutToken(set(object{"nonce": nil})) }, "nonce"},
		{"several aud without azp", func(f *fakeProvider) string {
			return f.logoutToken(set(object{"aud": []string{clientID, "other"}}))
		}, "azp"},
		{"unknown kid", func(f *fakeProvider) string { f.header = set(object{"kid": "other"}); return f.logoutToken(nil) }, "unknown key"},
		{"a signature by somebody else", func(f *fakeProvider) string {
			honest := f.key.Public()
			f.keys = func(keys []jose.JSONWebKey) []jose.JSONWebKey { keys[0].Key = honest; return keys }
			f.key = newKey(t)
			return f.logoutToken(nil)
		}, "verify signature"},
		{"a key of its own", func(f *fakeProvider) string {
			f.header = set(object{"jku": "https://evil.example.com"})
			return f.logoutToken(nil)
		}, "own key"},
		{"more than 64 KiB", func(f *fakeProvider) string { return strings.Repeat("x", 64<<10+1) }, "more than 65536"},
		{"expired", func(f *fakeProvider) string {
			return f.logoutToken(set(object{"exp": f.clock().Add(-2 * time.Minute).Unix()}))
		}, "exp"},
		{"another kind", func(f *fakeProvider) string { f.header = set(object{"typ": "at+jwt"}); return f.logoutToken(nil) }, "another kind"},
		{"not a token", func(*fakeProvider) string { return "<script>" }, "malformed"},
		{"alg none", func(f *fakeProvider) string { return unsigned([]byte("{}")) }, "signature algorithm"},
		{"HS256", func(f *fakeProvider) string { return withHMAC(t, []byte(clientSecret))([]byte("{}")) }, "signature algorithm"},
		{"an ID token", func(f *fakeProvider) string { return f.idToken() }, "event"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			p := f.portal()
			if _, err := ended(t, p, c.token(f)); !errors.Is(err, signin.ErrToken) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error = %v, want ErrToken because of %q", err, c.reason)
			}
		})
	}
}

func TestForgedLogoutTokensDoNotKeepKeysFromRotating_S7_pitfall6(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	honest := f.key
	for range 50 {
		f.key, f.header = newKey(t), set(object{"kid": "forged"})
		token := f.logoutToken(nil)
		f.key = honest
		if _, err := ended(t, p, token); !errors.Is(err, signin.ErrToken) {
			t.Fatal(err)
		}
	}
	if n := f.asked.keys.Load(); n != 2 { // the first fetch and one more
		t.Errorf("the keys were fetched %d times, want 2", n)
	}
	f.key, f.keyID, f.header = newKey(t), "second", nil
	if _, err := f.signIn(p); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
}
