package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sqlite"
)

const canary = "CANARY"

// plant puts a bill into the copy of which every text is a canary, with an item
// and a document, and returns it. Account and currency exist in no other bill.
func (p *portal) plant(t *testing.T) billing.Bill {
	t.Helper()
	p.admit(t, canary+" group", canary+"-0071")
	p.upsertAccounts(t, listed(canary+"-0071", canary+"-BA"))
	b := full(canary + "-0071")
	b.UpstreamID, b.Number, b.State, b.PurchaseOrder, b.Currency = canary+"-1", canary+"-N", canary, canary+" PO", canary
	b.Gross, b.Original = billing.NewMoney("12.34", canary), billing.Reference{UpstreamID: "invoice", Number: "INVOICE"}
	b.Taxes = []billing.Tax{{Category: canary}}
	p.upsert(t, billingapi.BillRecord{Bill: b, Raw: []byte(canary)})
	planted := p.only(t)
	must(t, p.SetItems(t.Context(), planted, []billing.Item{{Label: canary}}, []byte("[]")))
	must(t, p.AddDocument(t.Context(), planted, billing.HeldDocument{SHA256: strings.Repeat("c", 64), Size: 7}))
	return planted
}

var (
	scopeType = reflect.TypeFor[access.Scope]()
	errorType = reflect.TypeFor[error]()
)

// scopedMethods are the exported methods that take a scope: all reading of bills.
func scopedMethods(db *sqlite.DB) map[string]reflect.Value {
	methods := map[string]reflect.Value{}
	v := reflect.ValueOf(db)
	for i := range v.NumMethod() {
		m := v.Method(i)
		for a := range m.Type().NumIn() {
			if name := v.Type().Method(i).Name; m.Type().In(a) == scopeType && name != "Plan" { // a test's own
				methods[name] = m
			}
		}
	}
	return methods
}

// call calls a method for a scope, asking for as much as it gives, and for the
// planted bill where it asks for one.
func call(t *testing.T, method reflect.Value, scope access.Scope, planted billing.Bill) []any {
	t.Helper()
	var in []reflect.Value
	for i := range method.Type().NumIn() {
		var value any
		switch method.Type().In(i) {
		case reflect.TypeFor[context.Context]():
			value = t.Context()
		case scopeType:
			value = scope
		case reflect.TypeFor[billing.BillID]():
			value = planted.ID
		case reflect.TypeFor[billing.Bill](): // another one, beside which the planted one stands in every way
			value = billing.Bill{ID: "other", UpstreamID: "invoice", Number: planted.Number, Original: billing.Reference{UpstreamID: planted.UpstreamID}}
		case reflect.TypeFor[billing.BillFilter]():
			value = billing.BillFilter{}
		case reflect.TypeFor[billing.Period]():
			value = billing.Period{}
		case reflect.TypeFor[billing.Page]():
			value = billing.Page{Limit: 100}
		case reflect.TypeFor[time.Time]():
			value = time.Time{}
		case reflect.TypeFor[int]():
			value = 100
		default:
			t.Fatalf("this test does not know what to pass as %v", method.Type().In(i))
		}
		in = append(in, reflect.ValueOf(value))
	}
	var out []any
	for _, v := range method.Call(in) {
		if v.Type() == errorType {
			if err, _ := v.Interface().(error); err != nil && !errors.Is(err, billing.ErrNotFound) {
				t.Fatal(err)
			}
			continue
		}
		out = append(out, v.Interface())
	}
	return out
}

// nothing reports whether a result tells of no bill.
func nothing(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		for i := range v.NumField() {
			if !nothing(v.Field(i)) {
				return false
			}
		}
		return true
	default:
		return v.IsZero()
	}
}

// TestNoMethodTellsOfABillOutOfScope asks every method that takes a scope for
// everything, in every way in which a bill can be out of somebody's sight.
func TestNoMethodTellsOfABillOutOfScope_O1_O2(t *testing.T) {
	t.Parallel()
	own := access.ScopeOf(canary + "-0071")
	for _, c := range []struct {
		about string
		after func(*portal) // what happens to the account
		scope access.Scope
		sees  bool
	}{
		{"nobody's scope", nil, access.Scope{}, false},
		{"the scope of another account", nil, access.ScopeOf("0049"), false},
		{"the scope of accounts nobody knows", nil, access.ScopeOf("", "%", "*", "CANARY", canary+"-0071 ", "canary-0071", canary+"-0071\x00"), false},
		{"a hidden account for its own scope", func(p *portal) { p.set(t, billing.Hidden, "", canary+"-0071") }, own, false},
		{"a hidden account for the scope of all", func(p *portal) { p.set(t, billing.Hidden, "", canary+"-0071") }, access.ScopeAll(), false},
		{"quarantine for its own scope", func(p *portal) { p.exec(t, `UPDATE bills SET account = NULL, quarantine = 'unknown-account'`) }, own, false},
		{"quarantine for the scope of all", func(p *portal) { p.exec(t, `UPDATE bills SET account = NULL, quarantine = 'unknown-account'`) }, access.ScopeAll(), false},
		{"its own scope", nil, own, true},
		{"a closed account's own scope", func(p *portal) { p.set(t, billing.Closed, canary, canary+"-0071") }, own, true},
		{"the scope of all", nil, access.ScopeAll(), true},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t)
			planted := p.plant(t)
			p.admit(t, "", "0049")
			if c.after != nil {
				c.after(p)
			}
			methods := scopedMethods(p.DB)
			if len(methods) < 10 {
				t.Fatalf("only %d methods take a scope", len(methods))
			}
			for name, method := range methods {
				for _, result := range call(t, method, c.scope, planted) {
					tells := !nothing(reflect.ValueOf(result))
					if name == "Accounts" { // it tells of accounts, not of bills
						tells = strings.Contains(fmt.Sprintf("%+v", result), canary)
						if strings.HasPrefix(c.about, "quarantine") {
							continue
						}
					}
					if tells != c.sees {
						t.Errorf("%s returns %+v", name, result)
					}
				}
			}
		})
	}
}

// TestMethodsWithoutScopeAreKnown makes whoever adds a method say why it needs no
// scope.
func TestMethodsWithoutScopeAreKnown_O1(t *testing.T) {
	t.Parallel()
	known := strings.Fields(`
		Close Ready Verify Reader Writer Migrate Plan
		Register RegisterEntry AccountGroups LastIssues Quarantined SetAccounts ReplaceRegister UpsertAccounts SetListed
		UpsertBills SetItems BillsWithoutItems PostponeItems KeepMalformed NewestIssue AddDocument AllDocuments
		Scope Grants GrantsTo AddGrants RemoveGrant
		People Person SetDisabled RecordIdentity SignIn AddSignInAttempt TakeSignInAttempt AddAdminLink AdminLink SignInByLink
		Session Sessions SessionCounts TouchSession RenewSession ProveSession KeepTokens DropSession
		EndSession EndSessionOf EndSessionsOf EndEverySession EndProviderSessions
		Record Ledger LedgerAfter LedgerEntries
		StartRun SaveRun SyncRun LastRun LastSound RequestSync SyncRequested RequestedRun`)
	db := newPortal(t).DB
	withScope := scopedMethods(db)
	for m := range reflect.TypeOf(db).Methods() {
		if _, ok := withScope[m.Name]; !ok && !slices.Contains(known, m.Name) {
			t.Errorf("%s takes no scope: if it tells nothing of bills, add it here", m.Name)
		}
	}
}
