package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"billportal/internal/sandbox"
	"billportal/web"
)

// restarted is a site that goes on with a copy of another's database.
func (s *site) restarted(t *testing.T, change func(*web.Settings)) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	if _, err := s.other(t).ExecContext(t.Context(), `VACUUM INTO ?`, path); err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	simulated, err := sim()
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, simulated, database, false, change)
}

// TestSecretsRotateWithoutSigningAnybodyOut_K2 has two secrets in force, then the new
// one alone.
func TestSecretsRotateWithoutSigningAnybodyOut_K2(t *testing.T) {
	t.Parallel()
	former, next := []byte("the former secret of the tests, long enough"), []byte("the next secret of the tests, long enough")
	with := func(secrets ...[]byte) func(*web.Settings) {
		return func(s *web.Settings) { s.Secrets = secrets }
	}
	before := open(t, false, with(former))
	client := before.as(t, sandbox.SubjectAdmin)
	form := before.get(t, client, "/admin/access").csrf(t)

	both := before.restarted(t, with(next, former))
	if a := both.get(t, client, "/admin/access"); a.StatusCode != http.StatusOK {
		t.Fatalf("with both secrets a session of the former one is answered with %d", a.StatusCode)
	}
	if a := both.post(t, client, "/admin/access", groupForm(form), nil); a.StatusCode != http.StatusSeeOther {
		t.Errorf("with both secrets a form of the former one is answered with %d", a.StatusCode)
	}
	newer := both.as(t, sandbox.SubjectAdmin)
	after := both.restarted(t, with(next))
	if a := after.get(t, newer, "/admin/access"); a.StatusCode != http.StatusOK {
		t.Errorf("a session that began with both secrets is answered with %d by the next one alone", a.StatusCode)
	}
	base, err := url.Parse(before.URL)
	if err != nil {
		t.Fatal(err)
	}
	old := open(t, false, with(next))
	if a := old.get(t, client, "/admin/access"); a.StatusCode != http.StatusSeeOther || len(client.Jar.Cookies(base)) == 0 {
		t.Errorf("a session of another portal is answered with %d", a.StatusCode)
	}
	alone := before.restarted(t, with(next))
	if a := alone.get(t, before.as(t, sandbox.SubjectAdmin), "/admin/access"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("with the next secret alone a session of the former one is answered with %d", a.StatusCode)
	}
}
