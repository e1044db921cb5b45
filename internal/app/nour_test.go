package app_test

import (
	"net/http"
	"testing"

	"billportal/internal/sandbox"
)

func TestNewcomerIsToldWhomToAsk(t *testing.T) {
	t.Parallel()
	v := anonymous(t, reading(t))
	first := v.signIn(sandbox.SubjectNewcomer, "/signin")
	for _, page := range []answer{first, v.get("/"), v.get("/bills"), v.get("/admin/accounts"), v.get("/bills/aaaaaaaaaaaaaaaaaaaa")} {
		page.expect(t, http.StatusForbidden)
		if page.find(t, `main a[href="mailto:bills-help@meridian.example"]`).Length() != 1 {
			t.Errorf("%s does not say whom to ask: %s", page.Request.URL, mainText(page))
		}
		if page.find(t, `main form[action="/signout"] button`).Length() != 1 {
			t.Errorf("%s offers no way out", page.Request.URL)
		}
		if page.find(t, `header nav a`).Length() != 0 {
			t.Errorf("%s leads to pages that are closed", page.Request.URL)
		}
	}
	if got := first.Request.URL.Path; got != "/" {
		t.Errorf("signing in leads to %s instead of /", got)
	}
}
