package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

func full(account billing.AccountNumber) billing.Bill {
	gbp := func(n string) billing.Money { return billing.NewMoney(n, "GBP") }
	return billing.Bill{
		UpstreamID: "1013390", Number: "GB26-0091745", Kind: billing.CreditNote, Type: "creditNote", State: "settled", Account: account,
		IssuedOn: date("2026-09-05"), DueOn: date("2026-10-05"), Period: billing.Period{First: date("2026-08-01"), Last: date("2026-08-31")},
		Currency: "GBP", Net: gbp("-1000.00"), Tax: gbp("-200.0"), Gross: gbp("-1200"), Due: gbp("0.00"),
		Taxes: []billing.Tax{
			{Category: "VAT", Rate: "20", Base: gbp("-1000.00"), Amount: gbp("-200.0")}, {Category: "Ünknown", Base: gbp("")},
		},
		SignTurned: true, PurchaseOrder: "PO 7", SendingFormat: "paper", Original: billing.Reference{UpstreamID: "99", Number: "GB26-0000001"},
		UpdatedAt: time.Date(2026, 9, 6, 5, 4, 3, 0, time.UTC),
	}
}

func TestABillIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	want := full("0071")
	p.upsert(t, billingapi.BillRecord{Bill: want, Raw: []byte("{}")})
	got := p.only(t)
	if !regexp.MustCompile(`^[a-z2-7]{20}$`).MatchString(string(got.ID)) {
		t.Errorf("our key is %q", got.ID)
	}
	want.ID, want.Version, want.SyncedAt, want.AccountName = got.ID, 1, p.clock(), "Name of 0071"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if _, err := p.Bill(t.Context(), access.ScopeAll(), "unknown"); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestAmountsSurviveToTheLastDigit(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	random := rand.New(rand.NewPCG(5, 6))
	amount := func() billing.Money {
		digits := make([]byte, 1+random.IntN(33))
		for i := range digits {
			digits[i] = byte('0' + random.IntN(10))
		}
		text := string(digits)
		if cut := random.IntN(len(text)); cut > 0 {
			text = text[:cut] + "." + text[cut:]
		}
		odd := []string{"", "n/a", "1,50", text + "x", strings.Repeat("9", 60)}
		if random.IntN(8) == 0 {
			text = odd[random.IntN(len(odd))]
		}
		return billing.NewMoney([]string{"", "-"}[random.IntN(2)]+text, "EUR")
	}
	want := map[billing.UpstreamID]billing.Bill{}
	var records []billingapi.BillRecord
	for i := range 400 {
		r := bill(fmt.Sprint(i), "0071", "2026-09-01", "1", func(b *billing.Bill) { b.Net, b.Tax, b.Gross, b.Due = amount(), amount(), amount(), amount() })
		records = append(records, r)
		want[r.Bill.UpstreamID] = r.Bill
	}
	p.upsert(t, records...)
	for _, b := range p.list(t, access.ScopeAll(), billing.BillFilter{}) {
		w := want[b.UpstreamID]
		if b.Net != w.Net || b.Tax != w.Tax || b.Gross != w.Gross || b.Due != w.Due {
			t.Errorf("got %v %v %v %v, want %v %v %v %v", b.Net, b.Tax, b.Gross, b.Due, w.Net, w.Tax, w.Gross, w.Due)
		}
	}
}

