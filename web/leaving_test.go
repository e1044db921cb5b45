package web_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/sandbox"
)

// TestEveryCookieIsBoundToTheHostAndSmall_S1 reads every cookie that is set on the
// way through the whole portal.
func TestEveryCookieIsBoundToTheHostAndSmall_S1(t *testing.T) {
	t.Parallel()
	f := furnishWith(t, true)
	set := map[string]int{}
	look := func(where string, a answer) {
		for _, c := range a.Cookies() {
			set[c.Name]++
			if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || len(c.Raw) > 4096 ||
				c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode || c.MaxAge > 12*60*60 || !c.Expires.IsZero() && c.MaxAge >= 0 && c.Expires.Year() > 2100 {
				t.Errorf("%s sets %s", where, c.Raw)
			}
		}
	}
	for _, subject := range readers {
		client := f.browser(t)
		if subject != "" {
			began, ended := f.signIn(t, client, subject, "/")
			look("the beginning of a sign-in", began)
			look("its end", ended)
		}
		for path, a := range f.crawl(t, client) {
			look(path, a)
		}
		if subject == sandbox.SubjectAdmin {
			form := groupForm(f.token(t, client))
			look("a change", f.post(t, client, "/admin/access", form, map[string]string{"Sec-Fetch-Site": "same-origin"}))
		}
	}
	if len(set) < 3 {
		t.Errorf("only the cookies %v were set", set)
	}
}

// TestAFileHoldsWhatItsReaderMayAndIsOnRecord_O23 exports for somebody who may see
// one of two accounts.
func TestAFileHoldsWhatItsReaderMayAndIsOnRecord_O23(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	client := f.as(t, sandbox.SubjectAccountant)
	for _, scope := range []struct {
		bills int
		said  string
	}{{len(f.own) + len(f.foreign), "10 bills"}, {len(f.own), "5 bills"}} {
		for _, path := range []string{"/bills.csv?issued=any", "/bills.csv?issued=any&rows=item"} {
			a := f.get(t, client, path)
			rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
			if err != nil || len(rows) != scope.bills+1 {
				t.Fatalf("%s: status %d, %d rows instead of %d, %v", path, a.StatusCode, len(rows), scope.bills+1, err)
			}
			if scope.bills == len(f.own) && strings.Contains(a.body, string(foreignAccount)) {
				t.Errorf("%s holds the other account", path)
			}
			if a.Header.Get("Cache-Control") != "private, no-store" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("%s: %v", path, a.Header)
			}
			const on = `SELECT count(*) FROM ledger WHERE request_id = ? AND action = 'bills.export' AND detail LIKE ?`
			if n := f.counted(t, on, a.Header.Get("X-Portal-Request-Id"), scope.said+"%"); n != 1 {
				t.Errorf("%s left %d entries that say how much left", path, n)
			}
		}
		f.narrow(t)
	}
}

// narrow leaves accountants the account of employees alone.
func (f *furnished) narrow(t *testing.T) {
	t.Helper()
	grants := []access.Grant{
		{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAccount, Target: string(ownAccount)},
		{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupAccounting, TargetKind: access.TargetAccount, Target: string(ownAccount)},
	}
	if _, _, err := f.db.AddGrants(t.Context(), asTest("grant.add"), grants, true); err != nil {
		t.Fatal(err)
	}
}

// TestAnAnswerThatFailsMidwayIsBrokenOff_O20 fails behind the first bytes of a file,
// which must not look whole.
func TestAnAnswerThatFailsMidwayIsBrokenOff_O20(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.web.Handle("/half", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "number,kind\n1,invoice\n") // what counts is what the client gets
		_ = http.NewResponseController(w).Flush()
		panic("canary cause")
	})
	response, err := s.browser(t).Do(s.request(t, http.MethodGet, "/half", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil || strings.Contains(string(body), "canary") || strings.Contains(string(body), "<html") {
		t.Errorf("status %d with %q looks whole, %v", response.StatusCode, body, err)
	}
	if !strings.Contains(s.log.String(), "canary cause") {
		t.Error("the log does not tell why")
	}
}
