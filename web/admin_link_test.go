package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/web"
)

// link makes an admin link as the command line does, and returns its token.
func (s *site) link(t *testing.T) string {
	t.Helper()
	address, hash := web.NewAdminLink(s.URL)
	if err := s.db.AddAdminLink(t.Context(), hash, s.now().Add(-web.AdminLinkLife), ledger.Act{Actor: "command line", Action: "adminlink.make"}); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Path != "/signin/link" {
		t.Fatal(address, err)
	}
	return u.Query().Get("token")
}

// TestAnAdminLinkIsNotUsedUpInVain_L1 fails to record the sign-in, as with a full disk.
func TestAnAdminLinkIsNotUsedUpInVain_L1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	token, client := s.link(t), s.browser(t)
	use := func() answer {
		return s.post(t, client, "/signin/link", url.Values{"token": {token}}, nil)
	}
	s.fill(t)
	if a := use(); a.StatusCode != http.StatusInternalServerError || len(a.Cookies()) > 0 {
		t.Fatalf("status %d while nothing can be recorded", a.StatusCode)
	}
	s.unfill(t)
	if a := use(); a.StatusCode != http.StatusSeeOther || len(s.told(t, "session.open")) != 1 {
		t.Errorf("the same link when there is space again: status %d", a.StatusCode)
	}
	if a := use(); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a second time: status %d", a.StatusCode)
	}
}

func TestAnAdminLinkSignsInOnce(t *testing.T) {
	t.Parallel()
	s := open(t, false, quarterHour)
	token := s.link(t)
	client := s.browser(t)
	use := func(client *http.Client, token string) answer {
		return s.post(t, client, "/signin/link", url.Values{"token": {token}}, nil)
	}
	for range 2 { // looking uses nothing up
		page := s.get(t, client, "/signin/link?token="+token)
		if got := page.Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("the page tells its address to the next: %q", got)
		}
		if got := page.find(t, `form[action="/signin/link"] [name="token"]`).AttrOr("value", ""); page.StatusCode != http.StatusOK || got != token {
			t.Fatalf("status %d with %q", page.StatusCode, got)
		}
	}
	if a := use(client, token); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" {
		t.Fatalf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := s.post(t, client, "/admin/access", groupForm(s.token(t, client)), nil); a.StatusCode != http.StatusSeeOther {
		t.Errorf("an admin by link changes nothing: status %d", a.StatusCode)
	}
	if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("an admin by link reads bills: status %d", a.StatusCode)
	}
	if p := s.person(t, "admin-link"); p.Issuer != access.LinkIssuer || p.Name != "Emergency link" {
		t.Errorf("%+v", p)
	}
	old := s.link(t)
	s.ahead.Add(int64(10*time.Minute + time.Second))
	for name, refused := range map[string]string{"used": token, "old": old, "wrong": "x", "none": "", "long": strings.Repeat("x", 4000)} {
		for _, a := range []answer{s.get(t, s.browser(t), "/signin/link?token="+refused), use(s.browser(t), refused)} {
			if a.StatusCode != http.StatusBadRequest || a.find(t, "main h1").Length() != 1 || len(a.Cookies()) > 0 {
				t.Errorf("%s, %s: status %d", name, a.Request.Method, a.StatusCode)
			}
		}
	}
	if strings.Contains(s.log.String(), token) || strings.Contains(s.log.String(), old) {
		t.Error("the log tells a link")
	}
	for _, e := range s.entries(t, 0) {
		if strings.Contains(e.Object+e.Detail, token) {
			t.Errorf("%+v", e)
		}
	}
}

// There is nobody to prove anything to when the provider is away, so the session is
// short instead.
func TestAnAdminLinkIsProofForItsHour_A14(t *testing.T) {
	t.Parallel()
	s := open(t, false, quarterHour)
	client := s.browser(t)
	s.post(t, client, "/signin/link", url.Values{"token": {s.link(t)}}, nil)
	form := groupForm(s.token(t, client))
	for minute := 0; minute < 60; minute += 20 {
		form.Set("group", fmt.Sprint("group ", minute))
		if a := s.post(t, client, "/admin/access", form, nil); a.StatusCode != http.StatusSeeOther {
			t.Errorf("after %d minutes: status %d", minute, a.StatusCode)
		}
		s.ahead.Add(int64(20 * time.Minute))
	}
	if a := s.get(t, client, "/admin/access"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin") {
		t.Errorf("after an hour: status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}
