package web_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
	"billportal/web"
)

// overtaken is a database in which, while a request is being decided, another one
// overtakes it.
type overtaken struct {
	*sqlite.DB
	by atomic.Pointer[func()]
}

func (o *overtaken) Scope(ctx context.Context, p access.Person) (access.Scope, error) {
	if by := o.by.Swap(nil); by != nil {
		(*by)()
	}
	return o.DB.Scope(ctx, p)
}

func TestSigningOutEndsASessionThatIsRenewedMeanwhile_S3_S6(t *testing.T) {
	t.Parallel()
	keeper := &overtaken{}
	s := &site{log: &lines{}, path: filepath.Join(t.TempDir(), "portal.db")}
	s.keeper = func(db *sqlite.DB) web.SessionKeeper {
		keeper.DB = db
		return keeper
	}
	sim, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1, Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	s.open(t, sim, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	token, old := s.token(t, client), s.cookie(t, client)
	sim.Identity.SetGroups(sandbox.SubjectEmployee, sandbox.GroupReaders, sandbox.GroupAccounting)
	s.ahead.Add(int64(6 * time.Minute))
	var renewed *http.Cookie
	overtake := func() {
		for _, c := range s.replay(t, old, "/accounts").Cookies() {
			if c.Name == old.Name {
				renewed = c
			}
		}
	}
	keeper.by.Store(&overtake)
	r := s.request(t, http.MethodPost, "/signout", strings.NewReader(url.Values{"csrf": {token}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(old)
	if a := do(t, s.browser(t), r); a.StatusCode != http.StatusOK {
		t.Fatalf("signing out: status %d", a.StatusCode)
	}
	if renewed == nil {
		t.Fatal("no request has overtaken the sign-out")
	}
	if a := s.replay(t, renewed, "/bills"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the session lives on: status %d", a.StatusCode)
	}
	if n := len(s.told(t, "session.end")); n != 1 {
		t.Errorf("%d entries of the end", n)
	}
}
