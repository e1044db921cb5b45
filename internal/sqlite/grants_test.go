package sqlite_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

func grant(text string) access.Grant {
	f := strings.Split(text, "|")
	return access.Grant{GranteeKind: access.GranteeKind(f[0]), Grantee: f[1], TargetKind: access.TargetKind(f[2]), Target: f[3]}
}

func (p *portal) grant(t testing.TB, texts ...string) {
	t.Helper()
	var grants []access.Grant
	for _, text := range texts {
		grants = append(grants, grant(text))
	}
	_, _, err := p.AddGrants(t.Context(), act, grants, false)
	must(t, err)
}

func (p *portal) inForce(t testing.TB) []string {
	t.Helper()
	grants, err := p.Grants(t.Context())
	must(t, err)
	texts := make([]string, 0, len(grants))
	for _, g := range grants {
		texts = append(texts, strings.Join([]string{string(g.GranteeKind), g.Grantee, string(g.TargetKind), g.Target}, "|"))
	}
	return texts
}

// explained is what the grants in force say of themselves that they open to a
// person.
func (p *portal) explained(t testing.TB, person access.Person) string {
	t.Helper()
	grants, err := p.Grants(t.Context())
	must(t, err)
	register, err := p.Register(t.Context())
	must(t, err)
	var open []billing.BillingAccount
	for _, a := range register {
		if slices.ContainsFunc(grants, func(g access.Grant) bool { return g.GivenTo(person) && g.Opens(a) }) {
			open = append(open, a)
		}
	}
	return strings.Join(numbers(open), " ")
}

func TestGrantsOpenWhatTheyName(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1", "2")
	p.admit(t, "Germany", "3")
	p.set(t, billing.Hidden, "France", "9")
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Groups: []string{"readers", "staff"}})
	bob := p.signIn(t, 'b', access.Person{Issuer: issuer, Subject: "u-2", Groups: []string{"staff"}})
	see := func(person access.Person) string {
		scope, err := p.Scope(t.Context(), person)
		must(t, err)
		seen, err := p.Accounts(t.Context(), scope)
		must(t, err)
		if got := p.explained(t, person); got != strings.Join(numbers(seen), " ") {
			t.Errorf("person %d sees %v, which is explained as %q", person.ID, numbers(seen), got)
		}
		if scope.All() {
			return "all"
		}
		return strings.Join(numbers(seen), " ")
	}
	if see(ada) != "" || see(bob) != "" {
		t.Errorf("without a grant: %q, %q", see(ada), see(bob))
	}
	p.grant(t, "group|readers|account|1")
	if see(ada) != "1" || see(bob) != "" {
		t.Errorf("one account for a group: %q, %q", see(ada), see(bob))
	}
	p.grant(t, "person|u-2|account|3")
	if see(ada) != "1" || see(bob) != "3" {
		t.Errorf("one account for a person: %q, %q", see(ada), see(bob))
	}
	p.grant(t, "group|staff|account_group|FRANCE")
	if see(ada) != "1 2" || see(bob) != "1 2 3" {
		t.Errorf("a group for a group: %q, %q", see(ada), see(bob))
	}
	p.admit(t, "France", "4")
	p.admit(t, "", "1")
	if see(ada) != "1 2 4" || see(bob) != "2 3 4" {
		t.Errorf("after accounts changed groups: %q, %q", see(ada), see(bob))
	}
	p.grant(t, "person|u-1|all|")
	if see(ada) != "all" || see(bob) != "2 3 4" {
		t.Errorf("all: %q, %q", see(ada), see(bob))
	}
}

func TestGroupsOfPeopleMatchByteForByte(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.grant(t, "group|readers|all|", "group|readers|account|1")
	for _, group := range []string{"Readers", "readers ", " readers", "reader", "readers2", "", "%", "readers\x00", "readers\x00x", "\"readers\"", "readers\",\"x", "rеaders"} {
		scope, err := p.Scope(t.Context(), access.Person{ID: 999, Groups: []string{group}})
		if err != nil || !scope.Empty() {
			t.Errorf("the group %q sees as much as readers: %v", group, err)
		}
	}
	if scope, err := p.Scope(t.Context(), access.Person{Groups: []string{"x", "readers"}}); err != nil || !scope.All() {
		t.Errorf("readers: %v", err)
	}
}

