package app_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

// row is a bill as a list shows it, every word as a reader sees it.
type row struct {
	Number, Credit, AccountName, AccountNumber string
	Issued, IssuedText, Total, TotalText       string
	Currency                                   string
}

// entry is a row and where it leads.
type entry struct {
	row
	href string
}

// rowOf is how a list must show a bill of the world.
func rowOf(t *testing.T, b *sandbox.Bill) row {
	t.Helper()
	r := row{
		Number: b.Number, AccountName: names[b.AccountNumber], AccountNumber: b.AccountNumber,
		Issued: b.IssuedAt, IssuedText: dayText(t, b.IssuedAt), Total: b.Gross, TotalText: english(b.Gross), Currency: b.Currency,
	}
	if b.Type == sandbox.TypeCreditNote {
		r.Credit = "Credit note"
	}
	return r
}

// entries reads the rows of a list of bills.
func entries(t *testing.T, a answer) []entry {
	t.Helper()
	var list []entry
	a.find(t, "#list tbody tr").Each(func(_ int, tr *goquery.Selection) {
		total := tr.Find("td.key data")
		e := entry{href: tr.Find("th a").AttrOr("href", ""), row: row{
			Number: tr.Find("th a").Text(), Credit: tr.Find("th .tag").Text(),
			AccountName: tr.Find("td.wide bdi").Text(), AccountNumber: tr.Find("td.wide .sub").Text(),
			Issued: tr.Find("td > time").First().AttrOr("datetime", ""), IssuedText: tr.Find("td > time").First().Text(),
			Total: total.AttrOr("value", ""), Currency: strings.TrimSpace(total.Find(".cur").Text()),
		}}
		e.TotalText = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(total.Text()), e.Currency))
		list = append(list, e)
	})
	return list
}

// walk reads a list from its first page to its last.
func (v *visitor) walk(path string) (all []entry, pages int) {
	v.t.Helper()
	for path != "" {
		page := v.open(path)
		list := entries(v.t, page)
		if pages++; len(list) == 0 || pages > 100 {
			v.t.Fatalf("page %d, %s, has %d bills", pages, path, len(list))
		}
		all = append(all, list...)
		path = page.find(v.t, `#list nav a[rel="next"]`).AttrOr("href", "")
	}
	return all, pages
}

// sameBills compares a list, in any order, with what the world has.
func sameBills(t *testing.T, got []entry, want []*sandbox.Bill) {
	t.Helper()
	var shown, expected []row
	for _, e := range got {
		shown = append(shown, e.row)
	}
	for _, b := range want {
		expected = append(expected, rowOf(t, b))
	}
	sameSet(t, "bills", shown, expected)
}

// sameSet compares two lists without regard to order, and names what differs.
func sameSet[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d %s instead of %d", len(got), what, len(want))
	}
	left := map[T]int{}
	for _, w := range want {
		left[w]++
	}
	said := 0
	for _, g := range got {
		if left[g]--; left[g] < 0 && said < 5 {
			said++
			t.Errorf("%s: got %+v, which is not expected or too many times", what, g)
		}
	}
	for w, n := range left {
		if n > 0 && said < 10 {
			said++
			t.Errorf("%s: missing %+v", what, w)
		}
	}
}

// newestFirst fails when a list is not sorted by day of issue.
func newestFirst(t *testing.T, list []entry) {
	t.Helper()
	if !slices.IsSortedFunc(list, func(a, b entry) int { return strings.Compare(b.Issued, a.Issued) }) {
		t.Error("the list is not sorted by day of issue, newest first")
	}
}

// sameTotals compares the totals above a list with sums of the world's texts.
func sameTotals(t *testing.T, a answer, bills []*sandbox.Bill) {
	t.Helper()
	var got, want []string
	a.find(t, "#totals dl > div").Each(func(_ int, div *goquery.Selection) {
		value, ok := new(big.Rat).SetString(div.Find("dd data").AttrOr("value", ""))
		if !ok {
			t.Fatalf("a total has the value %q", div.Find("dd data").AttrOr("value", ""))
		}
		got = append(got, fmt.Sprintf("%s %s = %s", lastWord(div.Find("dt").Text()), value.RatString(), div.Find("dd").Text()))
	})
	for currency, sum := range sums(t, bills) {
		exact, _ := new(big.Rat).SetString(sum)
		want = append(want, fmt.Sprintf("%s %s = %s", currency, exact.RatString(), english(sum)))
	}
	sameSet(t, "totals", got, want)
}

func lastWord(s string) string {
	words := strings.Fields(s)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}
