package sqlite_test

import (
	"errors"
	"slices"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

func listed(number, id string) billingapi.AccountRecord {
	return billingapi.AccountRecord{
		Account: billing.BillingAccount{
			Number: billing.AccountNumber(number), UpstreamID: billing.UpstreamID(id), UpstreamName: "UPSTREAM " + number,
			UpstreamStatus: "active", UpstreamCountry: "FR", Currency: "EUR",
		},
		Raw: []byte(`{"id":"` + id + `"}`),
	}
}

func (p *portal) upsertAccounts(t testing.TB, records ...billingapi.AccountRecord) {
	t.Helper()
	must(t, p.UpsertAccounts(t.Context(), records))
}

func (p *portal) entry(t testing.TB, number billing.AccountNumber) billing.BillingAccount {
	t.Helper()
	a, err := p.RegisterEntry(t.Context(), number)
	must(t, err)
	return a
}

func numbers(accounts []billing.BillingAccount) []string {
	var all []string
	for _, a := range accounts {
		all = append(all, string(a.Number))
	}
	return all
}

func TestAccountsOfTheAPIAreHiddenUntilSomebodyAdmitsThem(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsertAccounts(t, listed("0071", "BA-1"), listed("", "BA-0"))
	a := p.entry(t, "0071")
	if a.Status != billing.Hidden || !a.Listed || a.UpstreamID != "BA-1" || a.UpstreamName != "UPSTREAM 0071" || a.Name != "" {
		t.Errorf("%+v", a)
	}
	if seen, err := p.Accounts(t.Context(), access.ScopeAll()); err != nil || len(seen) != 0 {
		t.Errorf("%v, %v", seen, err)
	}
	must(t, p.SetAccounts(t.Context(), act, []billing.BillingAccount{{Number: "0071", Name: "Paris", Group: "France", CostCentre: "41100", Country: "FR", Status: billing.Admitted}}))
	p.upsertAccounts(t, listed("0071", "BA-1"))
	a = p.entry(t, "0071")
	if a.Status != billing.Admitted || a.Name != "Paris" || a.Group != "France" || a.CostCentre != "41100" || a.Country != "FR" {
		t.Errorf("the API changed what the company says: %+v", a)
	}
	seen, err := p.Accounts(t.Context(), access.ScopeAll())
	if err != nil || !slices.Equal(numbers(seen), []string{"0071"}) {
		t.Errorf("%v, %v", seen, err)
	}
	if register, err := p.Register(t.Context()); err != nil || len(register) != 1 {
		t.Errorf("an account without number came in: %v, %v", register, err)
	}
}

func TestAnAccountIsUndecidedUntilSomebodyDecides(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsertAccounts(t, listed("1", "BA-1"))
	if p.entry(t, "1").Decided {
		t.Error("the API decided")
	}
	p.set(t, billing.Hidden, "", "1", "2")
	p.upsertAccounts(t, listed("1", "BA-1"))
	if !p.entry(t, "1").Decided || !p.entry(t, "2").Decided {
		t.Error("to hide an account is a decision")
	}
	removed, err := p.ReplaceRegister(t.Context(), act, []billing.BillingAccount{{Number: "2", Status: billing.Hidden}})
	if err != nil || !slices.Equal(removed, []billing.AccountNumber{"1"}) {
		t.Errorf("removed %v, %v", removed, err)
	}
	if p.entry(t, "1").Decided || !p.entry(t, "2").Decided {
		t.Error("the register that was replaced still counts as decided, or the new one does not")
	}
}

func TestAccountsThatTheAPINoLongerListsAreOursOnly(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsertAccounts(t, listed("1", "BA-1"), listed("2", "BA-2"))
	must(t, p.SetListed(t.Context(), []billing.AccountNumber{"2"}))
	if p.entry(t, "1").Listed || !p.entry(t, "2").Listed {
		t.Error("which accounts are listed")
	}
	p.upsertAccounts(t, listed("1", "BA-1"))
	if !p.entry(t, "1").Listed {
		t.Error("an account that is listed again")
	}
	must(t, p.SetListed(t.Context(), nil))
	if p.entry(t, "1").Listed || p.entry(t, "2").Listed {
		t.Error("an empty listing lists something")
	}
}

func TestAKeyOfTheAPIBelongsToOneAccount(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsertAccounts(t, listed("1", "BA-1"), listed("2", ""), listed("3", ""))
	p.upsertAccounts(t, listed("2", "BA-1"))
	if one, two := p.entry(t, "1"), p.entry(t, "2"); one.UpstreamID != "" || two.UpstreamID != "BA-1" {
		t.Errorf("%q, %q", one.UpstreamID, two.UpstreamID)
	}
}

func TestUnknownAccountsAreNotFound(t *testing.T) {
	t.Parallel()
	if _, err := newPortal(t).RegisterEntry(t.Context(), "1"); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestReplacingTheRegisterHidesWhatTheFileLeavesOut(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsertAccounts(t, listed("hidden", "BA-9"))
	p.admit(t, "France", "1", "2")
	p.set(t, billing.Closed, "Germany", "3")
	before := len(p.entries(t))
	removed, err := p.ReplaceRegister(t.Context(), act, []billing.BillingAccount{
		{Number: "1", Name: "One", Group: "Europe", Status: billing.Admitted}, {Number: "4", Status: billing.Admitted},
	})
	must(t, err)
	if !slices.Equal(removed, []billing.AccountNumber{"2", "3"}) {
		t.Errorf("removed %v", removed)
	}
	for _, number := range removed {
		if a := p.entry(t, number); a.Status != billing.Hidden || a.Name != "" || a.Group != "" {
			t.Errorf("%+v", a)
		}
	}
	if a := p.entry(t, "1"); a.Name != "One" || a.Group != "Europe" || a.Status != billing.Admitted {
		t.Errorf("%+v", a)
	}
	groups, err := p.AccountGroups(t.Context())
	if err != nil || !slices.Equal(groups, []billing.AccountGroup{{Name: "Europe", Accounts: 1}}) {
		t.Errorf("groups: %v, %v", groups, err)
	}
	if n := len(p.entries(t)) - before; n != 4 {
		t.Errorf("%d entries for two accounts set and two removed", n)
	}
	if again, err := p.ReplaceRegister(t.Context(), act, []billing.BillingAccount{
		{Number: "1", Name: "One", Group: "Europe", Status: billing.Admitted}, {Number: "4", Status: billing.Admitted},
	}); err != nil || len(again) != 0 {
		t.Errorf("the same file once more removes %v, %v", again, err)
	}
}

func TestGroupsAreOneWhateverTheirCaseAndGoWithTheirLastAccount(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "1")
	p.admit(t, "FRANCE", "2")
	groups, err := p.AccountGroups(t.Context())
	if err != nil || !slices.Equal(groups, []billing.AccountGroup{{Name: "France", Accounts: 2}}) {
		t.Fatalf("%v, %v", groups, err)
	}
	_, _, err = p.AddGrants(t.Context(), act, []access.Grant{{GranteeKind: access.GranteeGroup, Grantee: "g", TargetKind: access.TargetAccountGroup, Target: "france"}}, false)
	must(t, err)
	p.admit(t, "", "1", "2")
	if groups, err = p.AccountGroups(t.Context()); err != nil || len(groups) != 1 {
		t.Errorf("a group that is granted is gone: %v, %v", groups, err)
	}
	given, err := p.Grants(t.Context())
	must(t, err)
	if _, err := p.RemoveGrant(t.Context(), act, given[0].ID); err != nil {
		t.Fatal(err)
	}
	if groups, err = p.AccountGroups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("a group without use stays: %v, %v", groups, err)
	}
}

func TestAFaultyAccountLeavesNeitherChangeNorEntry(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	err := p.SetAccounts(t.Context(), act, []billing.BillingAccount{
		{Number: "1", Group: "France", Status: billing.Admitted}, {Number: "2", Status: "open"},
	})
	if err == nil {
		t.Fatal("a status nobody knows")
	}
	if register, err := p.Register(t.Context()); err != nil || len(register) != 0 || len(p.entries(t)) != 0 {
		t.Errorf("%v, %d entries, %v", register, len(p.entries(t)), err)
	}
	if groups, err := p.AccountGroups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("%v, %v", groups, err)
	}
}

func TestTheRegisterKnowsWhenAccountsWereLastBilled(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1", "2")
	p.upsert(t, bill("1", "1", "2026-08-01", "1"), bill("2", "1", "2026-09-01", "1"), bill("3", "unknown", "2026-09-09", "1"))
	last, err := p.LastIssues(t.Context())
	if err != nil || len(last) != 1 || last["1"] != date("2026-09-01") {
		t.Errorf("%v, %v", last, err)
	}
}
