package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// namesake signs somebody in whom another provider calls as the sandbox calls Elena,
// and somebody who has a link.
func (s *site) namesake(t *testing.T) (former, link access.Person) {
	t.Helper()
	limits := access.SessionLimits{Idle: time.Hour, Max: time.Hour}
	enter := func(p access.Person) access.Person {
		known, err := s.db.SignIn(t.Context(), p, access.Session{ID: p.Issuer}, s.web.SessionHash(&http.Cookie{Name: p.Issuer}), limits, ledger.Act{Action: "session.open"})
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	former = enter(access.Person{Issuer: "https://former.example", Subject: sandbox.SubjectEmployee, Name: "Elena Brandt"})
	if _, err := s.other(t).ExecContext(t.Context(), `DELETE FROM sessions WHERE person = ?`, former.ID); err != nil {
		t.Fatal(err)
	}
	return former, enter(access.Person{Issuer: access.LinkIssuer, Subject: "admin link", Name: "Link"})
}

// seesAll reports whether a person was granted everything.
func (s *site) seesAll(t *testing.T, p access.Person) bool {
	t.Helper()
	scope, err := s.db.Scope(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return scope.All()
}

// TestTheGranteeIsThePersonThatWasPicked_O9 grants to one of two people of the same
// name and subject, of whom the other signed in last.
func TestTheGranteeIsThePersonThatWasPicked_A9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.as(t, sandbox.SubjectEmployee)
	elena := s.person(t, sandbox.SubjectEmployee)
	former, link := s.namesake(t)
	admin := s.as(t, sandbox.SubjectAdmin)
	form := s.get(t, admin, "/admin/access").find(t, `form[action="/admin/access"]`)
	offered := map[string]string{}
	form.Find("#person option[value]").Each(func(_ int, o *goquery.Selection) { offered[o.AttrOr("value", "")] = o.Text() })
	const key = "person"
	elenas := strings.TrimPrefix(access.ActorName(elena), "person:")
	elenas, _, _ = strings.Cut(elenas, " ")
	text := "Elena Brandt (" + sandbox.SubjectEmployee + ", " + elena.Issuer + ")"
	if offered[elenas] != text {
		t.Errorf("Elena is offered as %q in %q", offered[elenas], offered)
	}
	for _, nobody := range []access.Person{former, link, {ID: 999}, {}} {
		id, _, _ := strings.Cut(strings.TrimPrefix(access.ActorName(nobody), "person:"), " ")
		if _, found := offered[id]; found {
			t.Errorf("%s of %s is offered", nobody.Name, nobody.Issuer)
		}
		a := s.send(t, admin, form, url.Values{"grantee_kind": {"person"}, key: {id}, "target_kind": {"all"}})
		if a.StatusCode != http.StatusBadRequest || a.find(t, "#person[aria-invalid]").Length() != 1 {
			t.Errorf("picking %q: status %d", id, a.StatusCode)
		}
	}
	if a := s.send(t, admin, form, url.Values{"grantee_kind": {"person"}, key: {sandbox.SubjectEmployee}, "target_kind": {"all"}}); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a subject is taken: status %d", a.StatusCode)
	}
	if a := s.send(t, admin, form, url.Values{"grantee_kind": {"person"}, key: {elenas}, "target_kind": {"all"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", a.StatusCode)
	}
	if !s.seesAll(t, elena) || s.seesAll(t, former) || s.seesAll(t, link) {
		t.Error("the grant goes to the wrong person")
	}
	page := s.get(t, admin, "/admin/access")
	if said := page.find(t, ".page-notice").Text(); !strings.Contains(said, text) {
		t.Errorf("the notice does not say who: %q", said)
	}
	if row := page.find(t, `table th:contains("`+elena.Issuer+`")`); row.Length() != 1 {
		t.Error("the list does not say who")
	}
	if told := s.told(t, "grant.add"); len(told) != 1 || !strings.HasPrefix(told[0].Object, access.ActorName(elena)+" ") {
		t.Errorf("the ledger names %+v", told)
	}
}

// TestAGrantsFileNamesPeopleOfThePresentProvider_O9 takes a file out and in again
// while somebody of a former provider has a grant.
func TestAGrantsFileNamesPeopleOfThePresentProvider_A9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.as(t, sandbox.SubjectEmployee)
	elena := s.person(t, sandbox.SubjectEmployee)
	former, link := s.namesake(t)
	admin := s.as(t, sandbox.SubjectAdmin)
	const header = "grantee_kind,grantee,target_kind,target\n"
	for _, line := range []string{"person," + link.Subject + ",all,", "person,nobody,all,"} {
		if a := s.file(t, admin, "/admin/access", header+line+"\n"); a.StatusCode != http.StatusBadRequest || a.find(t, `#import li:contains("2")`).Length() == 0 {
			t.Errorf("%s: status %d", line, a.StatusCode)
		}
	}
	if a := s.file(t, admin, "/admin/access", header+"person,"+sandbox.SubjectEmployee+",all,\n"); a.StatusCode != http.StatusSeeOther || !s.seesAll(t, elena) || s.seesAll(t, former) {
		t.Errorf("status %d; the file gives to Elena: %v, to her namesake: %v", a.StatusCode, s.seesAll(t, elena), s.seesAll(t, former))
	}
	old := access.Grant{GranteeKind: access.GranteePerson, Person: former.ID, Grantee: former.Subject, TargetKind: access.TargetAll}
	if _, _, err := s.db.AddGrants(t.Context(), testAct, []access.Grant{old}, true); err != nil {
		t.Fatal(err)
	}
	out := s.get(t, admin, "/admin/access.csv").body
	if a := s.file(t, admin, "/admin/access", out); a.StatusCode != http.StatusBadRequest || s.seesAll(t, elena) {
		t.Errorf("status %d; what a namesake had is given to Elena by\n%s", a.StatusCode, out)
	}
}
