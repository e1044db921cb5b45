package web_test

import (
	"context"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// The accounts of a furnished site: employees may read the first, accountants both.
const (
	ownAccount     = billing.AccountNumber("0049 2210 72")
	foreignAccount = billing.AccountNumber("0071 4420 18")
)

// siteName begins the company's own name of an account.
const siteName = "Site of "

// furnished is a site with two accounts and some of their bills.
type furnished struct {
	*site
	sim     *sandbox.Sandbox
	own     []billing.Bill
	foreign []billing.Bill
}

// asTest begins a ledger entry of a test.
func asTest(action string) ledger.Act { return ledger.Act{Actor: "portal", Action: action} }

// furnish opens a site with a simulation of its own behind it, five bills of either
// account and their grants.
func furnish(t *testing.T) *furnished {
	t.Helper()
	return furnishWith(t, false)
}

// furnishWith is furnish with https or without.
func furnishWith(t *testing.T, secure bool) *furnished {
	t.Helper()
	sim, err := sandbox.Start(context.Background(), sandbox.Options{CallsPerMinute: -1, TokenCallsPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	f := &furnished{site: openBefore(t, sim, secure, nil), sim: sim}
	f.admit(t, ownAccount, foreignAccount)
	f.copyBills(t, 5)
	f.grant(t, sandbox.GroupReaders, access.TargetAccount, string(ownAccount))
	f.grant(t, sandbox.GroupAccounting, access.TargetAll, "")
	return f
}

func (f *furnished) admit(t *testing.T, numbers ...billing.AccountNumber) {
	t.Helper()
	var accounts []billing.BillingAccount
	for _, n := range numbers {
		accounts = append(accounts, billing.BillingAccount{Number: n, Name: siteName + string(n), Status: billing.Admitted})
	}
	if err := f.db.SetAccounts(t.Context(), asTest("register.set"), accounts); err != nil {
		t.Fatal(err)
	}
}

func (f *furnished) grant(t *testing.T, group string, kind access.TargetKind, target string) {
	t.Helper()
	grants := []access.Grant{{GranteeKind: access.GranteeGroup, Grantee: group, TargetKind: kind, Target: target}}
	if _, _, err := f.db.AddGrants(t.Context(), asTest("grant.add"), grants, false); err != nil {
		t.Fatal(err)
	}
}

// copyBills brings some bills of either account into the copy, with their items.
func (f *furnished) copyBills(t *testing.T, each int) {
	t.Helper()
	var records []billingapi.BillRecord
	counts := map[string]int{}
	for _, b := range f.sim.World.Bills() {
		number := billing.AccountNumber(b.AccountNumber)
		if number != ownAccount && number != foreignAccount || counts[b.AccountNumber] == each || b.Type != sandbox.TypeInvoice || b.ID == f.sim.World.Stories.CutPDF.ID {
			continue
		}
		counts[b.AccountNumber]++
		issued, _ := billing.ParseDate(b.IssuedAt)
		record := billing.Bill{
			UpstreamID: billing.UpstreamID(b.ID), Number: billing.BillNumber(b.Number), Kind: billing.Invoice, Type: b.Type, State: b.State, Account: number,
			IssuedOn: issued, Currency: b.Currency, Net: billing.NewMoney(b.Net, b.Currency), Tax: billing.NewMoney(b.Tax, b.Currency), Gross: billing.NewMoney(b.Gross, b.Currency),
			PurchaseOrder: b.PurchaseOrder,
		}
		records = append(records, billingapi.BillRecord{Bill: record, Raw: []byte(b.ID)})
	}
	if _, err := f.db.UpsertBills(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	f.own, f.foreign = f.billsOf(t, ownAccount), f.billsOf(t, foreignAccount)
	if len(f.own) != each || len(f.foreign) != each {
		t.Fatalf("%d and %d bills instead of %d", len(f.own), len(f.foreign), each)
	}
	for _, b := range append(f.own, f.foreign...) {
		item := billing.Item{UpstreamID: b.UpstreamID + "-1", Line: 1, Category: "recurring", Label: "Line of " + string(b.Number), Net: b.Net}
		if err := f.db.SetItems(t.Context(), b, []billing.Item{item}, []byte("[]")); err != nil {
			t.Fatal(err)
		}
	}
	f.own, f.foreign = f.billsOf(t, ownAccount), f.billsOf(t, foreignAccount)
}

func (f *furnished) billsOf(t *testing.T, number billing.AccountNumber) []billing.Bill {
	t.Helper()
	page, err := f.db.Bills(t.Context(), access.ScopeOf(number), billing.BillFilter{}, billing.Page{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Bills
}

// counted is the number that a question to the database is answered with.
func (s *site) counted(t *testing.T, question string, args ...any) (n int) {
	t.Helper()
	if err := s.other(t).QueryRowContext(t.Context(), question, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return n
}

// later puts the clock of a site forward.
func (s *site) later(d time.Duration) { s.ahead.Add(int64(d)) }
