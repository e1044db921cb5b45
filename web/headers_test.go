package web_test

import (
	"net/http"
	"strings"
	"testing"

	"billportal/internal/sandbox"
	"billportal/web"
)

// fixed are the headers of every answer but those of documents.
var fixed = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
		"frame-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp-reports",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"X-Robots-Tag":                 "noindex",
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	visitors := map[string]*http.Client{"anybody": s.browser(t)}
	for _, subject := range []string{sandbox.SubjectAccountant, sandbox.SubjectAdmin, sandbox.SubjectNewcomer} {
		visitors[subject] = s.as(t, subject)
	}
	routes := append(s.web.Routes(), web.Route{Method: http.MethodGet, Path: "/nothing"}, web.Route{Method: http.MethodPut, Path: "/bills"})
	for who, client := range visitors {
		for _, r := range routes {
			if r.Path == "/signout" && who != "anybody" {
				continue
			}
			a := do(t, client, s.request(t, r.Method, example(r), nil))
			for name, want := range fixed {
				if strings.HasSuffix(r.Path, "/document") && (who == sandbox.SubjectAccountant || who == sandbox.SubjectAdmin) { // its errors are shown in a frame
					want = strings.Replace(want, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
				}
				if name == "Referrer-Policy" && r.Path == "/signin/link" && r.Method != http.MethodPost { // its address is a secret
					want = "no-referrer"
				}
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s %s for %s: %s is %q instead of %q", r.Method, r.Path, who, name, got, want)
				}
			}
			store := "no-store"
			if strings.HasSuffix(r.Path, ".csv") && a.StatusCode == http.StatusOK {
				store = "private, no-store"
			}
			if got := a.Header.Get("Cache-Control"); got != store && !strings.HasPrefix(r.Path, "/static/") {
				t.Errorf("%s %s for %s: Cache-Control is %q instead of %q", r.Method, r.Path, who, got, store)
			}
			if id := a.Header.Get("X-Portal-Request-Id"); len(id) < 16 {
				t.Errorf("%s %s for %s: the request id is %q", r.Method, r.Path, who, id)
			}
			for _, name := range []string{"Server", "X-Powered-By", "Strict-Transport-Security"} {
				if got := a.Header.Get(name); got != "" {
					t.Errorf("%s %s for %s: there is a %s: %s", r.Method, r.Path, who, name, got)
				}
			}
		}
	}
}

func TestStaticFilesMayBeKeptForEver(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	page := s.get(t, s.browser(t), "/signin")
	for _, file := range page.find(t, "link[href], script[src]").EachIter() {
		path := file.AttrOr("href", file.AttrOr("src", ""))
		a := s.get(t, s.browser(t), path)
		if got := a.Header.Get("Cache-Control"); a.StatusCode != http.StatusOK || !strings.Contains(got, "immutable") {
			t.Errorf("%s: status %d, Cache-Control %q", path, a.StatusCode, got)
		}
	}
}

func TestRequestIDsAreOurs(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	r := s.request(t, http.MethodGet, "/signin", nil)
	for _, name := range []string{"X-Portal-Request-Id", "X-Request-Id"} {
		r.Header.Set(name, "forged-by-somebody")
	}
	if got := do(t, s.browser(t), r).Header.Get("X-Portal-Request-Id"); got == "forged-by-somebody" {
		t.Error("a request id from outside is believed")
	}
}
