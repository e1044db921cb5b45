package sqlite_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
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

// sameTotals adds up the bills of a list by hand.
func sameTotals(t *testing.T, totals billing.Totals, bills []billing.Bill) {
	t.Helper()
	want := map[string]billing.Total{}
	notes := 0
	for _, b := range bills {
		if b.Kind == billing.CreditNote {
			notes++
		}
		sum := want[b.Currency]
		sum.Currency = b.Currency
		sum.Bills++
		_, fits := b.Gross.TenThousandths()
		switch {
		case !fits || b.Gross.Currency() != b.Currency:
			sum.Excluded++
		case !sum.Gross.Supplied():
			sum.Gross = b.Gross
		default:
			var err error
			sum.Gross, err = sum.Gross.Add(b.Gross)
			must(t, err)
		}
		want[b.Currency] = sum
	}
	if totals.Bills != len(bills) || totals.CreditNotes != notes || len(totals.ByCurrency) != len(want) {
		t.Errorf("totals %+v of %d bills, %d credit notes", totals, len(bills), notes)
	}
	for _, got := range totals.ByCurrency {
		w := want[got.Currency]
		same := !got.Gross.Supplied() && !w.Gross.Supplied()
		if order, err := got.Gross.Cmp(w.Gross); err == nil && order == 0 {
			same = true
		}
		if got.Bills != w.Bills || got.Excluded != w.Excluded || !same {
			t.Errorf("%s: got %+v, want %+v", got.Currency, got, w)
		}
	}
}

func TestAmountsThatCannotBeSummedAreNamed(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.upsert(t,
		bill("good", "1", "2026-09-01", "10.00"),
		bill("missing", "1", "2026-09-01", ""),
		bill("odd", "1", "2026-09-01", "n/a"),
		bill("too fine", "1", "2026-09-01", "1.00001"),
		bill("too great", "1", "2026-09-01", strings.Repeat("9", 30)),
		bill("of another currency", "1", "2026-09-01", "", func(b *billing.Bill) { b.Gross = billing.NewMoney("500", "USD") }),
		bill("without currency", "1", "2026-09-01", "", func(b *billing.Bill) { b.Currency, b.Gross = "", billing.NewMoney("7", "") }),
	)
	totals, err := p.Totals(t.Context(), access.ScopeAll(), billing.BillFilter{})
	want := []billing.Total{
		{Currency: "EUR", Gross: billing.NewMoney("10", "EUR"), Bills: 6, Excluded: 5}, {Currency: "", Bills: 1, Excluded: 1},
	}
	if err != nil || totals.Bills != 7 || !slices.Equal(totals.ByCurrency, want) {
		t.Errorf("%+v, %v", totals, err)
	}
	months, err := p.MonthTotals(t.Context(), access.ScopeAll(), billing.Period{})
	if err != nil || len(months) != 2 || months[1].Total != want[0] {
		t.Errorf("%+v, %v", months, err)
	}
}

func TestSumsMayBeGreaterThanAnyAmount(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	const most = "922337203685477.5807"
	p.upsert(t, bill("a", "1", "2026-09-01", most), bill("b", "1", "2026-09-01", most), bill("c", "1", "2026-09-01", "0.01"))
	totals, err := p.Totals(t.Context(), access.ScopeAll(), billing.BillFilter{})
	if err != nil || len(totals.ByCurrency) != 1 || totals.ByCurrency[0].Gross.Number() != "1844674407370955.1714" {
		t.Errorf("%+v, %v", totals, err)
	}
	months, err := p.MonthTotals(t.Context(), access.ScopeAll(), billing.Period{})
	if err != nil || len(months) != 1 || months[0].Gross.Number() != "1844674407370955.1714" {
		t.Errorf("%+v, %v", months, err)
	}
	if bills := p.list(t, access.ScopeAll(), billing.BillFilter{Min: most}); len(bills) != 2 {
		t.Errorf("%d bills of the greatest amount", len(bills))
	}
	if n, ok := billing.NewMoney(most, "EUR").TenThousandths(); !ok || n != math.MaxInt64 {
		t.Error("the greatest amount")
	}
}

