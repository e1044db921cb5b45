package sandbox_test

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// theWorld is shared by the tests that only read it.
var theWorld = sync.OnceValue(func() *sandbox.World { return sandbox.NewWorld(1, testDay) })

// rat reads decimal text exactly, by arithmetic the sandbox does not use.
func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// digitsOf is ISO 4217's number of decimals for the currencies of the world.
var digitsOf = map[string]int{"EUR": 2, "GBP": 2, "USD": 2, "CHF": 2, "PLN": 2, "JPY": 0, "KWD": 3}

func TestSameSeedAndDaySameWorld(t *testing.T) {
	t.Parallel()
	one, two := sandbox.NewWorld(7, testDay), sandbox.NewWorld(7, testDay.Add(9*time.Hour))
	if !reflect.DeepEqual(one.Bills(), two.Bills()) || !reflect.DeepEqual(one.Stories, two.Stories) {
		t.Error("two worlds of the same seed and day differ")
	}
	if reflect.DeepEqual(one.Bills(), sandbox.NewWorld(8, testDay).Bills()) {
		t.Error("another seed gives the same bills")
	}
}

// A day later there are a few bills more; none has changed its id, number or
// items.
func TestNextDayKeepsBills(t *testing.T) {
	t.Parallel()
	today := sandbox.NewWorld(1, testDay.AddDate(0, 0, -1))
	tomorrow := theWorld()
	for _, b := range today.Bills() {
		later, ok := tomorrow.Bill(b.ID)
		if !ok || later.Number != b.Number || !reflect.DeepEqual(later.Items, b.Items) {
			t.Errorf("bill %s is another one the next day", b.Number)
		}
	}
}

func TestSizeOfTheWorld(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{0, 1, 42} {
		for _, day := range []string{"2026-11-30", "2026-03-01", "2027-02-14", "2024-02-29"} {
			t.Run(fmt.Sprint(seed, " ", day), func(t *testing.T) {
				t.Parallel()
				today, err := time.Parse(time.DateOnly, day)
				if err != nil {
					t.Fatal(err)
				}
				checkSize(t, sandbox.NewWorld(seed, today), today)
			})
		}
	}
}

