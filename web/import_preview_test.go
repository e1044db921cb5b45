package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

const (
	grantsHead   = "grantee_kind,grantee,target_kind,target\n"
	registerHead = "number,name,group,cost_centre,country,status\n"
)

// grantAll gives groups every account.
func (s *site) grantAll(t *testing.T, groups ...string) {
	t.Helper()
	var given []access.Grant
	for _, g := range groups {
		given = append(given, access.Grant{GranteeKind: access.GranteeGroup, Grantee: g, TargetKind: access.TargetAll})
	}
	if _, _, err := s.db.AddGrants(t.Context(), ledger.Act{Actor: "test", Action: "grant.add"}, given, false); err != nil {
		t.Fatal(err)
	}
}

// granted are the grantees of all grants in force.
func (s *site) granted(t *testing.T) []string {
	t.Helper()
	inForce, err := s.db.Grants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range inForce {
		names = append(names, g.Grantee)
	}
	slices.Sort(names)
	return names
}

// said is the notice of a page with single blanks.
func (s *site) said(t *testing.T, client *http.Client, path string) string {
	t.Helper()
	return words(s.get(t, client, path).find(t, ".page-notice"))
}

func words(at *goquery.Selection) string { return strings.Join(strings.Fields(at.Text()), " ") }

// previewed are the rows of a preview, a text each.
func previewed(t *testing.T, a answer) []string {
	t.Helper()
	var rows []string
	for _, row := range a.find(t, "main tbody tr").EachIter() {
		rows = append(rows, words(row.Find("th"))+" | "+words(row.Find("td").First())+" | "+words(row.Find("td").Last()))
	}
	return rows
}

func TestReplacingGrantsIsShownBeforeItCounts(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.grantAll(t, "auditors", "visitors", sandbox.GroupReaders)
	admin := s.as(t, sandbox.SubjectAdmin)
	file := grantsHead + "group,auditors,all,\ngroup,newcomers,all,\n"
	shown := s.fileAs(t, admin, "/admin/access", file, "1")
	before := []string{"auditors", sandbox.GroupReaders, "visitors"}
	if shown.StatusCode != http.StatusOK || !slices.Equal(s.granted(t), before) {
		t.Fatalf("status %d, and granted is %v", shown.StatusCode, s.granted(t))
	}
	if got := words(shown.find(t, "main .lede")); got != "This file adds 1, removes 2, leaves 1 as it is." {
		t.Errorf("it says %q", got)
	}
	want := []string{"visitors | Removed | All accounts", sandbox.GroupReaders + " | Removed | All accounts", "newcomers | Added | All accounts"}
	if got := previewed(t, shown); !slices.Equal(got, want) {
		t.Errorf("it shows %q", got)
	}
	s.grantAll(t, "meanwhile")
	again := s.send(t, admin, shown.find(t, "#import-preview"), nil)
	if got := s.granted(t); again.StatusCode != http.StatusOK || len(got) != 4 || again.find(t, ".page-notice .warn").Length() != 1 {
		t.Errorf("what stands changed meanwhile: status %d, and granted is %v", again.StatusCode, got)
	}
	if got := previewed(t, again); len(got) != 4 || got[2] != "meanwhile | Removed | All accounts" {
		t.Errorf("it shows %q", got)
	}
	done := s.send(t, admin, again.find(t, "#import-preview"), nil)
	if got := s.granted(t); done.StatusCode != http.StatusSeeOther || !slices.Equal(got, []string{"auditors", "newcomers"}) {
		t.Errorf("agreed: status %d, and granted is %v", done.StatusCode, got)
	}
	page := s.get(t, admin, "/admin/access").find(t, ".page-notice")
	if got := words(page); got != "Replaced: 1 added, 1 there already, 3 removed. See the ledger" || page.Find(`a[href="/admin/ledger"]`).Length() != 1 {
		t.Errorf("it says %q", got)
	}
}

func TestAnImportThatReplacesNothingSaysWhatWasNew(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.grantAll(t, "auditors", "visitors")
	s.lists(t, "1", "2")
	admin := s.as(t, sandbox.SubjectAdmin)
	if a := s.file(t, admin, "/admin/access", grantsHead+"group,auditors,all,\ngroup,newcomers,all,\n"); a.StatusCode != http.StatusSeeOther || len(s.granted(t)) != 3 {
		t.Errorf("status %d, and granted is %v", a.StatusCode, s.granted(t))
	}
	if got := s.said(t, admin, "/admin/access"); got != "Imported: 1 added, 1 there already. See the ledger" {
		t.Errorf("of grants it says %q", got)
	}
	s.file(t, admin, "/admin/accounts", registerHead+"1,One,,,FR,admitted\n3,,,,FR,hidden\n")
	s.said(t, admin, "/admin/accounts")
	s.file(t, admin, "/admin/accounts", registerHead+"1,One,,,FR,admitted\n3,Three,,,FR,hidden\n4,,,,FR,hidden\n")
	if got := s.said(t, admin, "/admin/accounts"); got != "Imported: 1 added, 1 changed, 1 there already. See the ledger" {
		t.Errorf("of accounts it says %q", got)
	}
}

func TestALongPreviewCountsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	var groups []string
	for i := range 60 {
		groups = append(groups, fmt.Sprintf("group %02d", i))
	}
	s.grantAll(t, groups...)
	shown := s.fileAs(t, s.as(t, sandbox.SubjectAdmin), "/admin/access", grantsHead+"group,auditors,all,\n", "1")
	if rows := previewed(t, shown); len(rows) != 50 || !strings.Contains(shown.find(t, "main").Text(), "And 11 more changes.") {
		t.Errorf("it shows %d rows and says %q", len(rows), words(shown.find(t, "main > p")))
	}
}

func TestReplacingTheRegisterIsShownBeforeItCounts(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1", "2")
	s.grantAll(t, "auditors")
	admin := s.as(t, sandbox.SubjectAdmin)
	s.file(t, admin, "/admin/accounts", registerHead+"1,One,West,,,admitted\n2,Two,,,FR,admitted\n")
	shown := s.fileAs(t, admin, "/admin/accounts", registerHead+"2,Two,East,,FR,closed\n3,Three,,,FR,admitted\n", "1")
	if shown.StatusCode != http.StatusOK || s.statuses(t)["1"].Status != billing.Admitted {
		t.Fatalf("status %d: %s", shown.StatusCode, shown.find(t, "main").Text())
	}
	want := []string{
		"One, 1 | Removed | No longer seen by auditors; Status: Admitted → Hidden; Our name: One → nothing; Group: West → nothing",
		"Two, 2 | Changed | Status: Admitted → Closed; Group: East",
		"Three, 3 | Added | Now seen by auditors; Status: Admitted; Our name: Three; Country: FR",
	}
	if got := previewed(t, shown); !slices.Equal(got, want) {
		t.Errorf("it shows\n%s", strings.Join(got, "\n"))
	}
	for _, forged := range []string{"x", "aaaa"} {
		if a := s.send(t, admin, shown.find(t, "#import-preview"), url.Values{"previewed": {forged}}); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%q in the place of what was shown: status %d", forged, a.StatusCode)
		}
	}
	s.send(t, admin, shown.find(t, "#import-preview"), nil)
	after := s.statuses(t)
	if after["1"].Status != billing.Hidden || after["2"].Status != billing.Closed || after["3"].Name != "Three" {
		t.Errorf("the register is %+v", after)
	}
	if got := s.said(t, admin, "/admin/accounts"); got != "Replaced: 1 added, 1 changed, 0 there already, 1 removed. See the ledger" {
		t.Errorf("it says %q", got)
	}
}