func TestEveryStateOfABillIsAVersion(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	first := bill("1", "0071", "2026-09-01", "12.50")
	if n := p.upsert(t, first); n != 1 {
		t.Errorf("a new bill: %d changed", n)
	}
	before := p.only(t)
	must(t, p.SetItems(t.Context(), before, []billing.Item{{Line: 1}}, []byte("[]")))
	p.wait(time.Hour)
	if n := p.upsert(t, first, first); n != 0 {
		t.Errorf("an unchanged bill: %d changed", n)
	}
	if same := p.only(t); same.Version != 1 || same.Items != billing.ItemsHeld {
		t.Errorf("%+v", same)
	}
	changed := bill("1", "0071", "2026-09-02", "13.00", func(b *billing.Bill) { b.Taxes = []billing.Tax{{Rate: "20"}} })
	if n := p.upsert(t, changed); n != 1 {
		t.Errorf("a changed bill: %d changed", n)
	}
	after := p.only(t)
	if after.ID != before.ID || after.Version != 2 || after.Items != billing.ItemsStale || after.Gross.Number() != "13.00" || len(after.Taxes) != 1 {
		t.Errorf("%+v", after)
	}
	p.upsert(t, first)
	if back := p.only(t); back.Version != 3 || back.Gross.Number() != "12.50" || len(back.Taxes) != 0 || back.Items != billing.ItemsStale {
		t.Errorf("%+v", back)
	}
	var versions, payloads int
	must(t, p.Reader().QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT payload) FROM bill_versions`).Scan(&versions, &payloads))
	if versions != 3 || payloads != 2 {
		t.Errorf("%d versions, %d payloads", versions, payloads)
	}
}

func TestAFaultyBillLeavesNothingOfItsChunk(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	if _, err := p.UpsertBills(t.Context(), []billingapi.BillRecord{
		bill("1", "0071", "2026-09-01", "1"), bill("2", "0071", "2026-09-01", "1", func(b *billing.Bill) { b.Kind = "receipt" }),
	}); err == nil || len(p.list(t, access.ScopeAll(), billing.BillFilter{})) != 0 {
		t.Errorf("%v", err)
	}
}

func TestItemsBelongToTheStateTheyWereFetchedFor(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	old := p.only(t)
	usd := func(n string) billing.Money { return billing.NewMoney(n, "USD") }
	items := []billing.Item{
		{UpstreamID: "1-2", Line: 2, Category: "usage", Label: "Calls", OfferID: "OFR-1", SiteName: "FR-PAR-01", Country: "FR",
			Period: billing.Period{First: date("2026-08-01"), Last: date("2026-08-31")}, Quantity: "1.50", Unit: "h", UnitPrice: "0.00010",
			Net: usd("0.10"), TaxRate: "20.0", Tax: usd("0.020"), Gross: usd("0.12")},
		{Line: 1, Net: billing.NewMoney("n/a", "USD"), Gross: usd("1.00")},
		{Line: 1},
	}
	must(t, p.SetItems(t.Context(), old, items, []byte("[]")))
	got, err := p.Items(t.Context(), access.ScopeAll(), old.ID)
	if err != nil || !slices.Equal(got, items) {
		t.Errorf("got\n%+v\nwant\n%+v\n%v", got, items, err)
	}
	p.upsert(t, bill("1", "0071", "2026-09-01", "99"))
	must(t, p.SetItems(t.Context(), old, items[:1], []byte("[]")))
	if b := p.only(t); b.Items != billing.ItemsStale {
		t.Errorf("items of the state before count as %q", b.Items)
	}
	waiting, err := p.BillsWithoutItems(t.Context(), billing.Cursor{}, 10)
	if err != nil || len(waiting) != 1 || waiting[0].Version != 2 {
		t.Errorf("%v, %v", waiting, err)
	}
	must(t, p.SetItems(t.Context(), waiting[0], nil, []byte("[]")))
	if b := p.only(t); b.Items != billing.ItemsHeld {
		t.Errorf("a bill without items counts as %q", b.Items)
	}
	if err := p.SetItems(t.Context(), billing.Bill{ID: "unknown"}, nil, nil); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestBillsWithoutItemsAreThoseSomebodyMayAskFor(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.set(t, billing.Hidden, "", "2")
	p.upsert(t, bill("a", "1", "2026-09-01", "1"), bill("b", "1", "2026-09-02", "1"), bill("c", "1", "2026-09-02", "1"),
		bill("d", "2", "2026-09-03", "1"), bill("e", "nowhere", "2026-09-03", "1"))
	var seen []billing.Bill
	var after billing.Cursor
	for range 3 {
		next, err := p.BillsWithoutItems(t.Context(), after, 1)
		must(t, err)
		if len(next) != 1 {
			t.Fatalf("%d bills after %v", len(next), after)
		}
		seen = append(seen, next...)
		after = billing.Cursor{IssuedOn: next[0].IssuedOn, ID: next[0].ID}
	}
	ids := upstreamIDs(seen)
	if slices.Sort(ids[:2]); !slices.Equal(ids, []string{"b", "c", "a"}) {
		t.Errorf("%v", ids)
	}
}

func TestBillsWhoseItemsCannotBeHadWaitLongerEachTime(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1")
	p.upsert(t, bill("a", "1", "2026-09-01", "1"))
	b := p.only(t)
	asked := func() bool {
		t.Helper()
		waiting, err := p.BillsWithoutItems(t.Context(), billing.Cursor{}, 10)
		must(t, err)
		return len(waiting) > 0
	}
	for _, pause := range []time.Duration{time.Hour, 6 * time.Hour, 6 * time.Hour} {
		must(t, p.PostponeItems(t.Context(), b.ID, time.Hour, 6*time.Hour))
		if p.wait(pause - time.Millisecond); asked() {
			t.Errorf("asked for again before %s", pause)
		}
		if p.wait(time.Millisecond); !asked() {
			t.Errorf("not asked for again after %s", pause)
		}
	}
	must(t, p.PostponeItems(t.Context(), b.ID, time.Hour))
	p.upsert(t, bill("a", "1", "2026-09-01", "2"))
	if !asked() {
		t.Error("a changed bill waits")
	}
	must(t, p.PostponeItems(t.Context(), b.ID, time.Hour, 6*time.Hour))
	if p.wait(time.Hour); !asked() {
		t.Error("a changed bill waits for what was before")
	}
}

func TestDocumentsOfABill(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	held := p.only(t)
	id := held.ID
	if _, err := p.Document(t.Context(), access.ScopeAll(), id); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
	first, second := billing.HeldDocument{SHA256: strings.Repeat("a", 64), Size: 10}, billing.HeldDocument{SHA256: strings.Repeat("b", 64), Size: 20}
	must(t, p.AddDocument(t.Context(), held, first))
	p.wait(time.Second)
	must(t, p.AddDocument(t.Context(), held, second))
	if d, err := p.Document(t.Context(), access.ScopeAll(), id); err != nil || d.SHA256 != second.SHA256 || d.Size != 20 || !d.FetchedAt.Equal(p.clock()) {
		t.Errorf("%+v, %v", d, err)
	}
	p.wait(time.Second)
	must(t, p.AddDocument(t.Context(), held, first))
	if d, err := p.Document(t.Context(), access.ScopeAll(), id); err != nil || d.SHA256 != first.SHA256 || !d.FetchedAt.Equal(p.clock()) {
		t.Errorf("a document that came again: %+v, %v", d, err)
	}
	p.wait(time.Second)
	p.upsert(t, bill("1", "0071", "2026-09-01", "99"))
	if d, err := p.Document(t.Context(), access.ScopeAll(), id); err != nil || d.SHA256 != first.SHA256 || d.Current {
		t.Errorf("after the bill changed: %+v, %v", d, err)
	}
	must(t, p.AddDocument(t.Context(), held, first))
	if d, err := p.Document(t.Context(), access.ScopeAll(), id); err != nil || !d.Current {
		t.Errorf("after it was fetched again: %+v, %v", d, err)
	}
	if all, err := p.AllDocuments(t.Context()); err != nil || !slices.Equal(all, []billing.HeldDocument{first, second}) {
		t.Errorf("%v, %v", all, err)
	}
	if err := p.AddDocument(t.Context(), billing.Bill{ID: "unknown", Account: "0071"}, first); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
