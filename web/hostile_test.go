package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// TestHeadersAndAddressesOpenNothing_C2_case1_case2_case3_case4 repeats every request
// of strangers and of an employee with what once opened other portals. Nothing
// changes the decision, nor the address in the log.
func TestHeadersAndAddressesOpenNothing_C2_case1_case2_case3_case4(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena := s.as(t, sandbox.SubjectEmployee)
	tricks := map[string]http.Header{"asked about by a probe": {"User-Agent": {"kube-probe/1.30"}}, "by a load balancer": {"User-Agent": {"GoogleHC/1.0"}}, "by another": {"User-Agent": {"ELB-HealthChecker/2.0"}}}
	for name, value := range map[string]string{
		"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Uri": "/static/", "X-Original-Url": "/healthz", "X-Original-Uri": "/healthz", "X-Rewrite-Url": "/healthz",
		"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Method": "GET", "X-Real-Ip": "10.9.9.9", "Forwarded": "for=10.9.9.9;proto=https",
		"X-Http-Method-Override": "GET", "X-Method-Override": "GET", "X-Forwarded-User": "ada.okafor", "X-Forwarded-Groups": sandbox.GroupAdmins, "X-Auth-Request-User": "ada.okafor",
		"True-Client-Ip": "10.9.9.9", "Cf-Connecting-Ip": "10.9.9.9",
	} {
		tricks[name] = http.Header{name: {value}}
		tricks["its underscore twin of "+name] = http.Header{strings.ReplaceAll(name, "-", "_"): {value}}
	}
	suffixes := []string{"?path=/static/", "?/static/css", "%23", "%23/static/", "%3f/healthz"}
	for _, r := range s.web.Routes() {
		if r.Public || r.Path == "/signout" || strings.HasSuffix(r.Path, "/end-others") {
			continue
		}
		for who, client := range map[string]*http.Client{"a stranger": s.browser(t), "an employee": elena} {
			plain := do(t, client, s.request(t, r.Method, example(r), nil))
			for name, header := range tricks {
				request := s.request(t, r.Method, example(r), nil)
				maps.Copy(request.Header, header)
				if a := do(t, client, request); a.StatusCode != plain.StatusCode || a.Header.Get("Location") != plain.Header.Get("Location") {
					t.Errorf("%s %s by %s, %s: status %d instead of %d", r.Method, r.Path, who, name, a.StatusCode, plain.StatusCode)
				}
			}
			for _, suffix := range suffixes {
				a := do(t, client, s.request(t, r.Method, example(r)+suffix, nil))
				if a.StatusCode != plain.StatusCode && !slices.Contains([]int{400, 404, 405}, a.StatusCode) && (who == "an employee" || a.StatusCode != http.StatusSeeOther) {
					t.Errorf("%s %s%s by %s: status %d instead of %d", r.Method, example(r), suffix, who, a.StatusCode, plain.StatusCode)
				}
			}
		}
	}
	if strings.Contains(s.log.String(), "10.9.9.9") {
		t.Error("the log believes a forged address")
	}
}

// TestSpellingsAndMethodsOpenNothing_Z7_Z8_case15 asks for what an employee may not
// have in other spellings and by other methods.
func TestSpellingsAndMethodsOpenNothing_Z7_Z8_case15(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena, nobody := s.as(t, sandbox.SubjectEmployee), s.browser(t)
	for _, spelling := range []string{
		"//admin/access", "/admin//access", "/admin/access/", "/admin%2faccess", "/admin%2Faccess", "/admin/access;x", "/admin;x/access", "/./admin/access", "/admin/./access",
		"/static/../admin/access", "/static/%2e%2e/admin/access", "/static/..%2fadmin/access", "/admin/access%00", "/admin/access%00.css", "/ADMIN/ACCESS", "/Admin/access",
		"/admin%5caccess", "/admin\\access", "/%61dmin/access", "/admin/access%20", "/admin/access%09", "/admin/access%0a", "/admin/access.css", "/admin/access?.css", "/admin/access%3f.css",
	} {
		for who, client := range map[string]*http.Client{"a stranger": nobody, "an employee": elena} {
			r := s.request(t, http.MethodGet, "/", nil)
			r.URL.Opaque = "//" + r.URL.Host + spelling
			a := do(t, client, r)
			if !slices.Contains([]int{400, 403, 404}, a.StatusCode) && (who == "an employee" || a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin")) {
				t.Errorf("%s by %s: status %d to %s", spelling, who, a.StatusCode, a.Header.Get("Location"))
			}
		}
	}
	for _, r := range s.web.Routes() {
		for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X"} {
			request := s.request(t, "GET", example(r), nil)
			request.Method = method
			if method == "CONNECT" {
				request.URL.Opaque = example(r)
			}
			a := do(t, elena, request)
			if method == "OPTIONS" && a.StatusCode == http.StatusNoContent && a.body == "" {
				continue
			}
			if !slices.Contains([]int{400, 403, 404, 405}, a.StatusCode) {
				t.Errorf("%s %s: status %d", method, r.Path, a.StatusCode)
			}
		}
	}
}

