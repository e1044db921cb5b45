//go:build long

package app_test

import (
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"billportal/internal/signin"
)

// npmProvider installs npm's oidc-provider once, in the versions that the lock
// file names.
var npmProvider struct {
	sync.Mutex
	dir string
}

// npm starts that provider. Groups are in the ID token, or in userinfo alone.
func npm(t *testing.T, portal, groupsIn, backChannel string) *provider {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("NOT TESTED: %s is missing, so nobody signs in at npm's oidc-provider; `make test-long` installs it", name)
		}
	}
	npmProvider.Lock()
	defer npmProvider.Unlock()
	if npmProvider.dir == "" {
		dir := copied(t, "oidc-provider")
		tool(t, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		npmProvider.dir = dir
	}
	p := outside(t, portal, "openid", "profile", "email", "groups")
	if backChannel == "" {
		backChannel = p.backChannel()
	}
	node := exec.Command("node", filepath.Join(npmProvider.dir, "provider.mjs"))
	node.Env = append(os.Environ(), "ISSUER="+p.issuer, "CLIENT_ID="+p.clientID, "CLIENT_SECRET="+p.clientSecret,
		"REDIRECT_URI="+p.callback(), "AFTER_SIGN_OUT="+p.afterSignOut(), "BACK_CHANNEL="+backChannel, "GROUPS_IN="+groupsIn)
	p.runs(node)
	return p
}

const nobodysPortal = "http://127.0.0.1:9"

func TestNPMProviderSignsInAndRefreshes(t *testing.T) {
	t.Parallel()
	for _, groupsIn := range []string{"token", "userinfo"} {
		t.Run("groups in "+groupsIn, func(t *testing.T) {
			t.Parallel()
			p := npm(t, nobodysPortal, groupsIn, "")
			known := p.known()
			anna := newApplicant(t, "anna")
			id := anna.identified(p, known)
			if id.Issuer != p.issuer || id.Subject != "anna" || id.Name != "Anna Example" || id.Email != "anna@example.test" ||
				!slices.Equal(id.Groups, []string{"finance", "staff"}) || id.SessionID == "" || id.RefreshToken == "" || anna.typed != 1 {
				t.Fatalf("identity = %+v after %d pass phrases", id, anna.typed)
			}
			p.change("groups", map[string]any{"who": "anna", "groups": []string{"staff"}})
			again, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject)
			if err != nil || !slices.Equal(again.Groups, []string{"staff"}) || again.Subject != id.Subject {
				t.Fatalf("groups of now = %q (%s), %v", again.Groups, again.NoGroups, err)
			}
			if again.RefreshToken == "" || again.RefreshToken == id.RefreshToken {
				t.Error("the refresh token did not rotate")
			}
			p.change("groups", map[string]any{"who": "anna", "groups": []string{}})
			third, err := known.Refresh(t.Context(), again.RefreshToken, id.Subject)
			if err != nil || len(third.Groups) != 0 {
				t.Errorf("without groups: %q, %v", third.Groups, err)
			}
			if _, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
				t.Errorf("a spent refresh token: %v, want ErrEnded", err)
			}
		})
	}
}

func TestNPMProviderHoldsUsToPKCEAndNonce_A7(t *testing.T) {
	t.Parallel()
	p := npm(t, nobodysPortal, "token", "")
	known := p.known()
	anna := newApplicant(t, "anna")
	attempt, query := anna.signsIn(p, known, 0)
	attempt.Verifier += "x"
	if _, err := known.Finish(t.Context(), attempt, query); !errors.Is(err, signin.ErrDenied) {
		t.Errorf("another verifier: %v, want ErrDenied", err)
	}
	attempt, query = anna.signsIn(p, known, 0)
	attempt.Nonce += "x"
	if _, err := known.Finish(t.Context(), attempt, query); !errors.Is(err, signin.ErrToken) {
		t.Errorf("another nonce: %v, want ErrToken", err)
	}
}

func TestNPMProviderForgetsSomebody(t *testing.T) {
	t.Parallel()
	p := npm(t, nobodysPortal, "token", "")
	known := p.known()
	id := newApplicant(t, "ben").identified(p, known)
	p.change("remove", map[string]any{"who": "ben"})
	if _, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("error = %v, want ErrEnded", err)
	}
}

