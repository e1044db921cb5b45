package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// cookie is the session's cookie of a browser.
func (s *site) cookie(t *testing.T, client *http.Client) *http.Cookie {
	t.Helper()
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range client.Jar.Cookies(base) {
		if c.Name == "portal-session" {
			return c
		}
	}
	t.Fatal("the browser has no session")
	return nil
}

// hashOf is what the database knows a browser's session by.
func (s *site) hashOf(t *testing.T, client *http.Client) []byte {
	t.Helper()
	return s.web.SessionHash(s.cookie(t, client))
}

// replay asks with a cookie alone.
func (s *site) replay(t *testing.T, cookie *http.Cookie, path string, header ...string) answer {
	t.Helper()
	r := s.request(t, http.MethodGet, path, nil)
	r.AddCookie(cookie)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return do(t, s.browser(t), r)
}

// csrf is the form token of a page.
func (a answer) csrf(t *testing.T) string {
	t.Helper()
	return a.find(t, `input[name="csrf"]`).First().AttrOr("value", "")
}

// told are the ledger's of one action, oldest first.
func (s *site) told(t *testing.T, action string) []ledger.Entry {
	t.Helper()
	var found []ledger.Entry
	for e, err := range s.db.LedgerEntries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Action == action {
			found = append(found, e)
		}
	}
	return found
}

func groupForm(token string) url.Values {
	return url.Values{"csrf": {token}, "grantee_kind": {"group"}, "group": {"everybody"}, "target_kind": {"all"}}
}

func TestTheReferenceChangesWithTheRights_S3(t *testing.T) {
	t.Parallel()
	s, sim := openInTime(t, nil)
	client := s.as(t, sandbox.SubjectAdmin)
	old, form := s.cookie(t, client), s.get(t, client, "/admin/access").csrf(t)
	if got := s.cookie(t, client); got.Value != old.Value {
		t.Fatal("the reference changes without a reason")
	}
	sim.Identity.SetGroups(sandbox.SubjectAdmin, sandbox.GroupAdmins, sandbox.GroupReaders)
	s.ahead.Add(int64(6 * time.Minute))
	if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusOK {
		t.Fatalf("the new right does not count in this request: status %d", a.StatusCode)
	}
	renewed := s.cookie(t, client)
	if renewed.Value == old.Value {
		t.Fatal("the reference is the same after the rights changed")
	}
	if a := s.replay(t, old, "/bills"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin") {
		t.Errorf("the old reference: status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := s.replay(t, old, "/bills", "Accept", "application/json"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old reference, not for a page: status %d", a.StatusCode)
	}
	if a := s.replay(t, renewed, "/signin?return=%2Fbills"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/bills" {
		t.Errorf("/signin with the new reference: status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := s.post(t, client, "/admin/access", groupForm(form), nil); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a form that was open meanwhile: status %d: %s", a.StatusCode, a.find(t, "main").Text())
	}
}

// A page asks for several things at once; none of them may look like an error.
func TestRequestsThatRaceForTheNewReferenceAllSucceed_S3(t *testing.T) {
	t.Parallel()
	s, sim := openInTime(t, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	old := s.cookie(t, client)
	sim.Identity.SetGroups(sandbox.SubjectEmployee, sandbox.GroupAccounting)
	s.ahead.Add(int64(6 * time.Minute))
	var mu sync.Mutex
	var group sync.WaitGroup
	renewed := map[string]bool{}
	for range 4 { // as many as one person may have under way
		group.Go(func() {
			a := s.replay(t, old, "/accounts")
			mu.Lock()
			defer mu.Unlock()
			if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusSeeOther {
				t.Errorf("status %d: %s", a.StatusCode, a.body)
			}
			for _, c := range a.Cookies() {
				if c.Name == "portal-session" && c.MaxAge >= 0 {
					renewed[c.Value] = true
				}
			}
		})
	}
	group.Wait()
	if len(renewed) != 1 {
		t.Fatalf("%d new references", len(renewed))
	}
	for value := range renewed {
		if a := s.replay(t, &http.Cookie{Name: "portal-session", Value: value}, "/bills"); a.StatusCode != http.StatusOK {
			t.Errorf("the new reference: status %d", a.StatusCode)
		}
	}
	people, err := s.db.People(t.Context())
	if err != nil || len(people) != 1 {
		t.Fatal(people, err)
	}
	if list, err := s.db.Sessions(t.Context(), people[0].ID); err != nil || len(list) != 1 || !list[0].Rights.Has(access.Export) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestSigningInMakesANewReference_S3(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	before := s.cookie(t, client)
	if _, ended := s.signIn(t, client, sandbox.SubjectEmployee, "/"); ended.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", ended.StatusCode)
	}
	if s.cookie(t, client).Value == before.Value {
		t.Error("signing in keeps the reference that was there before")
	}
	if a := s.replay(t, before, "/accounts"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the reference from before: status %d", a.StatusCode)
	}
	if n := len(s.told(t, "session.replace")); n != 1 {
		t.Errorf("%d entries of a replaced session", n)
	}
}
