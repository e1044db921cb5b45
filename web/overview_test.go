package web

import (
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// yearOf is a sum of 100 EUR in each month that an overview shows.
func yearOf(today billing.Date) []billing.MonthTotal {
	var totals []billing.MonthTotal
	for n := range monthsShown {
		totals = append(totals, billing.MonthTotal{Month: today.FirstOfMonth(-n), Total: billing.Total{
			Currency: "EUR", Gross: billing.NewMoney("100.00", "EUR"), Bills: 2,
		}})
	}
	return totals
}

func TestAMonthThatLeavesABillOutIsNamedAndComparedWithNothing(t *testing.T) {
	t.Parallel()
	texts, today := i18n.For(i18n.En), billing.NewDate(2026, time.November, 23)
	for _, c := range []struct {
		about          string
		excluded       int // months before this one
		text           string
		figures, means int
	}{
		{"none", -1, "", 2, 1},
		{"this month", 0, "Not added: 1 bill whose amount cannot be computed with: November 2026.", 0, 1},
		{"last month", 1, "Not added: 1 bill whose amount cannot be computed with: October 2026.", 0, 0},
		{"a month long ago", 9, "Not added: 1 bill whose amount cannot be computed with: February 2026.", 1, 0},
	} {
		totals := yearOf(today)
		if c.excluded >= 0 {
			totals[c.excluded].Excluded = 1
		}
		view := monthView(texts, today, totals)
		figures, means := 0, 0
		for _, v := range view.Heroes[0].Versus {
			if v.Figure != "" {
				figures++
			}
		}
		if view.Heroes[0].Chart.Mean != "" && view.Table.Mean[0].Text != "" {
			means++
		}
		if got := view.Heroes[0].Excluded; got != c.text || figures != c.figures || means != c.means {
			t.Errorf("%s: %q with %d comparisons and %d means; want %q, %d, %d", c.about, got, figures, means, c.text, c.figures, c.means)
		}
	}
}
