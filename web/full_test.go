package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// fill makes the ledger take no further entry, as a full disk does.
func (s *site) fill(t *testing.T) {
	t.Helper()
	const full = `CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`
	if _, err := s.other(t).ExecContext(t.Context(), full); err != nil {
		t.Fatal(err)
	}
}

// unfill gives the ledger its space back.
func (s *site) unfill(t *testing.T) {
	t.Helper()
	if _, err := s.other(t).ExecContext(t.Context(), `DROP TRIGGER full`); err != nil {
		t.Fatal(err)
	}
}

// sendForm sends a form with its token from a page of the same person.
func (s *site) sendForm(t *testing.T, client *http.Client, page, path string, form url.Values) answer {
	t.Helper()
	form.Set("csrf", s.get(t, client, page).find(t, `input[name="csrf"]`).First().AttrOr("value", ""))
	r := s.request(t, http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return do(t, client, r)
}

// TestWhatCannotBeRecordedIsNotDone_L5 lets the ledger fail: files and changes are
// refused whole, and reading goes on.
func TestWhatCannotBeRecordedIsNotDone_L5(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	accountant, admin, employee := f.as(t, sandbox.SubjectAccountant), f.as(t, sandbox.SubjectAdmin), f.as(t, sandbox.SubjectEmployee)
	document := "/bills/" + string(f.own[0].ID) + "/document"
	f.get(t, accountant, document) // is held from now on
	grants, entries := f.counted(t, `SELECT count(*) FROM grants`), f.counted(t, `SELECT count(*) FROM ledger`)
	f.fill(t)
	for _, file := range []string{document + "?download=1", "/bills.csv?issued=any", "/bills.csv?issued=any&rows=item"} {
		a := f.get(t, accountant, file)
		if a.StatusCode != http.StatusInternalServerError || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || strings.Contains(a.body, "%PDF-") || strings.Contains(a.body, string(f.own[0].Number)) {
			t.Errorf("%s: status %d, %s of %d bytes", file, a.StatusCode, a.Header.Get("Content-Type"), len(a.body))
		}
		if a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: the page of the error is named %s", file, a.Header.Get("Content-Disposition"))
		}
	}
	for _, file := range []string{"/admin/accounts.csv", "/admin/access.csv"} {
		if a := f.get(t, admin, file); a.StatusCode != http.StatusInternalServerError || strings.Contains(a.body, string(ownAccount)) {
			t.Errorf("%s: status %d", file, a.StatusCode)
		}
	}
	for _, change := range []struct {
		page, path string
		form       url.Values
	}{
		{"/admin/access", "/admin/access", url.Values{"grantee_kind": {"group"}, "group": {"everybody"}, "target_kind": {"all"}}},
		{"/admin/access", "/admin/access/revoke", url.Values{"id": {"1"}}},
		{"/admin/accounts", "/admin/accounts/hide", url.Values{"number": {string(ownAccount)}}},
		{"/admin/accounts/" + url.PathEscape(string(ownAccount)), "/admin/accounts/" + url.PathEscape(string(ownAccount)), url.Values{"name": {"Renamed"}, "status": {"hidden"}}},
	} {
		if a := f.sendForm(t, admin, change.page, change.path, change.form); a.StatusCode < http.StatusBadRequest {
			t.Errorf("%s: status %d", change.path, a.StatusCode)
		}
	}
	if n := f.counted(t, `SELECT count(*) FROM grants`); n != grants {
		t.Errorf("there are %d grants and were %d", n, grants)
	}
	if n := f.counted(t, `SELECT count(*) FROM accounts WHERE status <> 'admitted' OR name LIKE 'Renamed%'`); n != 0 {
		t.Errorf("%d accounts were changed", n)
	}
	for _, page := range []string{"/", "/bills?issued=any", "/bills/" + string(f.own[0].ID), "/bills/" + string(f.own[0].ID) + "/items", "/accounts", document} {
		if a := f.get(t, employee, page); a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d instead of 200", page, a.StatusCode)
		}
	}
	if began, _ := f.signInRefused(t); began != http.StatusSeeOther {
		t.Errorf("a sign-in begins with status %d", began)
	}
	if n := f.counted(t, `SELECT count(*) FROM ledger`); n != entries {
		t.Errorf("there are %d entries and were %d", n, entries)
	}
}

// signInRefused tries to sign in where no entry can be written, which must fail.
func (f *furnished) signInRefused(t *testing.T) (began, ended int) {
	t.Helper()
	sessions := f.counted(t, `SELECT count(*) FROM sessions`)
	start, end := f.signIn(t, f.browser(t), sandbox.SubjectEmployee, "/")
	if end.StatusCode == http.StatusSeeOther {
		t.Errorf("a sign-in that is not on record ends with status %d", end.StatusCode)
	}
	if n := f.counted(t, `SELECT count(*) FROM sessions`); n > sessions {
		t.Errorf("there are %d sessions and were %d", n, sessions)
	}
	return start.StatusCode, end.StatusCode
}
