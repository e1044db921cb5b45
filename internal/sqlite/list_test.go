package sqlite_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

func TestFiltersNarrowTheList(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "France", "0071 4420 18", "0071 4420 26")
	p.admit(t, "Germany", "0049")
	p.admit(t, "", "50%_\\")
	p.upsertAccounts(t, listed("0049", ""))
	p.upsert(t,
		bill("a", "0071 4420 18", "2026-09-01", "10.00", func(b *billing.Bill) { b.PurchaseOrder = "PO 100%" }),
		bill("b", "0071 4420 26", "2026-09-15", "20.00", func(b *billing.Bill) { b.Number = "FR26-0091745" }),
		bill("c", "0049", "2026-08-31", "-5", func(b *billing.Bill) { b.Kind = billing.CreditNote }),
		bill("d", "0049", "2026-07-01", "10.0001", func(b *billing.Bill) {
			b.Currency, b.Gross, b.Kind = "USD", billing.NewMoney("10.0001", "USD"), billing.Other
		}),
		bill("e", "50%_\\", "", "n/a"),
	)
	for _, c := range []struct {
		about  string
		filter billing.BillFilter
		want   string
	}{
		{"nothing asked", billing.BillFilter{}, "b a c d e"},
		{"one account", billing.BillFilter{Accounts: []billing.AccountNumber{"0049"}}, "c d"},
		{"two accounts", billing.BillFilter{Accounts: []billing.AccountNumber{"0049", "0071 4420 18"}}, "a c d"},
		{"an account nobody knows", billing.BillFilter{Accounts: []billing.AccountNumber{"0050"}}, ""},
		{"a group", billing.BillFilter{Groups: []string{"france"}}, "b a"},
		{"two groups", billing.BillFilter{Groups: []string{"France", "Germany"}}, "b a c d"},
		{"a kind", billing.BillFilter{Kinds: []billing.Kind{billing.CreditNote}}, "c"},
		{"two kinds", billing.BillFilter{Kinds: []billing.Kind{billing.CreditNote, billing.Other}}, "c d"},
		{"from a day on", billing.BillFilter{Issued: billing.Period{First: date("2026-09-01")}}, "b a"},
		{"until a day", billing.BillFilter{Issued: billing.Period{Last: date("2026-08-31")}}, "c d"},
		{"one day", billing.BillFilter{Issued: billing.Period{First: date("2026-08-31"), Last: date("2026-08-31")}}, "c"},
		{"a currency", billing.BillFilter{Currency: "USD"}, "d"},
		{"at least", billing.BillFilter{Min: "10"}, "b a d"},
		{"at least, to the ten-thousandth", billing.BillFilter{Min: "10.0001"}, "b d"},
		{"at most", billing.BillFilter{Max: "10"}, "a c"},
		{"between negative amounts", billing.BillFilter{Min: "-5", Max: "-5.0"}, "c"},
		{"a bound that cannot be compared", billing.BillFilter{Min: "10.00001"}, ""},
		{"a bound that is no number", billing.BillFilter{Max: "ten"}, ""},
		{"a bill number without separators", billing.BillFilter{Text: "fr260091745"}, "b"},
		{"a part of a number, otherwise separated", billing.BillFilter{Text: "26/009-17"}, "b"},
		{"an account number", billing.BillFilter{Text: "00714420"}, "b a"},
		{"a name of ours", billing.BillFilter{Text: "name of 0049"}, "c d"},
		{"a name of the API's", billing.BillFilter{Text: "upstream"}, "c d"},
		{"a purchase order", billing.BillFilter{Text: "po 1"}, "a"},
		{"a per cent sign is a sign", billing.BillFilter{Text: "%"}, "a e"},
		{"an underline is a sign", billing.BillFilter{Text: "_"}, "e"},
		{"a backslash is a sign", billing.BillFilter{Text: "\\"}, "e"},
		{"quotes are signs", billing.BillFilter{Text: "' OR 1 --"}, ""},
		{"blanks are nothing", billing.BillFilter{Text: "  "}, "b a c d e"},
		{"everything at once", billing.BillFilter{
			Accounts: []billing.AccountNumber{"0071 4420 18", "0071 4420 26"}, Groups: []string{"France"}, Kinds: []billing.Kind{billing.Invoice},
			Issued: billing.Period{First: date("2026-09-01"), Last: date("2026-09-30")}, Currency: "EUR", Text: "name", Min: "15", Max: "25",
		}, "b"},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			bills := p.list(t, access.ScopeAll(), c.filter)
			if got := strings.Join(upstreamIDs(bills), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			totals, err := p.Totals(t.Context(), access.ScopeAll(), c.filter)
			must(t, err)
			sameTotals(t, totals, bills)
		})
	}
}

func TestNewBillsActivitiesCurrenciesAndRelated(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1", "2")
	p.upsert(t, bill("old", "1", "2026-09-10", "1"))
	seen := p.clock()
	p.wait(time.Minute)
	p.upsert(t, bill("new", "1", "2026-09-01", "1"), bill("note", "2", "2026-09-05", "-1", func(b *billing.Bill) {
		b.Kind, b.Original.UpstreamID, b.Currency, b.Gross = billing.CreditNote, "old", "USD", billing.NewMoney("-1", "USD")
	}), bill("twin", "2", "2026-09-04", "1", func(b *billing.Bill) { b.Number = "fr26 OLD" }))
	all := access.ScopeAll()
	fresh, err := p.NewBills(t.Context(), all, seen, 2)
	if err != nil || !slices.Equal(upstreamIDs(fresh), []string{"note", "twin"}) {
		t.Errorf("new: %v, %v", upstreamIDs(fresh), err)
	}
	activities, err := p.AccountActivities(t.Context(), all)
	if err != nil || len(activities) != 2 || activities["1"].Bills != 2 || activities["1"].Last.UpstreamID != "old" || activities["2"].Last.UpstreamID != "note" {
		t.Errorf("activities: %+v, %v", activities, err)
	}
	currencies, err := p.Currencies(t.Context(), all)
	if err != nil || !slices.Equal(currencies, []string{"EUR", "USD"}) {
		t.Errorf("currencies: %v, %v", currencies, err)
	}
	bills := p.list(t, all, billing.BillFilter{})
	for _, c := range []struct{ of, want, inOwnScope string }{
		{"old", "note twin", ""}, {"note", "old", ""}, {"twin", "old", ""}, {"new", "", ""},
	} {
		b := bills[slices.IndexFunc(bills, func(b billing.Bill) bool { return string(b.UpstreamID) == c.of })]
		for scope, want := range map[*access.Scope]string{&all: c.want, new(access.ScopeOf(b.Account)): c.inOwnScope} {
			related, err := p.Related(t.Context(), *scope, b)
			if got := strings.Join(upstreamIDs(related), " "); err != nil || got != want {
				t.Errorf("beside %s stand %q, want %q, %v", c.of, got, want, err)
			}
		}
	}
}
