package signin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"billportal/internal/signin"

	"github.com/go-jose/go-jose/v4"
)

func TestAProviderThatIsDownIsAskedAgainWithPauses_pitfall12(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	down := true
	f.discovery = func(o object) {
		if down {
			o["issuer"] = "https://maintenance.example.com"
		}
	}
	p := f.portal()
	if f.asked.discovery.Load() != 0 {
		t.Fatal("New asked the provider: the portal must start without it")
	}
	asked := func(want int32) {
		t.Helper()
		if got := f.asked.discovery.Load(); got != want {
			t.Fatalf("the provider was asked %d times, want %d", got, want)
		}
	}
	for range 3 {
		if err := p.Ready(t.Context()); !errors.Is(err, signin.ErrUnavailable) {
			t.Fatalf("Ready = %v, want ErrUnavailable", err)
		}
	}
	asked(1)
	f.pass(time.Second)
	_ = p.Ready(t.Context())
	asked(2)
	f.pass(time.Second) // the second pause is longer
	_ = p.Ready(t.Context())
	asked(2)
	for range 20 { // and grows to a minute, not beyond
		f.pass(time.Minute)
		_ = p.Ready(t.Context())
	}
	asked(22)
	down = false
	f.pass(time.Minute)
	if _, err := f.signIn(p); err != nil || p.Ready(t.Context()) != nil {
		t.Errorf("after the provider came back: %v", err)
	}
}

func TestAnUnreachableProviderIsSaidToBe(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	f.Close()
	if _, _, err := p.Begin(t.Context(), 0); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("Begin = %v, want ErrUnavailable", err)
	}
	if p.SignOutURL("token", callback) != "" {
		t.Error("there is no sign-out address before the provider has answered")
	}
}

func TestACallerThatLeavesDoesNotDelayTheNext(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := p.Ready(gone); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("Ready = %v, want ErrUnavailable", err)
	}
	if err := p.Ready(t.Context()); err != nil {
		t.Errorf("the next caller: %v", err)
	}
}

func TestADefectiveDiscoveryDocumentIsRefused_A8(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(object)
		reason string
	}{
		{"another issuer", set(object{"issuer": "https://evil.example.com"}), "OIDC_ISSUER"},
		{"the issuer with a slash more", func(o object) { o["issuer"] = o["issuer"].(string) + "/" }, "equal to the last slash"},
		{"no token endpoint", drop("token_endpoint"), "token_endpoint"},
		{"a token endpoint without TLS", set(object{"token_endpoint": "http://login.example.com/token"}), "is not https"},
		{"keys without TLS", set(object{"jwks_uri": "http://login.example.com/keys"}), "is not https"},
		{"a page of script to sign in at", set(object{"authorization_endpoint": "javascript:alert(1)"}), "authorization_endpoint"},
		{"a sign-out address without TLS", set(object{"end_session_endpoint": "http://login.example.com"}), "is not https"},
		{"only algorithms that we refuse", set(object{"id_token_signing_alg_values_supported": []string{"HS256", "none"}}), "no algorithm that we accept"},
		{"an answer that is too large", set(object{"padding": strings.Repeat("x", 1<<20)}), "larger than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.discovery = c.change
			if err := f.portal().Ready(t.Context()); !errors.Is(err, signin.ErrUnavailable) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("Ready = %v, want ErrUnavailable because of %q", err, c.reason)
			}
		})
	}
}

func TestTheOldDiscoveryDocumentServesWhileTheProviderIsDown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.discovery = drop("token_endpoint")
	f.pass(13 * time.Hour)
	if _, err := f.signIn(p); err != nil || f.asked.discovery.Load() != 2 {
		t.Errorf("sign-in: %v; the provider was asked %d times, want 2", err, f.asked.discovery.Load())
	}
}

func TestKeysRotateWithoutARestart_pitfall15(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	signIn := func() error { _, err := f.signIn(p); return err }
	if err := signIn(); err != nil {
		t.Fatal(err)
	}
	withdrawn, withdrawnID := f.key, f.keyID
	f.key, f.keyID = newKey(t), "second"
	if err := signIn(); err != nil {
		t.Fatalf("after the rotation: %v", err)
	}
	f.keys = func(keys []jose.JSONWebKey) []jose.JSONWebKey {
		return []jose.JSONWebKey{{Key: newKey(t).Public(), KeyID: "third"}}
	}
	f.key, f.keyID = withdrawn, withdrawnID
	if err := signIn(); !errors.Is(err, signin.ErrToken) {
		t.Errorf("a withdrawn key: %v, want ErrToken", err)
	}
}

func TestAWithdrawnKeyStopsWorkingWithoutANewOne_pitfall15(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	if _, err := f.signIn(p); err != nil {
		t.Fatal(err)
	}
	f.keys = func([]jose.JSONWebKey) []jose.JSONWebKey { return nil }
	f.pass(15 * time.Minute)
	if _, err := f.signIn(p); !errors.Is(err, signin.ErrToken) {
		t.Errorf("error = %v, want ErrToken", err)
	}
}

func TestUnknownKeysDoNotHammerTheProvider_pitfall6(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	f.header = set(object{"kid": "forged"})
	for range 50 {
		if _, err := f.signIn(p); !errors.Is(err, signin.ErrToken) {
			t.Fatal(err)
		}
	}
	if n := f.asked.keys.Load(); n != 4 { // the first fetch and three more
		t.Errorf("the keys were fetched %d times, want 4", n)
	}
	f.pass(5 * time.Minute)
	_, _ = f.signIn(p)
	if n := f.asked.keys.Load(); n != 5 {
		t.Errorf("five minutes later the keys were fetched %d times, want 5", n)
	}
}

func TestKeysThatCannotBeHadAreNotTheTokensFault(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.discovery = set(object{"jwks_uri": f.URL + "/no-such-page"})
	if _, err := f.signIn(f.portal()); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("error = %v, want ErrUnavailable", err)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := signin.Options{Issuer: "https://login.example.com", ClientID: "a", RedirectURL: "b", GroupsClaim: "groups"}
	if _, err := signin.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*signin.Options){
		"no issuer":          func(o *signin.Options) { o.Issuer = "" },
		"issuer without TLS": func(o *signin.Options) { o.Issuer = "http://login.example.com" },
		"no client":          func(o *signin.Options) { o.ClientID = "" },
		"no callback":        func(o *signin.Options) { o.RedirectURL = "" },
		"no groups claim":    func(o *signin.Options) { o.GroupsClaim = "" },
	} {
		bad := good
		change(&bad)
		if _, err := signin.New(bad); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}
