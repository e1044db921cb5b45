package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// steps are the states of the four steps as a page names them.
func steps(t *testing.T, a answer) []string {
	t.Helper()
	return a.find(t, "#setup > li .step-state").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
}

func wantSteps(t *testing.T, a answer, want ...string) {
	t.Helper()
	if got := steps(t, a); !slices.Equal(got, want) {
		t.Errorf("%s: the steps are %v instead of %v", a.Request.URL, got, want)
	}
}

func TestFirstVisitOfAnAdminLeadsToPeopleWhoReadBills(t *testing.T) {
	t.Parallel()
	own, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	own.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/bills") && r.URL.Query().Get("offset") != "0" && r.URL.Query().Has("offset") {
			once.Do(func() { close(reached) })
			<-release
		}
		return nil
	})
	s := openBefore(t, own, false, nil)
	ada := s.browser(t)
	s.signIn(t, ada, sandbox.SubjectAdmin, "/")
	wantSteps(t, s.get(t, ada, "/"), "now", "later", "later", "later")

	synced := make(chan error, 1)
	go func() { synced <- s.cache.Sync(t.Context()) }()
	<-reached
	during := s.get(t, ada, "/")
	wantSteps(t, during, "done", "now", "now", "later")
	if bar := during.find(t, "#setup progress"); bar.AttrOr("value", "0") == "0" || bar.AttrOr("max", "0") == "0" {
		t.Errorf("the first copy shows no progress: value %q of %q", bar.AttrOr("value", ""), bar.AttrOr("max", ""))
	}
	if got := during.find(t, "#setup").AttrOr("hx-get", ""); got != "/setup" {
		t.Errorf("the steps ask %q for their next state instead of /setup", got)
	}
	r := s.request(t, http.MethodGet, "/setup", nil)
	r.Header.Set("HX-Request", "true")
	wantSteps(t, do(t, ada, r), "done", "now", "now", "later")
	close(release)
	if err := <-synced; err != nil {
		t.Fatal(err)
	}

	after := s.get(t, ada, "/")
	wantSteps(t, after, "done", "done", "now", "later")
	if got, asks := after.find(t, "#setup").Attr("hx-get"); asks {
		t.Errorf("the steps still ask %q although the copy is whole", got)
	}
	form := url.Values{}
	after.find(t, `#setup form[action="/admin/accounts/admit"] input`).Each(func(_ int, i *goquery.Selection) {
		form.Add(i.AttrOr("name", ""), i.AttrOr("value", ""))
	})
	post := s.request(t, http.MethodPost, "/admin/accounts/admit", strings.NewReader(form.Encode()))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := do(t, ada, post); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("admitting answers %d", a.StatusCode)
	}
	wantSteps(t, s.get(t, ada, "/"), "done", "done", "done", "now")

	elena := s.browser(t)
	s.signIn(t, elena, sandbox.SubjectEmployee, "/")
	grant := access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAll}
	if _, _, err := s.db.AddGrants(t.Context(), ledger.Act{Actor: "test", Action: "grant.add"}, []access.Grant{grant}, false); err != nil {
		t.Fatal(err)
	}
	if got := steps(t, s.get(t, ada, "/")); slices.Contains(got, "now") || slices.Contains(got, "later") {
		t.Errorf("with everything done the steps are %v", got)
	}
	if s.get(t, elena, "/bills").find(t, "#list tbody tr").Length() == 0 {
		t.Error("Elena reads no bill")
	}
}