func TestGrantsAreListedWithWhatTheyOpen(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1", "2")
	p.set(t, billing.Hidden, "France", "9")
	ada := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada"})
	p.grant(t, "person|u-1|account|1", "group|g|account_group|France", "group|g|all|", "group|g|account|9")
	got, err := p.Grants(t.Context())
	must(t, err)
	at := p.clock()
	want := []access.Grant{
		{ID: got[0].ID, GranteeKind: "person", Grantee: "u-1", Person: ada.ID, GranteeName: "Ada", TargetKind: "account", Target: "1", TargetName: "Name of 1", Accounts: 1, By: act.Actor, At: at},
		{ID: got[1].ID, GranteeKind: "group", Grantee: "g", GranteeName: "g", TargetKind: "account_group", Target: "France", TargetName: "France", Accounts: 2, By: act.Actor, At: at},
		{ID: got[2].ID, GranteeKind: "group", Grantee: "g", GranteeName: "g", TargetKind: "all", Accounts: 2, By: act.Actor, At: at},
		{ID: got[3].ID, GranteeKind: "group", Grantee: "g", GranteeName: "g", TargetKind: "account", Target: "9", TargetName: "Name of 9", Accounts: 0, By: act.Actor, At: at},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestAddingGrants(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1", "2")
	entries := len(p.entries(t))
	grants := []access.Grant{grant("group|g|account|1"), grant("group|g|account_group|France"), grant("group|g|account|1")}
	added, removed, err := p.AddGrants(t.Context(), act, grants, false)
	if err != nil || len(added) != 2 || len(removed) != 0 {
		t.Errorf("added %v, removed %v, %v", added, removed, err)
	}
	if added, _, err = p.AddGrants(t.Context(), act, []access.Grant{grant("group|g|account_group|FRANCE")}, false); err != nil || len(added) != 0 {
		t.Errorf("once more: %v, %v", added, err)
	}
	if got := p.entries(t)[entries:]; len(got) != 2 || got[0].Object != "group g: account 1" || got[1].Object != "group g: account_group France" {
		t.Errorf("%+v", got)
	}
	added, removed, err = p.AddGrants(t.Context(), act, []access.Grant{grant("group|g|account|1"), grant("group|h|account|2")}, true)
	if err != nil || len(added) != 1 || len(removed) != 1 || removed[0].Target != "France" {
		t.Errorf("replaced: added %v, removed %v, %v", added, removed, err)
	}
	if got := p.inForce(t); !slices.Equal(got, []string{"group|g|account|1", "group|h|account|2"}) {
		t.Errorf("in force: %v", got)
	}
	last := p.entries(t)
	if e := last[len(last)-1]; e.Action != "grant.remove" || e.Object != "group g: account_group France" {
		t.Errorf("%+v", e)
	}
	if _, removed, err = p.AddGrants(t.Context(), act, nil, true); err != nil || len(removed) != 2 || len(p.inForce(t)) != 0 {
		t.Errorf("nothing replaces all: %v, %v", removed, err)
	}
}

func TestReplacedGrantsTakeTheirEmptyGroupsAlong(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1")
	p.grant(t, "group|g|account_group|France")
	p.admit(t, "", "1")
	_, _, err := p.AddGrants(t.Context(), act, nil, true)
	must(t, err)
	if groups, err := p.AccountGroups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("%v, %v", groups, err)
	}
}

func TestAFaultyGrantLeavesNeitherGrantNorEntry(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1")
	p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Email: "ada@example.com", Name: "Ada"})
	before := len(p.entries(t))
	for text, want := range map[string]error{
		"person|u-2|all|": access.ErrUnknownGrantee, "person|ada@example.com|all|": access.ErrUnknownGrantee,
		"person|Ada|all|": access.ErrUnknownGrantee, "person||all|": access.ErrUnknownGrantee,
		"group|g|account|2": access.ErrUnknownTarget, "group|g|account|": access.ErrUnknownTarget,
		"group|g|account_group|Spain": access.ErrUnknownTarget, "group|g|account_group|1": access.ErrUnknownTarget,
		"group||all|": nil, "everybody|g|all|": nil, "group|g|everything|": nil,
	} {
		_, _, err := p.AddGrants(t.Context(), act, []access.Grant{grant("group|g|account|1"), grant(text)}, true)
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if got := p.inForce(t); len(got) != 0 || len(p.entries(t)) != before {
		t.Errorf("in force %v, %d entries more", got, len(p.entries(t))-before)
	}
}

