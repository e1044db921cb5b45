package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
	"billportal/web"
)

// TestRequestsHaveASize_V1_case33 sends each kind of request at its limit and one
// byte above.
func TestRequestsHaveASize_V1_case33(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	ada := s.as(t, sandbox.SubjectAdmin)
	token := s.token(t, ada)
	form := func(path string, size int) *http.Request {
		body := "csrf=" + token
		for n := 0; len(body) < size; n++ {
			name := fmt.Sprintf("&x%02d=", n)
			body += name + strings.Repeat("y", max(0, min(4000, size-len(body)-len(name))))
		}
		r := s.request(t, http.MethodPost, path, strings.NewReader(body))
		if len(body) != size {
			t.Fatalf("the body has %d bytes instead of %d", len(body), size)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	chunked := func(r *http.Request) *http.Request {
		r.ContentLength = -1
		return r
	}
	file := func(size int) *http.Request {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("csrf", token)
		part, err := w.CreateFormFile("file", "grants.csv")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(strings.Repeat("\n", size-body.Len()-len("\r\n----\r\n")-len(w.Boundary()))))
		_ = w.Close()
		if body.Len() != size {
			t.Fatalf("the body has %d bytes instead of %d", body.Len(), size)
		}
		r := s.request(t, http.MethodPost, "/admin/access/import", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return r
	}
	get := func(path string) *http.Request { return s.request(t, http.MethodGet, path, nil) }
	for _, c := range []struct {
		name        string
		good, bad   *http.Request
		status, not int
	}{
		{"a path", get("/" + strings.Repeat("a", 2047)), get("/" + strings.Repeat("a", 2048)), 404, 414},
		{"a path that is escaped", get("/" + strings.Repeat("%41", 682)), get("/" + strings.Repeat("%41", 683)), 404, 414},
		{"a query", get("/profile?a=" + strings.Repeat("b", 4096) + "&c=" + strings.Repeat("d", 8192-4096-5)), get("/profile?a=" + strings.Repeat("b", 4096) + "&c=" + strings.Repeat("d", 8192-4096-4)), 200, 414},
		{"a parameter", get("/profile?a=" + strings.Repeat("b", 4096)), get("/profile?a=" + strings.Repeat("b", 4097)), 200, 400},
		{"a form", form("/admin/accounts/hide", 64<<10), form("/admin/accounts/hide", 64<<10+1), 404, 413},
		{"a form of unknown length", chunked(form("/admin/accounts/import", 64<<10)), chunked(form("/admin/access/revoke", 64<<10+1)), 400, 413},
		{"a file", file(4 << 20), file(4<<20 + 1), 400, 413},
		{"a file of unknown length", chunked(file(4 << 20)), chunked(file(4<<20 + 1)), 400, 413},
	} {
		if a := do(t, ada, c.good); a.StatusCode != c.status {
			t.Errorf("%s at its limit: status %d instead of %d: %s", c.name, a.StatusCode, c.status, a.find(t, "main").Text())
		}
		a := do(t, ada, c.bad)
		if a.StatusCode != c.not || a.find(t, "main .lede").Text() == "" {
			t.Errorf("%s above its limit: status %d instead of %d", c.name, a.StatusCode, c.not)
		}
	}
}

// TestHeadsHaveASize_case33 counts the head of a request as the wire does.
func TestHeadsHaveASize_case33(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for size, want := range map[int]int{web.MaxHeader: http.StatusOK, web.MaxHeader + 1: http.StatusRequestHeaderFieldsTooLarge} {
		r := httptest.NewRequest(http.MethodGet, "/signin", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:1234", "h"
		line := "GET /signin HTTP/1.1\r\nHost: h\r\n"
		r.Header.Set("X", strings.Repeat("y", size-len(line)-len("X: \r\n")))
		w := httptest.NewRecorder()
		s.web.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("a head of %d bytes: status %d instead of %d", size, w.Code, want)
		}
	}
}

// upload sends a good file with fields beside it.
func (s *site) upload(t *testing.T, client *http.Client, path string, fields url.Values) answer {
	t.Helper()
	content := "number,name,group,cost_centre,country,status\n4100 0000 02,Two,,,FR,hidden\n"
	if strings.Contains(path, "access") {
		content = "grantee_kind,grantee,target_kind,target\ngroup,somebody,all,\n"
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			_ = w.WriteField(name, value)
		}
	}
	part, err := w.CreateFormFile("file", "some.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	r := s.request(t, http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return do(t, client, r)
}

// parameters are those of every route that has some: its path and fields that are
// right, and for each parameter what is out of its type or range besides what is
// wrong for all.
var parameters = []struct {
	method, path string
	right        url.Values
	wrong        map[string][]string
}{
	{"GET", "/bills", nil, map[string][]string{
		"q": {strings.Repeat("x", 201)}, "account": {strings.Repeat("1", 300)}, "kind": {"letter", "INVOICE", "1"}, "issued": {"someday", "2026-13", "0"},
		"from": {"2026-02-30", "yesterday", "1"}, "to": {"2026-02-30", "0000-00-00"}, "min": {"lots", "1e9", "NaN", "0x10", "99999999999999999999"},
		"max": {"lots", "--1", "∞"}, "currency": {"euro", "eur", "€"}, "after": {"AAAA", "-1", "0"}, "before": {"AAAA", "'", "1"},
	}},
	{"GET", "/bills.csv", nil, map[string][]string{
		"q": {strings.Repeat("x", 201)}, "kind": {"letter"}, "issued": {"someday"}, "min": {"lots"}, "rows": {"page", "Item", "1"}, "unknown": {"1"},
	}},
	{"GET", "/bills/{bill}/document", nil, map[string][]string{"download": {"2", "0", "true", "-1", "1 "}}},
	{"GET", "/admin/accounts", nil, map[string][]string{"q": {strings.Repeat("x", 201)}, "group": {strings.Repeat("x", 201)}, "status": {"open", "HIDDEN", "1"}}},
	{"POST", "/admin/accounts/admit", url.Values{}, map[string][]string{"number": {"no such number", ""}}},
	{"POST", "/admin/accounts/admit", url.Values{"number": {"4100 0000 01"}}, map[string][]string{"from": {"overview", "1"}}},
	{"POST", "/admin/accounts/hide", url.Values{}, map[string][]string{"number": {"no such number", ""}}},
	{"POST", "/admin/accounts/{account}", url.Values{"was": {"admitted"}, "status": {"admitted"}, "name": {"n"}}, map[string][]string{
		"name": {strings.Repeat("x", 201)}, "group": {strings.Repeat("x", 201)}, "cost_centre": {strings.Repeat("x", 201)}, "country": {"France", "F", "12"},
		"status": {"open", "", "ADMITTED"}, "was": {"hidden", "", "nothing"},
	}},
	{"GET", "/admin/access", nil, map[string][]string{"person": {"0", "-1", "01", "nobody"}}},
	{"POST", "/admin/access", url.Values{"grantee_kind": {"group"}, "group": {"g"}, "target_kind": {"all"}}, map[string][]string{
		"grantee_kind": {"", "robot"}, "group": {"", strings.Repeat("x", 201)}, "target_kind": {"", "everything"},
	}},
	{"POST", "/admin/access", url.Values{"grantee_kind": {"person"}, "person": {"nobody"}, "target_kind": {"account"}, "account": {"none"}}, map[string][]string{
		"person": {"", "nobody"}, "account": {"", "none"},
	}},
	{"POST", "/admin/access", url.Values{"grantee_kind": {"group"}, "group": {"g"}, "target_kind": {"account_group"}}, map[string][]string{"account_group": {"", "no such group"}}},
	{"POST", "/admin/access/revoke", url.Values{}, map[string][]string{"id": {"", "x", "0", "-1", "1.5", "9223372036854775808", "1 OR 1=1"}}},
	{"POST", "/admin/accounts/import", url.Values{}, map[string][]string{"replace": {"yes", "2", "true"}}},
	{"POST", "/admin/access/import", url.Values{}, map[string][]string{"replace": {"yes", "2", "true"}}},
}

// wrongForAll are values that no parameter takes.
var wrongForAll = []string{"\x00", "a\x00b", "\xff\xfe", "a\r\nSet-Cookie: x=y", "\x1b[31m", "\u202e", "a\u2028b", "\x7f", strings.Repeat("9", 5000)}

// TestNoParameterTakesWhatItDoesNotMean_V1 gives every parameter what is out of its
// type or range, text that is none, and itself twice: nothing is answered as a
// success or as a fault of the portal.
func TestNoParameterTakesWhatItDoesNotMean_V1(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	b := s.someBills(t, 1)[0]
	amir, ada := s.as(t, sandbox.SubjectAccountant), s.as(t, sandbox.SubjectAdmin)
	token := s.token(t, ada)
	s.lists(t, "4100 0000 01")
	for _, path := range []string{"/admin/accounts/import", "/admin/access/import"} {
		if a := s.upload(t, ada, path, url.Values{"csrf": {token}, "replace": {""}}); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("a good file to %s: status %d: %s", path, a.StatusCode, a.find(t, "main").Text())
		}
	}
	fill := strings.NewReplacer("{bill}", string(b.ID), "{account}", url.PathEscape(string(b.Account)))
	for _, p := range parameters {
		for name, wrong := range p.wrong {
			given := [][]string{{"1", "2"}}
			if name == "account" || name == "kind" || name == "number" {
				given = [][]string{make([]string, 101)}
				for i := range given[0] {
					given[0][i] = "x"
				}
			}
			for _, value := range append(wrong, wrongForAll...) {
				given = append(given, []string{value})
			}
			for _, values := range given {
				fields := url.Values{}
				for n, v := range p.right {
					fields[n] = v
				}
				fields[name] = values
				var a answer
				if p.method == http.MethodGet {
					client := amir
					if strings.HasPrefix(p.path, "/admin") {
						client = ada
					}
					a = s.get(t, client, fill.Replace(p.path)+"?"+fields.Encode())
				} else if fields.Set("csrf", token); strings.HasSuffix(p.path, "/import") {
					a = s.upload(t, ada, p.path, fields)
				} else {
					a = s.post(t, ada, fill.Replace(p.path), fields, nil)
				}
				if a.StatusCode < 400 || a.StatusCode >= 500 {
					t.Errorf("%s %s with %s=%.60q: status %d to %s", p.method, p.path, name, values, a.StatusCode, a.Header.Get("Location"))
				}
			}
		}
	}
}
