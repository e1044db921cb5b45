package app_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

// billWords is everything that a bill's page says in figures.
type billWords struct {
	number, total             string
	facts, taxes, items, foot []string
}

// wordsOf is what the page of a bill must say.
func wordsOf(b *sandbox.Bill) billWords {
	w := billWords{
		number: b.Number, total: english(b.Gross) + b.Currency,
		facts: []string{money(b.Net, b.Currency), money(b.Tax, b.Currency)},
	}
	if b.AmountDue != b.Gross {
		w.facts = append(w.facts, money(b.AmountDue, b.Currency))
	}
	for _, tax := range b.Taxes {
		w.taxes = append(w.taxes, fmt.Sprintf("%s, %s%%: %s of %s", tax.Category, plainRate(tax.Rate), money(tax.Amount, b.Currency), money(tax.Base, b.Currency)))
	}
	for _, i := range b.Items {
		quantity := english(i.Quantity)
		if i.Unit != "" {
			quantity += "\u00a0" + plural(i.Quantity, i.Unit)
		}
		w.items = append(w.items, fmt.Sprintf("%s: %s at %s = %s", i.Label, quantity, english(padded(i.UnitPrice, digitsOf(i.Currency))), money(i.Net, i.Currency)))
	}
	w.foot = []string{money(b.Net, b.Currency), money(b.Tax, b.Currency), money(b.Gross, b.Currency)}
	slices.Sort(w.items) // the page groups them
	return w
}

// plural is a unit of the simulated API in the number of its quantity.
func plural(quantity, unit string) string {
	switch {
	case quantity == "1" || strings.ToUpper(unit) == unit || strings.Contains(unit, "/"):
		return unit
	case unit == "person":
		return "people"
	}
	return unit + "s"
}

func money(decimal, currency string) string {
	return decimal + " = " + english(decimal) + currency
}

// plainRate is a rate without zeros at its end.
func plainRate(rate string) string {
	if strings.Contains(rate, ".") {
		rate = strings.TrimRight(strings.TrimRight(rate, "0"), ".")
	}
	return rate
}

// padded is a price with at least the currency's digits.
func padded(decimal string, digits int) string {
	whole, fraction, _ := strings.Cut(decimal, ".")
	if digits == 0 && fraction == "" {
		return whole
	}
	return whole + "." + fraction + strings.Repeat("0", max(0, digits-len(fraction)))
}

// wordsShown reads the page of a bill.
func wordsShown(t *testing.T, a answer) billWords {
	t.Helper()
	d := a.document(t)
	figure := d.Find("main .page-head .figure")
	w := billWords{number: d.Find("main h1 .bill-number").Text(), total: squeezed(figure.Text())}
	d.Find("main dl.facts data").Each(func(_ int, s *goquery.Selection) { w.facts = append(w.facts, dataText(s)) })
	d.Find(`section[aria-labelledby="h-taxes"] tbody tr`).Each(func(_ int, tr *goquery.Selection) {
		amounts := tr.Find("data")
		w.taxes = append(w.taxes, fmt.Sprintf("%s, %s: %s of %s", tr.Find("th").Text(), tr.Find("td").First().Text(),
			dataText(amounts.Last()), dataText(amounts.First())))
	})
	d.Find("#bill-items tbody tr:not(.group)").Each(func(_ int, tr *goquery.Selection) {
		numbers := tr.Find("td.num")
		w.items = append(w.items, fmt.Sprintf("%s: %s at %s = %s", tr.Find("th bdi").Text(),
			numbers.Eq(0).Text(), numbers.Eq(1).Text(), dataText(tr.Find("td.key data"))))
	})
	d.Find("#bill-items tfoot data").Each(func(_ int, s *goquery.Selection) { w.foot = append(w.foot, dataText(s)) })
	slices.Sort(w.items)
	return w
}

// dataText is an amount's machine-readable value and what a reader sees of it.
func dataText(s *goquery.Selection) string {
	return s.AttrOr("value", "none") + " = " + squeezed(s.Text())
}

// squeezed is text without any space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// sameBillPage compares every figure on a bill's page with the world. Where a
// number stands for two bills, the page must be that of one of them.
func sameBillPage(t *testing.T, a answer, bills []*sandbox.Bill) {
	t.Helper()
	got := wordsShown(t, a)
	var differences []string
	for _, b := range bills {
		want := wordsOf(b)
		d := differ(got, want)
		if len(d) == 0 {
			return
		}
		differences = append(differences, b.ID+":\n\t"+strings.Join(d, "\n\t"))
	}
	t.Errorf("%s differs from bill %s", a.Request.URL, strings.Join(differences, "\nand from bill "))
}

func differ(got, want billWords) (differences []string) {
	for _, part := range []struct {
		what      string
		got, want []string
	}{
		{"number", []string{got.number}, []string{want.number}}, {"total", []string{got.total}, []string{want.total}},
		{"facts", got.facts, want.facts}, {"taxes", got.taxes, want.taxes}, {"items", got.items, want.items}, {"foot", got.foot, want.foot},
	} {
		if len(part.got) != len(part.want) {
			differences = append(differences, fmt.Sprintf("%s: %d instead of %d", part.what, len(part.got), len(part.want)))
			continue
		}
		for i := range part.got {
			if part.got[i] != part.want[i] {
				differences = append(differences, fmt.Sprintf("%s: %q instead of %q", part.what, part.got[i], part.want[i]))
				break
			}
		}
	}
	return differences
}

func itemCells(i sandbox.Item) []string {
	return []string{
		strconv.Itoa(i.LineNumber), i.Category, i.Label, i.SiteName, i.SiteCountry, i.PeriodStart, i.PeriodEnd, i.Quantity, i.Unit,
		i.UnitPrice, i.Currency, i.Net, i.TaxRate, i.Tax, i.Gross,
	}
}
