package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/sandbox"
	"billportal/web"
)

// person is somebody who has signed in, by subject.
func (s *site) person(t *testing.T, subject string) access.Person {
	t.Helper()
	people, err := s.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(people, func(p access.Person) bool { return p.Subject == subject })
	if at < 0 {
		t.Fatalf("%s has not signed in", subject)
	}
	return people[at]
}

func (s *site) personPath(t *testing.T, subject string) string {
	t.Helper()
	return fmt.Sprint("/admin/people/", s.person(t, subject).ID)
}

// admits puts accounts into the register.
func (s *site) admits(t *testing.T, status billing.AccountStatus, group string, numbers ...string) {
	t.Helper()
	accounts := make([]billing.BillingAccount, 0, len(numbers))
	for _, n := range numbers {
		accounts = append(accounts, billing.BillingAccount{Number: billing.AccountNumber(n), Name: "Name of " + n, Group: group, Status: status, Decided: true})
	}
	if err := s.db.SetAccounts(t.Context(), testAct, accounts); err != nil {
		t.Fatal(err)
	}
}

// asLink is a browser that was signed in by a link from the command line.
func (s *site) asLink(t *testing.T) *http.Client {
	t.Helper()
	client := s.browser(t)
	cookie, hash, err := s.web.SessionCookie("a reference of the tests")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.SignIn(t.Context(), access.Person{Issuer: access.LinkIssuer, Subject: "admin link", Name: "Command line"}, access.Session{ID: "link", Rights: access.RightsOf(access.Administer), ProvedAt: s.now(), AskedAt: s.now()},
		hash, access.SessionLimits{Idle: time.Hour, Max: 10 * time.Hour}, testAct)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	client.Jar.SetCookies(at, []*http.Cookie{cookie})
	return client
}

func TestPeopleAreFoundByWhoTheyAreAndWhatTheyMay(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, subject := range []string{sandbox.SubjectEmployee, sandbox.SubjectAccountant, sandbox.SubjectNewcomer} {
		s.as(t, subject)
	}
	admin := s.as(t, sandbox.SubjectAdmin)
	s.grantTo(t, access.Grant{GranteeKind: access.GranteePerson, Grantee: sandbox.SubjectEmployee, TargetKind: access.TargetAll},
		access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAll})
	if err := s.db.SetDisabled(t.Context(), s.person(t, sandbox.SubjectNewcomer).ID, true, "left", access.Policy{}, testAct); err != nil {
		t.Fatal(err)
	}
	const ada, amir, elena, nour = "Ada Okafor", "Amir Haddad", "Elena Brandt", "Nour Benali"
	for query, want := range map[string][]string{
		"": {ada, amir, elena, nour + " Disabled"}, "?q=OKAFOR": {ada}, "?q=elena.brandt%40meridian": {elena}, "?q=amir.haddad": {amir},
		"?q=" + sandbox.GroupReaders: {elena}, "?role=accountant": {amir}, "?role=none": {nour + " Disabled"}, "?role=admin&q=elena": nil,
		"?state=disabled": {nour + " Disabled"}, "?state=enabled": {ada, amir, elena}, "?state=signedin": {ada, amir, elena},
		"?q=%25": nil, "?q=_": nil,
	} {
		page := s.get(t, admin, "/admin/people"+query)
		if got := textsOf(page.find(t, "tbody th")); !slices.Equal(got, want) {
			t.Errorf("%q finds %q instead of %q", query, got, want)
		}
		if empty := page.find(t, ".empty").Length() == 1; empty != (want == nil) {
			t.Errorf("%q: the words for an empty list are there: %v", query, empty)
		}
	}
	row := rowsOf(s.get(t, admin, "/admin/people?q=elena").find(t, "main"))
	if len(row) != 1 || !strings.HasPrefix(row[0], "Elena Brandt | elena.brandt@meridian.example | elena.brandt | Employee | 2 | 1 | ") {
		t.Errorf("%q", row)
	}
	for _, wrong := range []string{"?role=root", "?state=x", "?q=" + strings.Repeat("x", 201), "?q=%00"} {
		if a := s.get(t, admin, "/admin/people"+wrong); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%.20s: status %d", wrong, a.StatusCode)
		}
	}
	for _, id := range []string{"0", "999", "-1", "007", "+1", "1x", "%31x"} {
		if a := s.get(t, admin, "/admin/people/"+id); a.StatusCode != http.StatusNotFound {
			t.Errorf("person %s: status %d", id, a.StatusCode)
		}
	}
}

