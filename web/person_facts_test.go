package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// TestAPersonsPageSaysWhoGaveThemAccessAndSinceWhen grants from the command line,
// reads it in French, and disables the person.
func TestAPersonsPageSaysWhoGaveThemAccessAndSinceWhen(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	ada, elena := s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectEmployee)
	s.lists(t, "0071 4420 18")
	who := s.person(t, sandbox.SubjectEmployee)
	command := ledger.Act{Actor: "command line", Action: "grant.add"}
	if _, _, err := s.db.AddGrants(t.Context(), command, []access.Grant{{GranteeKind: access.GranteePerson, Grantee: who.Subject, Person: who.ID, TargetKind: access.TargetAll}}, false); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprint("/admin/people/", who.ID)
	reasons := func(client *http.Client, path string) string {
		r := s.request(t, http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "fr")
		return strings.Join(strings.Fields(do(t, client, r).find(t, `[aria-labelledby="h-sees"] tbody tr`).Text()), " ")
	}
	if text := reasons(ada, path); !strings.Contains(text, "Depuis") || !strings.Contains(text, "par Ligne de commande") {
		t.Errorf("the page says %q", text)
	}
	if text := reasons(elena, "/profile"); strings.Contains(text, "Ligne de commande") {
		t.Errorf("the profile says %q", text)
	}
	page := s.get(t, ada, path)
	for _, link := range []string{fmt.Sprint("/admin/ledger?who=person%3A", who.ID), fmt.Sprint("/admin/access?person=", who.ID, "#grant")} {
		if page.find(t, `main a[href="`+link+`"]`).Length() != 1 || s.get(t, ada, strings.TrimSuffix(link, "#grant")).StatusCode != http.StatusOK {
			t.Errorf("nothing leads to %s", link)
		}
	}
	policy := access.Policy{Groups: map[access.Role][]string{access.Admin: {sandbox.GroupAdmins}}}
	if err := s.db.SetDisabled(t.Context(), who.ID, true, "left", policy, ledger.Act{Actor: "portal", Action: "person.disable"}); err != nil {
		t.Fatal(err)
	}
	out := s.get(t, ada, path)
	if head := out.find(t, "#h-sees").Text(); head != "What they would see if they were let in" || out.find(t, `[aria-labelledby="h-roles"] li`).Length() == 0 ||
		!strings.Contains(out.find(t, `[aria-labelledby="h-sees"] .none-line`).Text(), "no grant that opens an account") {
		t.Errorf("%q: %s", head, out.find(t, `[aria-labelledby="h-sees"]`).Text())
	}
	account := s.get(t, ada, "/admin/accounts/0071%204420%2018")
	for _, link := range []string{"/admin/access/explain?account=0071+4420+18", "/admin/ledger?concerns=0071+4420+18"} {
		if account.find(t, `main a[href="`+link+`"]`).Length() != 1 || s.get(t, ada, link).StatusCode != http.StatusOK {
			t.Errorf("nothing leads to %s", link)
		}
	}
}
