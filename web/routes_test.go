package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/sandbox"
	"billportal/web"
)

// example is an address that a route answers.
func example(r web.Route) string {
	return strings.NewReplacer(":id", "aaaaaaaaaaaaaaaaaaaa", ":number", "0071%204420%2018", "*", "css/portal.css").Replace(r.Path)
}

func TestAnonymousIsAskedToSignInEverywhere(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	protected := 0
	for _, r := range s.web.Routes() {
		if r.Public {
			continue
		}
		protected++
		path := example(r)
		t.Run(r.Method+" "+r.Path, func(t *testing.T) {
			a := do(t, s.browser(t), s.request(t, r.Method, path+"?kind=invoice", nil))
			want := "/signin"
			if r.Method == http.MethodGet && !strings.HasPrefix(path, "/signin/") {
				want += "?" + url.Values{"return": {path + "?kind=invoice"}}.Encode()
			}
			if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != want {
				t.Errorf("status %d to %q instead of 303 to %q", a.StatusCode, got, want)
			}
			part := s.request(t, r.Method, path, nil)
			part.Header.Set("HX-Request", "true")
			part.Header.Set("HX-Current-URL", s.URL+"/bills?kind=invoice")
			a = do(t, s.browser(t), part)
			if got := a.Header.Get("HX-Redirect"); a.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(got, "/signin") || a.body != "" {
				t.Errorf("htmx: status %d to %q with %d bytes instead of 401 to /signin with none", a.StatusCode, got, len(a.body))
			}
			if r.Method == http.MethodGet && a.Header.Get("HX-Redirect") != "/signin?return=%2Fbills%3Fkind%3Dinvoice" {
				t.Errorf("htmx: %q does not lead back to the page it came from", a.Header.Get("HX-Redirect"))
			}
		})
	}
	if protected < 15 {
		t.Errorf("only %d routes were tried", protected)
	}
}

func TestRoutesAreOpenToThoseWithTheRight(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	rights := map[string][]access.Right{
		sandbox.SubjectEmployee:   {access.View},
		sandbox.SubjectAccountant: {access.View, access.Download, access.Export, access.Review},
		sandbox.SubjectAdmin:      {access.Administer},
		sandbox.SubjectNewcomer:   nil,
	}
	for subject, held := range rights {
		client := s.as(t, subject)
		for _, r := range s.web.Routes() {
			if r.Public || r.Right == 0 || r.Method == http.MethodPost {
				continue
			}
			may := false
			for _, right := range held {
				may = may || right == r.Right
			}
			a := do(t, client, s.request(t, r.Method, example(r), nil))
			if refused := a.StatusCode == http.StatusForbidden; refused == may {
				t.Errorf("%s %s by %s: status %d, though allowed is %v", r.Method, r.Path, subject, a.StatusCode, may)
			}
			if a.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s %s by %s: status %d", r.Method, r.Path, subject, a.StatusCode)
			}
		}
	}
}

func TestWhatIsNotThereIsSaidPolitely(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectAccountant)
	for _, wrong := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/nothing", 404}, {http.MethodGet, "/bills/", 404}, {http.MethodGet, "/bills/aaaaaaaaaaaaaaaaaaaa/nothing", 404},
		{http.MethodGet, "/bills/aaaaaaaaaaaaaaaaaaaa", 404}, {http.MethodPut, "/bills", 405}, {http.MethodDelete, "/bills/aaaaaaaaaaaaaaaaaaaa", 405},
		{http.MethodGet, "/signout", 405}, {http.MethodGet, "/static/nothing.css", 404}, {http.MethodGet, "/static/", 404},
		{http.MethodGet, "/static/..%2f..%2fgo.mod", 404}, {http.MethodGet, "/bills?account=%ff", 400}, {http.MethodGet, "/bills?after=AAAA", 400},
		{http.MethodGet, "/bills?kind=letter", 400}, {http.MethodGet, "/bills.csv?min=lots", 400}, {http.MethodGet, "/bills.csv?rows=page", 400},
		{http.MethodGet, "/bills?issued=2026-13", 400}, {http.MethodGet, "/bills?q=" + strings.Repeat("x", 201), 400},
		{http.MethodGet, "/bills?min=1.234", 400}, {http.MethodGet, "/bills?currency=euro", 400}, {http.MethodGet, "/bills?kind=invoice&kind=invoice", 400},
	} {
		a := do(t, client, s.request(t, wrong.method, wrong.path, nil))
		if a.StatusCode != wrong.want {
			t.Errorf("%s %.60s: status %d instead of %d", wrong.method, wrong.path, a.StatusCode, wrong.want)
		}
		if strings.HasPrefix(wrong.path, "/static/") {
			continue
		}
		if a.find(t, "main h1").Length() != 1 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s %.60s: %s without a heading", wrong.method, wrong.path, a.Header.Get("Content-Type"))
		}
		said := strings.ReplaceAll(a.body, a.Header.Get("X-Portal-Request-Id"), "") // random letters can make any word
		if strings.Contains(said, "sql") || strings.Contains(said, "echo") {
			t.Errorf("%s %.60s tells of the inside: %s", wrong.method, wrong.path, a.body)
		}
	}
}

func TestErrorsShowTheirReferenceAndNoCause(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.web.Handle("/panics", func(http.ResponseWriter, *http.Request) { panic("canary cause") })
	a := s.get(t, s.browser(t), "/panics")
	if a.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d instead of 500", a.StatusCode)
	}
	if strings.Contains(a.body, "canary") {
		t.Error("the page tells the cause")
	}
	reference := a.Header.Get("X-Portal-Request-Id")
	if got := a.find(t, "main code").First().Text(); got != reference || reference == "" {
		t.Errorf("the page shows the reference %q instead of %q", got, reference)
	}
	if !strings.Contains(s.log.String(), reference) || !strings.Contains(s.log.String(), "canary cause") {
		t.Error("the log does not join the reference with the cause")
	}
}

func TestOtherSitesAreRefusedWithThePortalsOwnPage(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	r := s.request(t, http.MethodPost, "/signout", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := do(t, s.browser(t), r); a.StatusCode != http.StatusForbidden || a.find(t, "main h1").Length() != 1 {
		t.Errorf("status %d: %s", a.StatusCode, a.body)
	}
}

func TestAPartOfAPageIsNoPage(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	if a := s.get(t, s.as(t, sandbox.SubjectEmployee), "/sync"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" {
		t.Errorf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}
