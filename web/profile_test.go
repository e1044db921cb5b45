package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// testAct is what the tests do behind the pages.
var testAct = ledger.Act{Actor: "command line", Action: "grant.add"}

// asWith is a browser that says of itself what the test likes, in which somebody
// has signed in.
func (s *site) asWith(t *testing.T, subject, userAgent string) *http.Client {
	t.Helper()
	client := s.browser(t)
	client.Transport = saying{client.Transport, userAgent}
	if _, ended := s.signIn(t, client, subject, "/"); ended.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: status %d", subject, ended.StatusCode)
	}
	return client
}

// saying sends a User-Agent with every request.
type saying struct {
	http.RoundTripper
	userAgent string
}

func (s saying) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", s.userAgent)
	return s.RoundTripper.RoundTrip(r)
}

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)

// texts are the texts of a selection's elements, squeezed.
func textsOf(selection *goquery.Selection) []string {
	var texts []string
	for _, one := range selection.EachIter() {
		texts = append(texts, strings.Join(strings.Fields(one.Text()), " "))
	}
	return texts
}

// rowsOf are the rows of the tables in a selection, cell by cell.
func rowsOf(selection *goquery.Selection) []string {
	var rows []string
	for _, row := range selection.Find("tbody tr").EachIter() {
		rows = append(rows, strings.Join(textsOf(row.Find("th, td")), " | "))
	}
	return rows
}

// signedIn reports whether a browser still has a session.
func (s *site) signedIn(t *testing.T, client *http.Client) bool {
	t.Helper()
	return s.get(t, client, "/profile").StatusCode == http.StatusOK
}

// lastEntry is the newest entry of the ledger.
func (s *site) lastEntry(t *testing.T) (action, object, detail string) {
	t.Helper()
	for e, err := range s.db.LedgerEntries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		action, object, detail = e.Action, e.Object, e.Detail
	}
	return action, object, detail
}

func TestPeopleListAndEndTheirOwnSessions_S9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	desk, laptop, phone := s.asWith(t, sandbox.SubjectEmployee, firefox), s.asWith(t, sandbox.SubjectEmployee, edge), s.asWith(t, sandbox.SubjectEmployee, iPhone)
	unknown := s.asWith(t, sandbox.SubjectEmployee, "curl/8")
	other := s.as(t, sandbox.SubjectAccountant)
	page := s.get(t, desk, "/profile")
	rows := page.find(t, `section[aria-labelledby="h-sessions"] li`)
	if rows.Length() != 4 || !strings.Contains(rows.Text(), "127.0.0.1") {
		t.Fatalf("%q", textsOf(rows))
	}
	mine := rows.FilterFunction(func(_ int, row *goquery.Selection) bool { return row.Find(".tag").Length() > 0 })
	if got := textsOf(mine); len(got) != 1 || !strings.HasPrefix(got[0], "Firefox on Windows") || mine.Find("form").Length() != 0 {
		t.Errorf("the present session is shown as %q", got)
	}
	for _, name := range []string{"Edge on Windows", "Safari on iPhone", "Another browser"} {
		if !strings.Contains(rows.Text(), name) {
			t.Errorf("%s is not in %q", name, textsOf(rows))
		}
	}
	end := rows.FilterFunction(func(_ int, row *goquery.Selection) bool { return strings.Contains(row.Text(), "Edge") }).Find("form")
	if a := s.send(t, desk, end, nil); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/profile" {
		t.Fatalf("status %d", a.StatusCode)
	}
	if s.signedIn(t, laptop) || !s.signedIn(t, phone) || !s.signedIn(t, desk) || !s.signedIn(t, other) {
		t.Error("not the one session was ended")
	}
	if action, object, _ := s.lastEntry(t); action != "session.revoke" || !strings.HasSuffix(object, "Elena Brandt") {
		t.Errorf("the ledger says %s of %s", action, object)
	}
	if a := s.send(t, desk, end, nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("ending it twice: status %d", a.StatusCode)
	}
	s.send(t, desk, s.get(t, desk, "/profile").find(t, `form[action="/profile/sessions/end-others"]`), nil)
	if s.signedIn(t, phone) || s.signedIn(t, unknown) || !s.signedIn(t, desk) || !s.signedIn(t, other) {
		t.Error("not the others were ended, or somebody else's")
	}
	if s.get(t, desk, "/profile").find(t, `form[action="/profile/sessions/end-others"]`).Length() != 0 {
		t.Error("there are no others to end")
	}
}

