package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The command prints a link beside a running portal, and the link signs an admin in.
func TestAnAdminLinkOpensASessionThatSurvivesARestart_S11(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	_, environ := simulated(t, dir)
	address := freeAddress(t)
	environ = with(environ, "PORTAL_ADDR="+address, "PORTAL_URL=http://"+address)
	serve := start(t, environ, "serve")
	await(t, "serve answers", func() (bool, error) { return answers("http://" + address) })
	out, _ := run(t, 0, environ, "admin-link")
	oneLine(t, "admin-link", out)
	link := strings.TrimSpace(out)
	at, err := url.Parse(link)
	if err != nil || at.Host != address || at.Path != "/signin/link" || len(at.Query().Get("token")) < 22 {
		t.Fatalf("admin-link prints %q", link)
	}
	v, other := anonymous(t, &portal{url: "http://" + address}), anonymous(t, &portal{url: "http://" + address})
	page := v.get(at.RequestURI())
	page.expect(t, http.StatusOK)
	home := v.submit(page, page.find(t, `form[action="/signin/link"]`), nil)
	home.expect(t, http.StatusOK)
	if got := home.Request.URL.Path; got != "/" {
		t.Errorf("the link leads to %s", got)
	}
	if v.open("/admin/access").find(t, `form[action="/admin/access"]`).Length() != 1 {
		t.Error("the link opens no admin page")
	}
	other.submit(page, page.find(t, `form[action="/signin/link"]`), nil).expect(t, http.StatusBadRequest)
	if n := count(t, dir, `SELECT count(*) FROM ledger WHERE action = 'adminlink.make' AND actor = 'command line'`); n != 1 {
		t.Errorf("%d entries", n)
	}
	if strings.Contains(serve.stderr.String(), at.Query().Get("token")) {
		t.Error("the log tells the link")
	}
	serve.terminate()
	start(t, environ, "serve")
	await(t, "serve answers again", func() (bool, error) { return answers("http://" + address) })
	if got := v.open("/admin/access").Request.URL.Path; got != "/admin/access" {
		t.Errorf("after a restart the session leads to %s", got)
	}
}