func TestAdminsEndOnePersonsSessionsOrEverybodys_S9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	desk, laptop, amir := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	admin, elsewhere := s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectAdmin)
	path := s.personPath(t, sandbox.SubjectEmployee)
	page := s.get(t, admin, path)
	if n := page.find(t, `section[aria-labelledby="h-sessions"] li`).Length(); n != 2 {
		t.Errorf("%d sessions are shown", n)
	}
	if a := s.send(t, admin, page.find(t, `form[action="`+path+`/end-sessions"]`), nil); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", a.StatusCode)
	}
	if s.signedIn(t, desk) || s.signedIn(t, laptop) || !s.signedIn(t, amir) || !s.signedIn(t, admin) {
		t.Error("not the person's sessions were ended")
	}
	if action, object, detail := s.lastEntry(t); action != "session.revoke" || !strings.HasSuffix(object, "Elena Brandt") || detail != "2 sessions" {
		t.Errorf("the ledger says %s of %s, %s", action, object, detail)
	}
	page = s.get(t, admin, path)
	if page.find(t, `form[action="`+path+`/end-sessions"]`).Length() != 0 {
		t.Error("there is nothing to end")
	}
	all := s.get(t, admin, "/admin/people").find(t, `details.confirm form[action="/admin/people/end-sessions"]`)
	if a := s.send(t, admin, all, nil); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", a.StatusCode)
	}
	if s.signedIn(t, amir) || s.signedIn(t, elsewhere) || !s.signedIn(t, admin) {
		t.Error("not everybody's other sessions were ended")
	}
	if action, object, _ := s.lastEntry(t); action != "session.revoke" || object != "everybody" {
		t.Errorf("the ledger says %s of %s", action, object)
	}
}

func TestDisabledPeopleAreOutAtOnceAndStayOut_A13(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena, admin := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAdmin)
	path := s.personPath(t, sandbox.SubjectEmployee)
	disable := func(reason string) answer {
		return s.send(t, admin, s.get(t, admin, path).find(t, `form[action="`+path+`/disable"]`), url.Values{"reason": {reason}})
	}
	for _, reason := range []string{"", "  ", strings.Repeat("é", 201)} {
		a := disable(reason)
		if a.StatusCode != http.StatusBadRequest || a.find(t, `#reason[aria-invalid]`).Length() != 1 || s.person(t, sandbox.SubjectEmployee).Disabled {
			t.Errorf("reason %.10q: status %d", reason, a.StatusCode)
		}
	}
	if a := disable("left the company"); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
	if action, object, detail := s.lastEntry(t); action != "person.disable" || !strings.HasSuffix(object, "Elena Brandt") || detail != "left the company" {
		t.Errorf("the ledger says %s of %s, %s", action, object, detail)
	}
	if s.signedIn(t, elena) {
		t.Error("the session goes on")
	}
	page := s.get(t, admin, path)
	if said := page.find(t, ".page-head .lede").Text(); !strings.Contains(said, "by Ada Okafor: left the company") {
		t.Errorf("the page says %q", said)
	}
	if _, ended := s.signIn(t, elena, sandbox.SubjectEmployee, "/"); ended.StatusCode == http.StatusSeeOther || s.signedIn(t, elena) {
		t.Errorf("a sign-in ends with status %d", ended.StatusCode)
	}
	if !s.person(t, sandbox.SubjectEmployee).Disabled {
		t.Error("signing in has enabled the person")
	}
	if a := s.send(t, admin, page.find(t, `form[action="`+path+`/enable"]`), nil); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", a.StatusCode)
	}
	if action, _, _ := s.lastEntry(t); action != "person.enable" || !s.signedIn(t, s.as(t, sandbox.SubjectEmployee)) {
		t.Errorf("let in again, the ledger says %s", action)
	}
}

