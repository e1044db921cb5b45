package billing_test

import (
	"reflect"
	"testing"

	"billportal/internal/billing"
)

func TestSearchKeyForgetsSeparatorsAndCase(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"FR26-0091745": "FR260091745", "fr26 0091745": "FR260091745", "0071 4420 18": "0071442018",
		"n° 12/b": "N12B", " ": "", "%_'": "", "łódź": "ŁÓDŹ", "١٢": "١٢",
	} {
		if got := billing.SearchKey(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	if billing.BillNumber("a-1").SearchKey() != "A1" || billing.AccountNumber("0 0").SearchKey() != "00" {
		t.Error("numbers have keys of their own")
	}
}

func TestDisplayNameOfAnAccount(t *testing.T) {
	t.Parallel()
	a := billing.BillingAccount{Number: "0071"}
	for _, c := range []struct {
		give func()
		want string
	}{
		{func() {}, "0071"},
		{func() { a.UpstreamName = "SIEGE PARIS" }, "SIEGE PARIS"},
		{func() { a.Name = "Paris" }, "Paris"},
	} {
		if c.give(); a.DisplayName() != c.want {
			t.Errorf("%q, want %q", a.DisplayName(), c.want)
		}
	}
}

// signs is how header, taxes and items of a credit note stand after turning.
type signs struct {
	net, tax, gross, due string
	taxBase, taxAmount   string
	itemNet, itemGross   string
	turned               bool
}

func turn(kind billing.Kind, net, tax, gross, due string) signs {
	euro := func(n string) billing.Money { return billing.NewMoney(n, "EUR") }
	b := billing.Bill{
		Kind: kind, Net: euro(net), Tax: euro(tax), Gross: euro(gross), Due: euro(due),
		Taxes: []billing.Tax{{Rate: "20", Base: euro("10"), Amount: euro("2")}},
	}
	items := []billing.Item{{Quantity: "1", UnitPrice: "10", Net: euro("10"), Gross: euro("12")}}
	billing.TurnCreditNote(&b, items)
	return signs{
		b.Net.Number(), b.Tax.Number(), b.Gross.Number(), b.Due.Number(),
		b.Taxes[0].Base.Number(), b.Taxes[0].Amount.Number(), items[0].Net.Number(), items[0].Gross.Number(), b.SignTurned,
	}
}

func TestCreditNotesThatArrivePositiveAreTurned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about string
		got   signs
		want  signs
	}{
		{
			"all positive", turn(billing.CreditNote, "10.00", "2.00", "12.00", "12.00"),
			signs{"-10.00", "-2.00", "-12.00", "-12.00", "-10", "-2", "-10", "-12", true},
		},
		{
			"positive beside zero and missing", turn(billing.CreditNote, "10", "0", "10", ""),
			signs{"-10", "0", "-10", "", "-10", "-2", "-10", "-12", true},
		},
		{
			"positive beside text", turn(billing.CreditNote, "10", "n/a", "10", ""),
			signs{"10", "n/a", "10", "", "10", "2", "10", "12", false},
		},
		{
			"positive beside a minus behind", turn(billing.CreditNote, "10", "2", "12-", ""),
			signs{"10", "2", "12-", "", "10", "2", "10", "12", false},
		},
		{
			"all negative", turn(billing.CreditNote, "-10", "-2", "-12", "-12"),
			signs{"-10", "-2", "-12", "-12", "10", "2", "10", "12", false},
		},
		{
			"mixed", turn(billing.CreditNote, "-10", "2", "-8", "0"),
			signs{"-10", "2", "-8", "0", "10", "2", "10", "12", false},
		},
		{
			"zero", turn(billing.CreditNote, "0.00", "0", "0", "0"),
			signs{"0.00", "0", "0", "0", "10", "2", "10", "12", false},
		},
		{
			"nothing supplied", turn(billing.CreditNote, "", "", "", ""),
			signs{"", "", "", "", "10", "2", "10", "12", false},
		},
		{
			"an invoice", turn(billing.Invoice, "10", "2", "12", "12"),
			signs{"10", "2", "12", "12", "10", "2", "10", "12", false},
		},
		{
			"another kind", turn(billing.Other, "10", "2", "12", "12"),
			signs{"10", "2", "12", "12", "10", "2", "10", "12", false},
		},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.about, c.got, c.want)
		}
	}
}

func TestItemsThatComeAfterATurnedBillAreTurnedAlone(t *testing.T) {
	t.Parallel()
	b := billing.Bill{Kind: billing.CreditNote, Gross: billing.NewMoney("12", "EUR"), Taxes: []billing.Tax{{Base: billing.NewMoney("10", "EUR")}}}
	billing.TurnCreditNote(&b, nil)
	billing.TurnCreditNote(&b, nil)
	items := []billing.Item{{Net: billing.NewMoney("10", "EUR"), Tax: billing.NewMoney("2", "EUR")}, {Net: billing.NewMoney("-1", "EUR")}}
	billing.TurnCreditNote(&b, items)
	if b.Gross.Number() != "-12" || b.Taxes[0].Base.Number() != "-10" {
		t.Errorf("the bill was turned again: %v, %v", b.Gross, b.Taxes[0].Base)
	}
	if items[0].Net.Number() != "-10" || items[0].Tax.Number() != "-2" || items[1].Net.Number() != "1" || items[1].Gross.Supplied() {
		t.Errorf("items: %+v", items)
	}
}

func TestZeroValuesNameNothing(t *testing.T) {
	t.Parallel()
	if !(billing.Reference{}).IsZero() || (billing.Reference{Number: "1"}).IsZero() {
		t.Error("a reference")
	}
	if !(billing.Cursor{}).IsZero() || (billing.Cursor{ID: "x"}).IsZero() {
		t.Error("a cursor")
	}
	if len(billing.Kinds()) != 3 || len(billing.Statuses()) != 3 {
		t.Error("kinds or statuses")
	}
}
