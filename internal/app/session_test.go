package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

func TestSigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	p := reading(t)
	v := signedIn(t, p, sandbox.SubjectEmployee)
	page := v.open("/bills")
	base, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	stolen := v.http.Jar.Cookies(base)
	out := v.submit(page, page.find(t, `header form[action="/signout"]`), nil)
	out.expect(t, http.StatusOK)
	if got := out.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data is %s instead of cache and storage", got)
	}
	if out.find(t, `main a[href^="http://127.0.0.1:"][href*="post_logout_redirect_uri"]`).Length() != 1 {
		t.Error("the page offers no way to sign out of the provider")
	}
	t.Run("the browser is asked to sign in", func(t *testing.T) {
		if got := v.open("/bills").Request.URL.Path; got != "/signin" {
			t.Errorf("/bills leads to %s", got)
		}
	})
	t.Run("a copy of its cookie is worth nothing", func(t *testing.T) {
		thief := anonymous(t, p)
		thief.http.Jar.SetCookies(base, stolen)
		a := thief.once(thief.request(http.MethodGet, "/bills", nil))
		a.expect(t, http.StatusSeeOther)
		if got := a.Header.Get("Location"); !strings.HasPrefix(got, "/signin?") {
			t.Errorf("the old cookie leads to %s", got)
		}
	})
	t.Run("the provider's own sign-out leads back", func(t *testing.T) {
		link := out.find(t, `main a[href*="post_logout_redirect_uri"]`).AttrOr("href", "")
		end := v.get(link)
		end.expect(t, http.StatusOK)
		if back, _, _ := strings.Cut(end.find(t, "a.back").AttrOr("href", ""), "?state="); back != p.url+"/signin" {
			t.Errorf("the provider leads back to %q instead of %s/signin", back, p.url)
		}
	})
}

func TestSigningInLeadsBackToWhereSomebodyWanted(t *testing.T) {
	t.Parallel()
	p := reading(t)
	v := anonymous(t, p)
	a := v.signIn(sandbox.SubjectEmployee, "/bills?issued=any&kind=credit_note")
	a.expect(t, http.StatusOK)
	if got := a.Request.URL.RequestURI(); got != "/bills?issued=any&kind=credit_note" {
		t.Errorf("signing in leads to %s", got)
	}
	t.Run("a second sign-in ends the session of the first", func(t *testing.T) {
		base, _ := url.Parse(p.url)
		before := v.http.Jar.Cookies(base)
		start := v.get("/signin/start")
		link, _ := start.Request.URL.Parse(start.find(t, `.people a[data-subject="`+sandbox.SubjectAccountant+`"]`).AttrOr("href", ""))
		v.do(v.request(http.MethodGet, link.String(), nil)).expect(t, http.StatusOK)
		old := anonymous(t, p)
		old.http.Jar.SetCookies(base, before)
		old.once(old.request(http.MethodGet, "/bills", nil)).expect(t, http.StatusSeeOther)
	})
	t.Run("an answer of the provider works in the browser that asked, and once", func(t *testing.T) {
		mine, other := anonymous(t, p), anonymous(t, p)
		picker := mine.get("/signin/start")
		link, _ := picker.Request.URL.Parse(picker.find(t, `.people a[data-subject="`+sandbox.SubjectEmployee+`"]`).AttrOr("href", ""))
		callback := mine.once(mine.request(http.MethodGet, link.String(), nil)).Header.Get("Location")
		if !strings.HasPrefix(callback, p.url+"/signin/callback?") {
			t.Fatalf("the provider answers to %q", callback)
		}
		other.once(other.request(http.MethodGet, callback, nil)).expect(t, http.StatusBadRequest)
		mine.once(mine.request(http.MethodGet, callback, nil)).expect(t, http.StatusSeeOther)
		mine.once(mine.request(http.MethodGet, callback, nil)).expect(t, http.StatusBadRequest)
	})
}

func TestChangingRequestsNeedTheSessionsToken(t *testing.T) {
	t.Parallel()
	p := reading(t)
	v, other := signedIn(t, p, sandbox.SubjectAdmin), signedIn(t, p, sandbox.SubjectAdmin)
	before := count(t, p.dir, `SELECT count(*) FROM grants`)
	page, others := v.open("/admin/access"), other.open("/admin/access")
	good := page.find(t, `form[action="/admin/access"] input[name="csrf"]`).AttrOr("value", "")
	if again := v.open("/admin/access").find(t, `form[action="/admin/access"] input[name="csrf"]`).AttrOr("value", ""); again == good {
		t.Error("two answers carry the same token")
	}
	for _, attempt := range []struct {
		name, token, site string
		want              int
	}{
		{"without a token", "", "same-origin", http.StatusForbidden},
		{"with a token of nobody", strings.Repeat("A", len(good)), "same-origin", http.StatusForbidden},
		{"with another session's token", others.find(t, `input[name="csrf"]`).First().AttrOr("value", ""), "same-origin", http.StatusForbidden},
		{"with a token that is cut", good[:len(good)-1], "same-origin", http.StatusForbidden},
		{"with its token from another site", good, "cross-site", http.StatusForbidden},
		{"with its token from a sister site", good, "same-site", http.StatusForbidden},
	} {
		for _, path := range []string{"/admin/access", "/admin/access/revoke", "/admin/accounts/admit", "/admin/accounts/hide", "/admin/accounts/0071%204420%2018", "/signout"} {
			form := url.Values{
				"csrf": {attempt.token}, "grantee_kind": {"group"}, "group": {"everybody"}, "target_kind": {"all"}, "id": {"1"}, "number": {"0071 4420 18"},
				"name": {"x"}, "status": {"hidden"},
			}
			r := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", attempt.site)
			if got := v.once(r).StatusCode; got != attempt.want {
				t.Errorf("POST %s %s: status %d instead of %d", path, attempt.name, got, attempt.want)
			}
		}
	}
	v.open("/admin/access") // the session has not ended
	if after := count(t, p.dir, `SELECT count(*) FROM grants`); after != before {
		t.Errorf("there are %d grants instead of %d", after, before)
	}
	if n := count(t, p.dir, `SELECT count(*) FROM accounts WHERE number = '0071 4420 18' AND status = 'admitted'`); n != 1 {
		t.Error("an account was changed")
	}
}
