package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// post sends a form with headers of the test's own; an empty value is none.
func (s *site) post(t *testing.T, client *http.Client, path string, form url.Values, header map[string]string) answer {
	t.Helper()
	r := s.request(t, http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return do(t, client, r)
}

// TestOnlyThePortalsOwnFormsAct_H1_case29 sends every changing form under each of 24
// combinations of what browsers say of where it came from, and with every kind of
// token. What is not the portal's own is 403 and leaves every table as it was.
func TestOnlyThePortalsOwnFormsAct_H1_case29(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "0071 4420 18")
	db := s.other(t)
	ada, other := s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectAdmin)
	good, foreign := s.token(t, ada), s.token(t, other)
	sites := []string{"", "same-origin", "none", "same-site", "cross-site", "nonsense"}
	origins := map[string]string{"none": "", "its own": s.URL, "another's": "https://elsewhere.example", "null": "null"}
	own := func(site, origin string) bool {
		return site == "same-origin" || site == "none" || site == "" && (origin == "" || origin == s.URL)
	}
	tried := 0
	for _, route := range s.web.Routes() {
		if route.Method != http.MethodPost || route.Public {
			continue
		}
		path := example(route)
		form := url.Values{
			"csrf": {good}, "number": {"0071 4420 18"}, "name": {"x"}, "status": {"admitted"}, "was": {"hidden"}, "id": {"1"}, "reason": {"y"},
			"grantee_kind": {"group"}, "group": {"everybody"}, "target_kind": {"all"}, "confirm": {"1"},
		}
		before := contents(t, db, "sessions")
		for _, site := range sites {
			for name, origin := range origins {
				if own(site, origin) {
					continue
				}
				tried++
				if a := s.post(t, ada, path, form, map[string]string{"Sec-Fetch-Site": site, "Origin": origin}); a.StatusCode != http.StatusForbidden || a.find(t, "main h1").Length() != 1 {
					t.Errorf("POST %s, site %q, origin %s: status %d instead of 403", path, site, name, a.StatusCode)
				}
			}
		}
		for name, token := range map[string]string{"none": "", "another session's": foreign, "one that is cut": good[:len(good)-2], "noise": strings.Repeat("A", len(good))} {
			form.Set("csrf", token)
			a := s.post(t, ada, path, form, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": s.URL})
			if a.StatusCode != http.StatusForbidden || !strings.Contains(a.find(t, "main").Text(), "reload the page and send it again") {
				t.Errorf("POST %s with the token %s: status %d: %s", path, name, a.StatusCode, a.find(t, "main").Text())
			}
			form.Set("csrf", good)
			inQuery := s.post(t, ada, path+"?csrf="+url.QueryEscape(good), url.Values{"csrf": {token}}, nil)
			if inQuery.StatusCode != http.StatusBadRequest { // no form of ours has a query
				t.Errorf("POST %s with the token in its query: status %d", path, inQuery.StatusCode)
			}
		}
		if after := contents(t, db, "sessions"); after != before {
			t.Errorf("POST %s: a refused request has changed\n%s\ninto\n%s", path, before, after)
		}
		if !s.signedIn(t, ada) {
			t.Fatalf("POST %s has ended the session", path)
		}
	}
	if tried < 15*8 {
		t.Errorf("only %d combinations were tried", tried)
	}
	for _, site := range sites {
		for name, origin := range origins {
			a := s.post(t, ada, "/admin/accounts/hide", url.Values{"csrf": {good}, "number": {"0071 4420 18"}}, map[string]string{"Sec-Fetch-Site": site, "Origin": origin})
			if acted := a.StatusCode == http.StatusSeeOther; acted != own(site, origin) {
				t.Errorf("site %q, origin %s: status %d", site, name, a.StatusCode)
			}
		}
	}
}

// TestOtherSitesEmbedNothing_H7 asks every page as an image, a script, a frame and a
// fetch of another site would, and then as a link there that a person follows.
func TestOtherSitesEmbedNothing_H7(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	document := "/bills/" + string(s.someBills(t, 1)[0].ID)
	amir := s.as(t, sandbox.SubjectAccountant)
	paths := []string{document, document + "/document", document + "/items"}
	for _, r := range s.web.Routes() {
		if r.Method == http.MethodGet {
			paths = append(paths, example(r))
		}
	}
	for _, path := range paths {
		for _, fetch := range []struct{ site, mode, dest string }{
			{"cross-site", "no-cors", "image"}, {"cross-site", "no-cors", "script"}, {"cross-site", "no-cors", "empty"}, {"cross-site", "cors", "empty"},
			{"cross-site", "navigate", "iframe"}, {"cross-site", "navigate", "object"}, {"cross-site", "navigate", "embed"}, {"cross-site", "", ""},
			{"same-site", "no-cors", "image"}, {"CROSS-SITE", "no-cors", "image"},
		} {
			r := s.request(t, http.MethodGet, path, nil)
			for name, value := range map[string]string{"Sec-Fetch-Site": fetch.site, "Sec-Fetch-Mode": fetch.mode, "Sec-Fetch-Dest": fetch.dest} {
				r.Header.Set(name, value)
			}
			if a := do(t, amir, r); a.StatusCode != http.StatusForbidden || strings.Contains(a.body, "%PDF") {
				t.Errorf("%s as %v: status %d instead of 403", path, fetch, a.StatusCode)
			}
		}
		plain := s.get(t, amir, path)
		r := s.request(t, http.MethodGet, path, nil)
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"} {
			r.Header.Set(name, value)
		}
		if a := do(t, amir, r); a.StatusCode != plain.StatusCode {
			t.Errorf("a link to %s: status %d instead of %d", path, a.StatusCode, plain.StatusCode)
		}
	}
}