func TestNPMProviderSignsOutBothWays_S7_S8(t *testing.T) {
	t.Parallel()
	p := npm(t, nobodysPortal, "token", "")
	known := p.known()
	anna := newApplicant(t, "anna")
	id := anna.identified(p, known)
	elsewhere := newApplicant(t, "anna").identified(p, known)
	address := known.SignOutURL(id.IDToken, p.afterSignOut())
	asked, err := url.Parse(address)
	if err != nil || asked.Query().Get("state") == "" {
		t.Fatalf("address = %s, %v", address, err)
	}
	back := anna.until(address, p.afterSignOut())
	if back.Query().Get("state") != asked.Query().Get("state") {
		t.Errorf("sent back to %s, want the state of %s", back, address)
	}
	select {
	case token := <-p.notices:
		var ended signin.EndedSession
		end := func(told signin.EndedSession) error { ended = told; return nil }
		err := known.SignedOut(t.Context(), token, end)
		if want := (signin.EndedSession{Subject: "anna", SessionID: id.SessionID}); err != nil || ended != want {
			t.Errorf("ended = %+v, %v; want %+v", ended, err, want)
		}
		if err := known.SignedOut(t.Context(), token, end); !errors.Is(err, signin.ErrToken) {
			t.Errorf("the same again: %v, want ErrToken", err)
		}
	case <-time.After(patience):
		t.Fatal("the provider posted no logout token")
	}
	if _, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("the session that ended: %v, want ErrEnded", err)
	}
	if _, err := known.Refresh(t.Context(), elsewhere.RefreshToken, id.Subject); err != nil {
		t.Errorf("the person's other session: %v", err)
	}
	if anna.identified(p, known); anna.typed != 2 {
		t.Errorf("the pass phrase was typed %d times, want again after the sign-out", anna.typed)
	}
}

func TestNPMProviderRotatesItsKeys(t *testing.T) {
	t.Parallel()
	p := npm(t, nobodysPortal, "token", "")
	known := p.known()
	anna := newApplicant(t, "anna")
	id := anna.identified(p, known)
	p.change("rotate", nil)
	if again := anna.identified(p, known); again.Subject != id.Subject || again.IDToken == id.IDToken {
		t.Errorf("after the rotation: %+v", again)
	}
	if _, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject); err != nil {
		t.Errorf("a refresh after the rotation: %v", err)
	}
}

func TestNPMProviderAsksAgainAfterMaxAge_A14_pitfall14(t *testing.T) {
	t.Parallel()
	p := npm(t, nobodysPortal, "token", "")
	known := p.known()
	anna := newApplicant(t, "anna")
	anna.identified(p, known)
	p.ahead = 16 * time.Minute
	p.change("clock", map[string]any{"seconds": p.ahead.Seconds()})

	if anna.identified(p, known); anna.typed != 1 {
		t.Fatalf("the pass phrase was typed %d times, want 1: the session at the provider is good", anna.typed)
	}
	attempt, query := anna.signsIn(p, known, 15*time.Minute)
	id, err := known.Finish(t.Context(), attempt, query)
	if err != nil || anna.typed != 2 || p.clock().Sub(id.AuthTime).Abs() > time.Minute {
		t.Errorf("typed %d times, auth time %s, %v; want to prove it again, now", anna.typed, id.AuthTime, err)
	}

	p.ahead += 16 * time.Minute
	p.change("clock", map[string]any{"seconds": (16 * time.Minute).Seconds()})
	attempt, address, err := known.Begin(t.Context(), 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	without := u.Query()
	without.Del("max_age") // as somebody at the browser can
	u.RawQuery = without.Encode()
	query = anna.until(u.String(), p.callback()).Query()
	if _, err := known.Finish(t.Context(), attempt, query); !errors.Is(err, signin.ErrToken) || anna.typed != 2 {
		t.Errorf("without max_age: %v after %d pass phrases, want ErrToken", err, anna.typed)
	}
}
