package sqlite_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
)

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