func checkSize(t *testing.T, w *sandbox.World, today time.Time) {
	countries, entities, currencies := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range w.Accounts() {
		countries[a.Country], entities[a.Entity], currencies[a.Currency] = true, true, true
	}
	if len(w.Accounts()) != 24 || len(countries) != 8 || len(entities) != 4 || len(currencies) != 7 {
		t.Errorf("%d accounts, %d countries, %d entities, %d currencies", len(w.Accounts()), len(countries), len(entities), len(currencies))
	}
	if n := len(w.Bills()); n < 1040 || n > 1160 {
		t.Errorf("%d bills, want about 1,100", n)
	}
	last := today.Format(time.DateOnly)
	first := time.Date(today.Year(), today.Month()-35, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	thisMonth, ids, categories := 0, map[string]bool{}, map[string]bool{}
	long := 0
	for _, b := range w.Bills() {
		if ids[b.ID] || b.IssuedAt > last || b.IssuedAt < first || b.PeriodEnd >= b.IssuedAt {
			t.Errorf("bill %s twice or out of time: issued %s, period to %s", b.ID, b.IssuedAt, b.PeriodEnd)
		}
		ids[b.ID] = true
		if len(b.Items) < 5 || len(b.Items) > 400 {
			t.Errorf("bill %s has %d items", b.Number, len(b.Items))
		}
		if len(b.Items) > 350 {
			long++
		}
		if b.IssuedAt[:7] == last[:7] {
			thisMonth++
		}
		for _, i := range b.Items {
			categories[i.Category] = true
		}
	}
	if long == 0 || len(categories) != 5 || (thisMonth == 0 && today.Day() > 3) {
		t.Errorf("%d long bills, categories %v, %d bills this month", long, categories, thisMonth)
	}
}

// TestEverythingAddsUp checks every line, tax and total with exact fractions.
func TestEverythingAddsUp(t *testing.T) {
	t.Parallel()
	w := theWorld()
	for _, b := range w.Bills() {
		checkBill(t, b, b.ID == w.Stories.BrokenSum.ID, w.Stories.BrokenSumBy)
	}
	checkBill(t, &w.Stories.AsIssued, false, "")
}

func checkBill(t *testing.T, b *sandbox.Bill, broken bool, by string) {
	t.Helper()
	digits := digitsOf[b.Currency]
	items, itemTax := new(big.Rat), map[string]*big.Rat{}
	for _, i := range b.Items {
		net := rat(t, i.Net)
		product := new(big.Rat).Mul(rat(t, i.Quantity), rat(t, i.UnitPrice))
		if rounded(product, digits) != i.Net || i.Currency != b.Currency {
			t.Errorf("item %s: %s × %s is not %s %s", i.ID, i.Quantity, i.UnitPrice, i.Net, i.Currency)
		}
		if new(big.Rat).Add(net, rat(t, i.Tax)).Cmp(rat(t, i.Gross)) != 0 {
			t.Errorf("item %s: %s + %s is not %s", i.ID, i.Net, i.Tax, i.Gross)
		}
		items.Add(items, net)
		if itemTax[i.TaxRate] == nil {
			itemTax[i.TaxRate] = new(big.Rat)
		}
		itemTax[i.TaxRate].Add(itemTax[i.TaxRate], rat(t, i.Tax))
	}
	if broken {
		items.Add(items, rat(t, by))
	}
	bases, taxes := new(big.Rat), new(big.Rat)
	for _, tax := range b.Taxes {
		amount := new(big.Rat).Mul(rat(t, tax.Base), rat(t, tax.Rate))
		if rounded(amount.Quo(amount, big.NewRat(100, 1)), digits) != tax.Amount {
			t.Errorf("bill %s: %s %% of %s is not %s", b.Number, tax.Rate, tax.Base, tax.Amount)
		}
		if !broken && itemTax[tax.Rate].Cmp(rat(t, tax.Amount)) != 0 {
			t.Errorf("bill %s: the items' tax at %s %% is not %s", b.Number, tax.Rate, tax.Amount)
		}
		bases.Add(bases, rat(t, tax.Base))
		taxes.Add(taxes, rat(t, tax.Amount))
	}
	net, gross := rat(t, b.Net), rat(t, b.Gross)
	if items.Cmp(net) != 0 || bases.Cmp(net) != 0 || taxes.Cmp(rat(t, b.Tax)) != 0 ||
		new(big.Rat).Add(net, taxes).Cmp(gross) != 0 || b.AmountDue != b.Gross {
		t.Errorf("bill %s does not add up", b.Number)
	}
	for _, amount := range []string{b.Net, b.Tax, b.Gross} {
		if _, fraction, _ := strings.Cut(amount, "."); len(fraction) != digits {
			t.Errorf("bill %s: %s has not the digits of %s", b.Number, amount, b.Currency)
		}
	}
	if credit := b.Type == sandbox.TypeCreditNote; credit != (gross.Sign() < 0) {
		t.Errorf("%s %s comes to %s", b.Type, b.Number, b.Gross)
	}
}

// rounded is r with digits decimals, half away from zero.
func rounded(r *big.Rat, digits int) string { return r.FloatString(digits) }

// A discount of 4 % is 4 % of what is recurring.
func TestDiscountFollowsRecurringItems(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, b := range theWorld().Bills() {
		recurring := new(big.Rat)
		for _, i := range b.Items {
			switch i.Category {
			case sandbox.CategoryRecurring:
				recurring.Add(recurring, rat(t, i.Net))
			case sandbox.CategoryDiscount:
				seen++
				want := rounded(recurring.Mul(recurring, big.NewRat(-4, 100)), digitsOf[b.Currency])
				if i.Net != want {
					t.Errorf("bill %s: discount is %s, want %s", b.Number, i.Net, want)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d discounts", seen)
	}
}

// dayAfter is the day n days after a day.
func dayAfter(t *testing.T, day string, n int) string {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d.AddDate(0, 0, n).Format(time.DateOnly)
}
