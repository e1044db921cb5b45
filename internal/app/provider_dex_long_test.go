//go:build long

package app_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"billportal/internal/signin"
)

// dexBinary is built once, from the module that pins it.
var dexBinary struct {
	sync.Mutex
	path string
}

// dex starts Dex, with one person.
func dex(t *testing.T, portal string) *provider {
	t.Helper()
	dexBinary.Lock()
	defer dexBinary.Unlock()
	if dexBinary.path == "" {
		path := filepath.Join(folder(t), "dex")
		tool(t, "../..", []string{"CGO_ENABLED=0", "TMPDIR=" + root}, "go", "build", "-modfile=tools/dex/go.mod", "-o", path, "github.com/dexidp/dex/cmd/dex")
		dexBinary.path = path
	}
	p := outside(t, portal, "openid", "profile", "email", "groups", "offline_access")
	dir := copied(t, "dex")
	file := filepath.Join(dir, "dex.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	filled := os.Expand(string(text), func(name string) string {
		return map[string]string{
			"ISSUER": p.issuer, "LISTEN": strings.TrimPrefix(p.issuer, "http://"), "CLIENT_ID": p.clientID, "CLIENT_SECRET": p.clientSecret,
			"REDIRECT_URI": p.callback(),
			"HASH":         "$2a$10$ASCD.7H4RJAC7Pxi0EJvDuhxS83naMlfC9ojUSHjUgrPea7obUE7K", // of passPhrase
		}[name]
	})
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	p.runs(exec.Command(dexBinary.path, "serve", file))
	return p
}

func TestDexSignsInAndRefreshes(t *testing.T) {
	t.Parallel()
	p := dex(t, nobodysPortal)
	known := p.known()
	id := newApplicant(t, "anna@example.test").identified(p, known)
	if id.Issuer != p.issuer || id.Subject == "" || id.Name != "Anna Example" || id.Email != "anna@example.test" ||
		!slices.Equal(id.Groups, []string{"finance", "staff"}) || id.RefreshToken == "" {
		t.Fatalf("identity = %+v", id)
	}
	again, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject)
	if err != nil || again.Subject != id.Subject || !slices.Equal(again.Groups, id.Groups) {
		t.Fatalf("identity = %+v, %v", again, err)
	}
	if again.RefreshToken == id.RefreshToken {
		t.Error("the refresh token did not rotate")
	}
	if _, err := known.Refresh(t.Context(), again.RefreshToken, "somebody else"); !errors.Is(err, signin.ErrToken) {
		t.Errorf("for somebody else: %v, want ErrToken", err)
	}
	if _, err := known.Refresh(t.Context(), id.RefreshToken, id.Subject); err == nil {
		t.Error("a spent refresh token was good")
	}
	if known.SignOutURL(id.IDToken, p.afterSignOut()) != "" {
		t.Error("Dex has no address to sign out at")
	}
}

func TestDexHoldsUsToPKCEAndNonce_A7(t *testing.T) {
	t.Parallel()
	p := dex(t, nobodysPortal)
	known := p.known()
	anna := newApplicant(t, "anna@example.test")
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
