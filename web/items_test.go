package web

import (
	"testing"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

func item(category, net string) billing.Item {
	return billing.Item{Category: category, Label: "x", Net: billing.NewMoney(net, "EUR")}
}

func TestSubtotalsAreThoseOfTheirGroupAlone(t *testing.T) {
	t.Parallel()
	bill := billing.Bill{Net: billing.NewMoney("125.00", "EUR")}
	view := itemsView(i18n.For(i18n.En), bill, []billing.Item{
		item("recurring", "100.00"), item("", "5.00"), item("usage", "10.00"), item("RECURRING", "10.00"),
	})
	want := []struct{ name, count, subtotal string }{
		{"Recurring", "2 items", "110.00"}, {"Other", "1 item", "5.00"}, {"Usage", "1 item", "10.00"},
	}
	if len(view.Groups) != len(want) {
		t.Fatalf("%d groups, want %d", len(view.Groups), len(want))
	}
	for n, w := range want {
		g := view.Groups[n]
		if g.Name != w.name || g.Count != w.count || g.Subtotal.Text != w.subtotal {
			t.Errorf("group %d is %q, %q, %q; want %v", n, g.Name, g.Count, g.Subtotal.Text, w)
		}
	}
	if view.Mismatch != "" {
		t.Errorf("the items come to 125.00 as the bill says, yet: %s", view.Mismatch)
	}
}

func TestAGroupWithAnAmountThatCannotBeAddedHasNoSubtotal(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{"", "12,00"} {
		view := itemsView(i18n.For(i18n.En), billing.Bill{}, []billing.Item{item("usage", "1.00"), item("usage", odd)})
		if got := view.Groups[0].Subtotal; got.Text != "" {
			t.Errorf("with %q the subtotal is %q, want none", odd, got.Text)
		}
	}
}