// TestAGrantGoesToThePersonThatIsMeant_O9 has two providers give one subject, and
// somebody sign in by a link.
func TestAGrantGoesToThePersonThatIsMeant_A9(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	meant := p.signIn(t, 'a', access.Person{Issuer: issuer, Subject: "u-1", Name: "Ada"})
	p.wait(time.Hour)
	former := p.signIn(t, 'b', access.Person{Issuer: "https://former.example", Subject: "u-1"})
	link := p.signIn(t, 'c', access.Person{Issuer: access.LinkIssuer, Subject: "link"})
	before := len(p.entries(t))
	for about, g := range map[string]access.Grant{
		"a subject of two people": grant("person|u-1|all|"), "who signs in by a link": {GranteeKind: access.GranteePerson, Person: link.ID, TargetKind: access.TargetAll},
		"their subject": grant("person|link|all|"), "nobody": {GranteeKind: access.GranteePerson, Grantee: "u-1", Person: 99, TargetKind: access.TargetAll},
	} {
		if _, _, err := p.AddGrants(t.Context(), act, []access.Grant{g}, false); !errors.Is(err, access.ErrUnknownGrantee) {
			t.Errorf("%s: %v", about, err)
		}
	}
	_, _, err := p.AddGrants(t.Context(), act, []access.Grant{{GranteeKind: access.GranteePerson, Grantee: "u-1", Person: meant.ID, TargetKind: access.TargetAll}}, false)
	must(t, err)
	for person, want := range map[*access.Person]bool{&meant: true, &former: false, &link: false} {
		if scope, err := p.Scope(t.Context(), *person); err != nil || scope.All() != want {
			t.Errorf("%s: sees all %v, %v", person.Issuer, scope.All(), err)
		}
	}
	if entries := p.entries(t)[before:]; len(entries) != 1 || entries[0].Object != access.ActorName(meant)+" (u-1): all" {
		t.Errorf("the ledger says %+v", entries)
	}
	given, err := p.Grants(t.Context())
	must(t, err)
	_, err = p.RemoveGrant(t.Context(), act, given[0].ID)
	must(t, err)
	if entries := p.entries(t); entries[len(entries)-1].Object != access.ActorName(meant)+" (u-1): all" {
		t.Errorf("taking it away is %q", entries[len(entries)-1].Object)
	}
}

func TestRemovingGrants(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.grant(t, "group|g|account|1", "group|g|all|")
	given, err := p.Grants(t.Context())
	must(t, err)
	removed, err := p.RemoveGrant(t.Context(), act, given[0].ID)
	if err != nil || removed != given[0] || !slices.Equal(p.inForce(t), []string{"group|g|all|"}) {
		t.Errorf("%+v, %v", removed, err)
	}
	before := len(p.entries(t))
	if _, err := p.RemoveGrant(t.Context(), act, given[0].ID); !errors.Is(err, billing.ErrNotFound) || len(p.entries(t)) != before {
		t.Errorf("a second time: %v", err)
	}
	p.exec(t, `CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(ABORT, 'full'); END`)
	if _, err := p.RemoveGrant(t.Context(), act, given[1].ID); err == nil || len(p.inForce(t)) != 1 {
		t.Errorf("a grant goes without an entry: %v", err)
	}
}
