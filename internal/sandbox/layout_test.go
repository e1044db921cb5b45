package sandbox

import (
	"testing"
	"time"
)

// Every bill fits on six pages, and no page but the first is without a line.
func TestEveryBillFits(t *testing.T) {
	t.Parallel()
	w := NewWorld(3, time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC))
	for _, b := range w.Bills() {
		pages := paginate(rowsOf(b))
		if len(pages) > 6 {
			t.Errorf("bill %s with %d items needs %d pages", b.Number, len(b.Items), len(pages))
		}
		for i, page := range pages {
			if _, line := page[0].(totalsRow); line || len(page) == 0 {
				t.Errorf("bill %s: page %d has nothing but the totals", b.Number, i+1)
			}
			if _, heading := page[len(page)-1].(headingRow); heading {
				t.Errorf("bill %s: page %d ends with a heading", b.Number, i+1)
			}
		}
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    decimal
		want string
	}{
		{decimal{0, 0}, "0"}, {decimal{0, 2}, "0.00"}, {decimal{5, 3}, "0.005"}, {decimal{-5, 2}, "-0.05"},
		{decimal{1825040, 2}, "18250.40"}, {decimal{-100, 2}, "-1.00"}, {decimal{1234, 0}, "1234"},
		{decimal{125, 2}.round(1), "1.3"}, {decimal{-125, 2}.round(1), "-1.3"}, {decimal{124, 2}.round(1), "1.2"},
		{decimal{-124, 2}.round(1), "-1.2"}, {decimal{12, 1}.round(3), "1.200"}, {decimal{49, 2}.round(0), "0"},
		{decimal{41220, 0}.times(decimal{870, 4}, 2), "3586.14"}, {decimal{200, 1}.percent(), "0.200"},
	} {
		if got := c.d.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