func TestNobodyEndsSomebodyElsesSessionOnTheirProfile_S9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena, amir := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	people, err := s.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	form := s.get(t, elena, "/profile").find(t, `.panel form[action="/signout"]`)
	own := map[bool]int{}
	for _, p := range people {
		sessions, err := s.db.Sessions(t.Context(), p.ID)
		if err != nil || len(sessions) != 1 {
			t.Fatalf("%d sessions, %v", len(sessions), err)
		}
		mine := p.Subject == sandbox.SubjectEmployee
		form.SetAttr("action", "/profile/sessions/"+sessions[0].ID+"/end")
		own[mine] = s.send(t, elena, form, nil).StatusCode
	}
	if own[false] != http.StatusNotFound || own[true] != http.StatusBadRequest {
		t.Errorf("somebody else's: status %d; the present one: status %d", own[false], own[true])
	}
	if !s.signedIn(t, elena) || !s.signedIn(t, amir) {
		t.Error("a session has ended")
	}
	form.SetAttr("action", "/profile/sessions/end-others")
	if a := s.send(t, elena, form, url.Values{"csrf": {"x"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("without the form's token: status %d", a.StatusCode)
	}
}

func TestProfilesSayWhatIsOpenAndWhy(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1", "2", "3", "4")
	admin := s.as(t, sandbox.SubjectAdmin)
	elena := s.as(t, sandbox.SubjectEmployee)
	sees := func(client *http.Client) (string, []string) {
		page := s.get(t, client, "/profile")
		section := page.find(t, `section[aria-labelledby="h-sees"]`)
		return strings.TrimSpace(section.Find(".none-line").Text()), rowsOf(section)
	}
	for client, want := range map[*http.Client]string{
		admin:                            "Your role keeps the portal and reads no bills.",
		elena:                            "You have a role, but no account was granted to you or to a group of yours.",
		s.as(t, sandbox.SubjectNewcomer): "None of your groups gives you a role here, so nothing is open to you.",
	} {
		if got, rows := sees(client); got != want || len(rows) != 0 {
			t.Errorf("%q with %q instead of %q", got, rows, want)
		}
	}
	hidden := s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/hide"]:has(button[value="4"])`)
	s.send(t, admin, hidden, url.Values{"number": {"4"}})
	s.send(t, admin, s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/admit"]:has(.primary)`), nil)
	s.grantTo(t, access.Grant{GranteeKind: access.GranteePerson, Grantee: sandbox.SubjectEmployee, TargetKind: access.TargetAccount, Target: "1"})
	s.grantTo(t, access.Grant{GranteeKind: access.GranteePerson, Grantee: sandbox.SubjectEmployee, TargetKind: access.TargetAccount, Target: "4"})
	s.grantTo(t, access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAll})
	s.grantTo(t, access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupAccounting, TargetKind: access.TargetAccount, Target: "2"})
	why, rows := sees(elena)
	since := " Since " + s.now().UTC().Format("2 Jan 2006")
	if why != "" || len(rows) != 2 || rows[0] != "ORANGE'S NAME OF 1, 1 | By name"+since+" | 1 account" || rows[1] != "All accounts | Group "+sandbox.GroupReaders+since+" | 3 accounts" {
		t.Errorf("%q: %q", why, rows)
	}
	page := s.get(t, elena, "/profile")
	if got := page.find(t, `section[aria-labelledby="h-sees"] .section-head .quiet`).Text(); got != "3 accounts" {
		t.Errorf("%q are open", got)
	}
	if got := textsOf(page.find(t, `section[aria-labelledby="h-roles"] li`)); len(got) != 1 || !strings.HasPrefix(got[0], "Employee") || !strings.HasSuffix(got[0], "Group "+sandbox.GroupReaders) {
		t.Errorf("roles: %q", got)
	}
	if got := page.find(t, `section[aria-labelledby="h-self"]`).Text(); !strings.Contains(got, "elena.brandt@meridian.example") || !strings.Contains(got, sandbox.GroupStaff) {
		t.Errorf("%q", got)
	}
}

// grantTo adds a grant to the database.
func (s *site) grantTo(t *testing.T, grants ...access.Grant) {
	t.Helper()
	if _, _, err := s.db.AddGrants(t.Context(), testAct, grants, false); err != nil {
		t.Fatal(err)
	}
}