func TestTotalsByMonth(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.upsert(t, bill("a", "1", "2026-08-01", "1"), bill("b", "1", "2026-08-31", "0.5"), bill("c", "1", "2026-09-01", "-3"), bill("d", "1", "", "9"), bill("e", "1", "2026-07-31", "9"))
	months, err := p.MonthTotals(t.Context(), access.ScopeAll(), billing.Period{First: date("2026-08-01")})
	want := []billing.MonthTotal{
		{Month: date("2026-08-01"), Total: billing.Total{Currency: "EUR", Gross: billing.NewMoney("1.5", "EUR"), Bills: 2}},
		{Month: date("2026-09-01"), Total: billing.Total{Currency: "EUR", Gross: billing.NewMoney("-3", "EUR"), Bills: 1}},
	}
	if err != nil || !slices.Equal(months, want) {
		t.Errorf("%+v, %v", months, err)
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

// crowd is many bills on few days in three accounts, one of them hidden.
func crowd(t *testing.T, p *portal, random *rand.Rand, n int) {
	t.Helper()
	p.admit(t, "one", "1")
	p.admit(t, "two", "2")
	p.set(t, billing.Hidden, "two", "3")
	var records []billingapi.BillRecord
	for i := range n {
		issued := fmt.Sprintf("2026-09-%02d", 1+random.IntN(6))
		if random.IntN(20) == 0 {
			issued = ""
		}
		currency := []string{"EUR", "EUR", "JPY"}[random.IntN(3)]
		gross := billing.NewMoney(fmt.Sprintf("%d.%02d", random.IntN(2000)-1000, random.IntN(100)), currency)
		records = append(records, bill(fmt.Sprint(p.clock().Unix(), "-", i), billing.AccountNumber(fmt.Sprint(1+random.IntN(3))), issued, "",
			func(b *billing.Bill) {
				b.Currency, b.Gross, b.Kind = currency, gross, billing.Kinds()[random.IntN(3)]
			}))
	}
	p.upsert(t, records...)
}

func randomFilter(random *rand.Rand) (access.Scope, billing.BillFilter) {
	scope := []access.Scope{access.ScopeAll(), access.ScopeOf("1", "3"), access.ScopeOf("2")}[random.IntN(3)]
	f := billing.BillFilter{
		Currency: []string{"", "", "EUR"}[random.IntN(3)], Min: []billing.Decimal{"", "-500", "0.5"}[random.IntN(3)],
		Text: []string{"", "", "1"}[random.IntN(3)],
	}
	if random.IntN(2) == 0 {
		f.Kinds = billing.Kinds()[:1+random.IntN(2)]
	}
	if random.IntN(2) == 0 {
		f.Issued.First = date("2026-09-02")
	}
	if random.IntN(2) == 0 {
		f.Groups = []string{"one"}
	}
	return scope, f
}

func cursor(b billing.Bill) billing.Cursor { return billing.Cursor{IssuedOn: b.IssuedOn, ID: b.ID} }

func TestPagingVisitsEveryBillOnceInBothDirections(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	random := rand.New(rand.NewPCG(7, 8))
	crowd(t, p, random, 300)
	for range 40 {
		scope, f := randomFilter(random)
		want := p.list(t, scope, f)
		if !slices.IsSortedFunc(want, func(a, b billing.Bill) int {
			return cmp.Or(cmp.Compare(b.IssuedOn.String(), a.IssuedOn.String()), cmp.Compare(b.ID, a.ID))
		}) {
			t.Fatal("the list is not in order")
		}
		totals, err := p.Totals(t.Context(), scope, f)
		must(t, err)
		sameTotals(t, totals, want)
		limit := 1 + random.IntN(60)
		if got := forward(t, p, scope, f, limit, nil); !slices.Equal(got, upstreamIDs(want)) {
			t.Fatalf("forward by %d: %d bills, want %d", limit, len(got), len(want))
		}
		if got := backward(t, p, scope, f, limit); len(want) > 0 && !slices.Equal(got, upstreamIDs(want)) {
			t.Fatalf("backward by %d: %d bills, want %d", limit, len(got), len(want))
		}
	}
}

func TestPagingIsStableWhileBillsArrive(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	random := rand.New(rand.NewPCG(9, 10))
	crowd(t, p, random, 150)
	before := upstreamIDs(p.list(t, access.ScopeAll(), billing.BillFilter{}))
	got := forward(t, p, access.ScopeAll(), billing.BillFilter{}, 13, func() {
		p.wait(time.Second)
		crowd(t, p, random, 7)
	})
	seen := map[string]int{}
	for _, id := range got {
		seen[id]++
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s was shown %d times", id, n)
		}
	}
	for _, id := range before {
		if seen[id] != 1 {
			t.Errorf("%s was passed over", id)
		}
	}
}

// forward walks from the newest bill to the oldest; between runs after each page.
func forward(t *testing.T, p *portal, scope access.Scope, f billing.BillFilter, limit int, between func()) []string {
	t.Helper()
	var got []string
	for after := (billing.Cursor{}); ; {
		page, err := p.Bills(t.Context(), scope, f, billing.Page{After: after, Limit: limit})
		must(t, err)
		if len(page.Bills) > limit || page.HasNewer == after.IsZero() {
			t.Fatalf("a page of %d after %v, newer %v", len(page.Bills), after, page.HasNewer)
		}
		got = append(got, upstreamIDs(page.Bills)...)
		if !page.HasOlder {
			return got
		}
		if after = cursor(page.Bills[len(page.Bills)-1]); between != nil {
			between()
		}
	}
}

// backward walks from the oldest bill to the newest and gives them newest first.
func backward(t *testing.T, p *portal, scope access.Scope, f billing.BillFilter, limit int) []string {
	t.Helper()
	all := p.list(t, scope, f)
	if len(all) == 0 {
		return nil
	}
	oldest := all[len(all)-1]
	got := []string{string(oldest.UpstreamID)}
	for before := cursor(oldest); ; {
		page, err := p.Bills(t.Context(), scope, f, billing.Page{Before: before, Limit: limit})
		must(t, err)
		got = append(upstreamIDs(page.Bills), got...)
		if !page.HasNewer {
			return got
		}
		if !page.HasOlder {
			t.Fatal("a page before a bill does not lead back to it")
		}
		before = cursor(page.Bills[0])
	}
}