func TestNobodyDisablesThemselvesTheLastAdminOrTheLink(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin, link, elena := s.as(t, sandbox.SubjectAdmin), s.asLink(t), s.as(t, sandbox.SubjectEmployee)
	for _, c := range []struct {
		about, subject, says string
		client               *http.Client
	}{
		{"themselves", sandbox.SubjectAdmin, "You cannot disable yourself", admin},
		{"the last admin", sandbox.SubjectAdmin, "Nobody else could administer", link},
		{"the link", "admin link", "It cannot be disabled", admin},
		{"the link themselves", "admin link", "It cannot be disabled", link},
	} {
		path := s.personPath(t, c.subject)
		page := s.get(t, c.client, path)
		if got := page.find(t, `section[aria-labelledby="h-state"]`); !strings.Contains(got.Text(), c.says) || got.Find("form").Length() != 0 {
			t.Errorf("%s: the page says %q", c.about, got.Text())
		}
		form := page.find(t, `.panel form[action="/signout"]`).SetAttr("action", path+"/disable")
		refused := s.send(t, c.client, form, url.Values{"reason": {"why not"}})
		if got := refused.find(t, `.page-notice [role="alert"]`).Text(); refused.StatusCode != http.StatusConflict || !strings.Contains(got, c.says) {
			t.Errorf("%s: status %d, %q", c.about, refused.StatusCode, got)
		}
		if s.person(t, c.subject).Disabled {
			t.Errorf("%s: done all the same", c.about)
		}
	}
	form := s.get(t, elena, "/profile").find(t, `.panel form[action="/signout"]`).SetAttr("action", s.personPath(t, sandbox.SubjectAdmin)+"/disable")
	if a := s.send(t, elena, form, url.Values{"reason": {"coup"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("by an employee: status %d", a.StatusCode)
	}
}

// TestWhatIsExplainedIsWhatCounts compares what both explanations say with what the
// queries for bills go by.
func TestWhatIsExplainedIsWhatCounts(t *testing.T) {
	t.Parallel()
	var policy access.Policy
	s := open(t, false, func(settings *web.Settings) {
		settings.Policy.Groups[access.Employee] = []string{sandbox.GroupReaders, sandbox.GroupAdmins}
		policy = settings.Policy
	})
	subjects := []string{sandbox.SubjectEmployee, sandbox.SubjectAccountant, sandbox.SubjectNewcomer, sandbox.SubjectAdmin}
	for _, subject := range subjects {
		s.as(t, subject)
	}
	admin := s.as(t, sandbox.SubjectAdmin)
	s.admits(t, billing.Admitted, "France", "1", "2")
	s.admits(t, billing.Closed, "Germany", "3")
	s.admits(t, billing.Hidden, "France", "9")
	s.grantTo(t,
		access.Grant{GranteeKind: access.GranteePerson, Grantee: sandbox.SubjectEmployee, TargetKind: access.TargetAccount, Target: "1"},
		access.Grant{GranteeKind: access.GranteePerson, Grantee: sandbox.SubjectEmployee, TargetKind: access.TargetAccount, Target: "9"},
		access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAccountGroup, Target: "France"},
		access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupStaff, TargetKind: access.TargetAccount, Target: "3"},
		access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupAccounting, TargetKind: access.TargetAll},
		access.Grant{GranteeKind: access.GranteeGroup, Grantee: "nobody's", TargetKind: access.TargetAccount, Target: "2"})
	for _, subject := range subjects {
		p := s.person(t, subject)
		scope, err := s.db.Scope(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		page := s.get(t, admin, s.personPath(t, subject))
		open := textsOf(page.find(t, ".names a"))
		for _, number := range []string{"1", "2", "3", "9"} {
			shown, err := s.db.Accounts(t.Context(), access.NewViewer(p, policy, scope).Scope())
			if err != nil {
				t.Fatal(err)
			}
			sees := slices.ContainsFunc(shown, func(a billing.BillingAccount) bool { return string(a.Number) == number })
			if explained := slices.Contains(open, "Name of "+number+", "+number); explained != sees {
				t.Errorf("%s sees account %s: %v, but it is explained as %v", subject, number, sees, explained)
			}
			account := s.get(t, admin, "/admin/access/explain?account="+number)
			if explained := slices.Contains(textsOf(account.find(t, "tbody th")), p.Name); explained != sees {
				t.Errorf("account %s is seen by %s: %v, but it is explained as %v", number, subject, sees, explained)
			}
		}
	}
	newcomer := s.get(t, admin, s.personPath(t, sandbox.SubjectNewcomer))
	if got := newcomer.find(t, ".none-line").First().Text(); got != "No group gives them a role, so nothing is open to them." {
		t.Errorf("why: %q", got)
	}
	hidden, second := s.get(t, admin, "/admin/access/explain?account=9"), s.get(t, admin, "/admin/access/explain?account=2")
	if hidden.find(t, "tbody").Length() != 0 || !strings.Contains(hidden.find(t, ".none-line").Text(), "hidden") {
		t.Error("a hidden account is not called hidden")
	}
	if got := textsOf(second.find(t, "h3 + .names li")); len(got) != 1 || got[0] != "nobody's: Name of 2, 2" {
		t.Errorf("grants that reach nobody: %q", got)
	}
	group := s.get(t, admin, "/admin/access/explain?group="+sandbox.GroupReaders)
	if got := textsOf(group.find(t, ".names li")); !slices.Equal(got, []string{"Name of 1, 1", "Name of 2, 2", "Elena Brandt"}) {
		t.Errorf("the group sees and has %q", got)
	}
	one := s.get(t, admin, fmt.Sprint("/admin/access/explain?person=", s.person(t, sandbox.SubjectEmployee).ID))
	if one.Header.Get("Location") != s.personPath(t, sandbox.SubjectEmployee) {
		t.Errorf("a person leads to %q", one.Header.Get("Location"))
	}
	for _, unknown := range []string{"account=7", "person=999", "person=x"} {
		if a := s.get(t, admin, "/admin/access/explain?"+unknown); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", unknown, a.StatusCode)
		}
	}
}
