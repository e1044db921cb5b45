package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

func TestSessionsEndWhenTheyAreIdleOrOld_S4_S5(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) (*site, func(time.Duration, string) int) {
		t.Parallel()
		s, _ := openInTime(t, nil) // an hour idle, ten hours at most
		client := s.as(t, sandbox.SubjectEmployee)
		return s, func(later time.Duration, path string) int {
			s.ahead.Add(int64(later))
			return s.get(t, client, path).StatusCode
		}
	}
	t.Run("after an hour without a click", func(t *testing.T) {
		_, after := open(t)
		if got := after(59*time.Minute, "/accounts"); got != http.StatusOK {
			t.Errorf("status %d after 59 minutes instead of 200", got)
		}
		if got := after(59*time.Minute, "/accounts"); got != http.StatusOK {
			t.Errorf("status %d after 59 more instead of 200", got)
		}
		if got := after(61*time.Minute, "/accounts"); got != http.StatusSeeOther {
			t.Errorf("status %d after 61 minutes instead of 303", got)
		}
	})
	t.Run("after ten hours of work", func(t *testing.T) {
		_, after := open(t)
		for range 11 {
			after(50*time.Minute, "/accounts")
		}
		if got := after(49*time.Minute, "/accounts"); got != http.StatusOK {
			t.Errorf("status %d before ten hours are over instead of 200", got)
		}
		if got := after(2*time.Minute, "/accounts"); got != http.StatusSeeOther {
			t.Errorf("status %d after ten hours instead of 303", got)
		}
	})
	t.Run("what a page asks by itself does not count as a click", func(t *testing.T) {
		_, after := open(t)
		for range 3 {
			after(25*time.Minute, "/sync")
		}
		if got := after(0, "/accounts"); got != http.StatusSeeOther {
			t.Errorf("status %d instead of 303", got)
		}
	})
}

func TestSignInsThatFailAreSaidAndCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, query := range []string{
		"", "?error=access_denied&state=x", "?code=x&state=y", "?code=%00", "?state=" + strings.Repeat("x", 5000), "?error=%3Cscript%3E&error_description=canary",
	} {
		client := s.browser(t)
		s.get(t, client, "/signin/start")
		a := s.get(t, client, "/signin/callback"+query)
		if a.StatusCode != http.StatusBadRequest || a.find(t, `main a[href^="/signin/start"]`).Length() != 1 || a.find(t, `main [role="alert"]`).Length() != 1 {
			t.Errorf("%.40s: status %d: %s", query, a.StatusCode, a.find(t, "main").Text())
		}
		if strings.Contains(a.body, "canary") || strings.Contains(a.body, "<script>") {
			t.Errorf("%.40s: the page repeats what came along", query)
		}
	}
	t.Run("an attempt is over after ten minutes", func(t *testing.T) {
		client := s.browser(t)
		began := s.get(t, client, "/signin/start")
		at, _ := began.Location()
		picker := do(t, client, mustRequest(t, at.String()))
		choice, err := picker.Request.URL.Parse(picker.find(t, `.people a[data-subject="`+sandbox.SubjectEmployee+`"]`).AttrOr("href", ""))
		if err != nil {
			t.Fatal(err)
		}
		callback := do(t, client, mustRequest(t, choice.String())).Header.Get("Location")
		s.ahead.Add(int64(11 * time.Minute))
		if got := do(t, client, mustRequest(t, callback)).StatusCode; got != http.StatusBadRequest {
			t.Errorf("status %d instead of 400", got)
		}
	})
}

func mustRequest(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
