package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

func TestCookiesAreForThePortalAlone(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		name, prefix string
		secure       bool
	}{{"on loopback", "", false}, {"with https", "__Host-", true}} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, mode.secure, nil)
			client := s.browser(t)
			began, ended := s.signIn(t, client, sandbox.SubjectAdmin, "/admin/access")
			if got := ended.Header.Get("Location"); ended.StatusCode != http.StatusSeeOther || got != "/admin/access" {
				t.Fatalf("signing in ends with %d to %q", ended.StatusCode, got)
			}
			page := s.get(t, client, "/admin/access")
			form := url.Values{
				"csrf": {page.find(t, `form[action="/admin/access"] input[name="csrf"]`).AttrOr("value", "")}, "grantee_kind": {"group"},
				"group": {"everybody"}, "target_kind": {"all"},
			}
			r := s.request(t, http.MethodPost, "/admin/access", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			noticed := do(t, client, r)
			if noticed.StatusCode != http.StatusSeeOther {
				t.Fatalf("a grant ends with %d: %s", noticed.StatusCode, noticed.body)
			}
			seen := map[string]bool{}
			for _, a := range []answer{began, ended, page, noticed} {
				for _, c := range a.Cookies() {
					seen[strings.TrimPrefix(c.Name, mode.prefix)] = true
					if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != mode.secure || !strings.HasPrefix(c.Name, mode.prefix+"portal-") {
						t.Errorf("cookie %s", c)
					}
				}
			}
			for _, name := range []string{"portal-session", "portal-signin", "portal-session-notice"} {
				if !seen[name] {
					t.Errorf("no cookie %s%s was set, only %v", mode.prefix, name, seen)
				}
			}
			transport := ended.Header.Get("Strict-Transport-Security")
			if mode.secure != (transport != "") {
				t.Errorf("Strict-Transport-Security is %q", transport)
			}
		})
	}
}

func TestCookiesOfOthersAreWorthNothing(t *testing.T) {
	t.Parallel()
	s, other := open(t, false, nil), open(t, false, nil)
	client := s.as(t, sandbox.SubjectAccountant)
	base, _ := url.Parse(s.URL)
	var session string
	for _, c := range client.Jar.Cookies(base) {
		if c.Name == "portal-session" {
			session = c.Value
		}
	}
	for name, forged := range map[string]string{
		"nothing": "", "text": "admin", "cut": session[:len(session)-4], "another case": strings.ToUpper(session), "very long": strings.Repeat("A", 5000),
	} {
		r := s.request(t, http.MethodGet, "/bills", nil)
		r.AddCookie(&http.Cookie{Name: "portal-session", Value: forged})
		if a := do(t, s.browser(t), r); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: status %d instead of 303", name, a.StatusCode)
		}
	}
	r := other.request(t, http.MethodGet, "/bills", nil)
	r.AddCookie(&http.Cookie{Name: "portal-session", Value: session})
	if a := do(t, other.browser(t), r); a.StatusCode != http.StatusSeeOther {
		t.Errorf("another portal takes the session: status %d", a.StatusCode)
	}
}