// TestPanicsAreAnsweredEverywhere_L7 has the handler of every route panic: the page
// has the reference, the log the stack, and the portal goes on.
func TestPanicsAreAnsweredEverywhere_L7(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	b := s.someBills(t, 1)[0]
	amir, ada := s.as(t, sandbox.SubjectAccountant), s.as(t, sandbox.SubjectAdmin)
	token := s.token(t, ada)
	if err := s.web.PanicInEveryHandler("canary of a panic"); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, r := range s.web.Routes() {
		if strings.Contains(r.Path, "/people/") || strings.Contains(r.Path, "/sessions/:id") {
			continue // their objects are not here
		}
		path := strings.NewReplacer(":id", string(b.ID), ":number", strings.ReplaceAll(string(b.Account), " ", "%20"), "*", "x").Replace(r.Path)
		for _, client := range []*http.Client{amir, ada} {
			request := s.request(t, r.Method, path, strings.NewReader("csrf="+token))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			a := do(t, client, request)
			if a.StatusCode == http.StatusForbidden {
				continue // the other one may
			}
			tried++
			reference := a.Header.Get("X-Portal-Request-Id")
			if a.StatusCode != http.StatusInternalServerError || r.Method != http.MethodHead && (!strings.Contains(a.body, reference) || strings.Contains(a.body, "canary") || strings.Contains(a.body, "goroutine")) {
				t.Errorf("%s %s: status %d: %.200s", r.Method, path, a.StatusCode, a.body)
			}
			if log := s.log.String(); !strings.Contains(log, reference) || !strings.Contains(log, "canary of a panic") || !strings.Contains(log, "goroutine") {
				t.Errorf("%s %s: the log has no stack", r.Method, path)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d panics", tried)
	}
}

// TestLogsStayOneLine_L4 puts line ends, escapes and JSON wherever a request can.
func TestLogsStayOneLine_L4(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena := s.as(t, sandbox.SubjectEmployee)
	for _, payload := range []string{"a%0a%7b%22level%22:%22ERROR%22,%22msg%22:%22forged%22%7d", "%1b%5b31mred", "%22,%22msg%22:%22forged%22,%22x%22:%22", "a%0d%0aforged", "%e2%80%ae"} {
		for _, path := range []string{"/bills/" + payload, "/bills?q=" + payload, "/" + payload, "/signin/callback?error=" + payload + "&state=" + payload} {
			r := s.request(t, http.MethodGet, path, nil)
			r.Header.Set("User-Agent", `x","msg":"forged`)
			r.Header.Set("Referer", `https://x/","msg":"forged`)
			do(t, elena, r)
		}
	}
	report := s.request(t, http.MethodPost, "/csp-reports", strings.NewReader(`{"csp-report":{"document-uri":"https://x/bills?q=secretword#y","effective-directive":"script-src\n{\"msg\":\"forged\"}","blocked-uri":"inline\u001b[31m"}}`))
	report.Header.Set("Content-Type", "application/csp-report")
	if a := do(t, s.browser(t), report); a.StatusCode != http.StatusNoContent {
		t.Errorf("a report: status %d", a.StatusCode)
	}
	reports := 0
	for line := range strings.Lines(s.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == "forged" {
			t.Errorf("the log has the line %s", line)
		}
		if strings.Contains(line, "\x1b") || strings.Contains(line, "secretword") {
			t.Errorf("the log has the line %q", line)
		}
		if entry["msg"] == "a browser refused by the content security policy" {
			reports++
			if entry["page"] != "https://x/bills" {
				t.Errorf("the report's page is %q", entry["page"])
			}
		}
	}
	if reports != 1 {
		t.Errorf("%d lines of one report", reports)
	}
}
