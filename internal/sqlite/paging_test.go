package sqlite_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

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
