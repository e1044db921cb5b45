package web_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
	"billportal/static"
)

// TestEveryStatusCarriesEveryHeader_H3_H4_H5_H6_D1 provokes each status, the page of
// last resort among them, with an origin of another site that no answer may admit.
func TestEveryStatusCarriesEveryHeader_H3_H4_H5_H6_D1(t *testing.T) {
	t.Parallel()
	simulated, err := sim()
	if err != nil {
		t.Fatal(err)
	}
	database, err := copied()
	if err != nil {
		t.Fatal(err)
	}
	s := openWith(t, simulated, database, true, nil)
	s.web.Handle("/panics", func(http.ResponseWriter, *http.Request) { panic("on purpose") })
	document := "/bills/" + string(s.someBills(t, 1)[0].ID) + "/document"
	nobody, amir := s.browser(t), s.as(t, sandbox.SubjectAccountant)
	etag := s.get(t, amir, document).Header.Get("ETag")
	for range 20 {
		s.get(t, nobody, "/") // nothing of this is paced
		do(t, nobody, s.request(t, http.MethodPost, "/csp-reports", nil))
	}
	seen := map[int]bool{}
	for _, c := range []struct {
		name, method, path, body string
		client                   *http.Client
		header                   http.Header
		status                   int
	}{
		{"a page", "GET", "/bills", "", amir, nil, 200},
		{"a document", "GET", document, "", amir, nil, 200},
		{"a part of it", "GET", document, "", amir, http.Header{"Range": {"bytes=0-9"}}, 206},
		{"a stranger", "GET", "/bills", "", nobody, nil, 303},
		{"a document that is known", "GET", document, "", amir, http.Header{"If-None-Match": {etag}}, 304},
		{"a wrong filter", "GET", "/bills?kind=letter", "", amir, nil, 400},
		{"an escape that is none", "GET", "/bills.csv?q=%zz", "", amir, nil, 400},
		{"a stranger's part of a page", "GET", "/bills", "", nobody, http.Header{"Hx-Request": {"true"}}, 401},
		{"a page of others", "GET", "/admin/access", "", amir, nil, 403},
		{"another site", "GET", "/bills", "", amir, http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Dest": {"image"}}, 403},
		{"nothing", "GET", "/nothing", "", amir, nil, 404},
		{"no document", "GET", "/bills/nothing/document", "", amir, nil, 404},
		{"a method", "DELETE", "/bills", "", amir, nil, 405},
		{"a body", "POST", "/signout", strings.Repeat("x", 70_000), amir, nil, 413},
		{"an address", "GET", "/bills?q=" + strings.Repeat("x", 9000), "", amir, nil, 414},
		{"a range", "GET", document, "", amir, http.Header{"Range": {"bytes=99999999-"}}, 416},
		{"reports", "POST", "/csp-reports", "{}", nobody, nil, 429},
		{"a head", "GET", "/", "", nobody, http.Header{"X-Much": {strings.Repeat("x", 17_000)}}, 431},
		{"a panic", "GET", "/panics", "", amir, nil, 500},
		{"a page of last resort", "GET", "/panics", "", amir, nil, 500},
	} {
		if c.name == "a page of last resort" {
			s.web.BreakErrorPages()
		}
		r := s.request(t, c.method, c.path, strings.NewReader(c.body))
		maps.Copy(r.Header, c.header)
		r.Header.Set("Origin", "https://elsewhere.example")
		if c.method != http.MethodGet {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		a := do(t, c.client, r)
		seen[a.StatusCode] = true
		if a.StatusCode != c.status {
			t.Errorf("%s: status %d instead of %d", c.name, a.StatusCode, c.status)
		}
		want := maps.Clone(fixed)
		want["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
		want["Cache-Control"], want["Vary"], want["Access-Control-Allow-Origin"] = "no-store", "Cookie, HX-Request", ""
		switch {
		case c.path == document && c.status < 400 || c.status == 416:
			want["Content-Security-Policy"] = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
			want["Cache-Control"] = "private, no-store"
		case strings.HasSuffix(c.path, "/document"):
			want["Content-Security-Policy"] = strings.Replace(fixed["Content-Security-Policy"], "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
		}
		if c.status == 416 {
			want["Cache-Control"] = "no-store"
		}
		for name, value := range want {
			if got := strings.Join(a.Header.Values(name), ", "); got != value {
				t.Errorf("%s (%d): %s is %q instead of %q", c.name, c.status, name, got, value)
			}
		}
		if kind := a.Header.Get("Content-Type"); a.body != "" && kind != "application/pdf" && !strings.Contains(kind, "charset=") {
			t.Errorf("%s (%d): its type is %q", c.name, c.status, kind)
		}
	}
	for _, status := range []int{304, 400, 401, 403, 404, 405, 413, 416, 429, 500} {
		if !seen[status] {
			t.Errorf("%d was not provoked", status)
		}
	}
}

// TestNoOriginIsAdmittedAnywhere_H3 asks every route as another site's script would.
func TestNoOriginIsAdmittedAnywhere_H3(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	amir := s.as(t, sandbox.SubjectAccountant)
	for _, r := range s.web.Routes() {
		for _, origin := range []string{"https://elsewhere.example", "null", s.URL} {
			request := s.request(t, r.Method, example(r), nil)
			request.Header.Set("Origin", origin)
			request.Header.Set("Access-Control-Request-Method", "GET")
			a := do(t, amir, request)
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s from %s: %s", r.Method, r.Path, origin, name)
				}
			}
		}
	}
}

// TestStaticFilesAreTheSameForEverybody_D2 compares what two people and a stranger
// get, and how long they may keep it.
func TestStaticFilesAreTheSameForEverybody_D2(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, name := range []string{"css/portal.css", "js/portal.js", "js/htmx.js", "icons/icons.svg", "icons/favicon.svg"} {
		var bodies []string
		for _, client := range []*http.Client{s.browser(t), s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAdmin)} {
			a := s.get(t, client, static.Path(name))
			if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" || len(a.Header["Set-Cookie"]) > 0 || strings.Contains(a.Header.Get("Vary"), "Cookie") {
				t.Errorf("%s: %v", name, a.Header)
			}
			bodies = append(bodies, a.body)
		}
		if len(slices.Compact(bodies)) != 1 || bodies[0] == "" {
			t.Errorf("%s differs from person to person", name)
		}
	}
}
