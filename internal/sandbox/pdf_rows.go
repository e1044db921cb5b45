package sandbox

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// The table, in millimetres. Amounts end at their column.
const (
	rowHeight      = 5.0
	headingHeight  = 8.5
	tableHead      = 6.5 // the column heads, above the first row
	firstTop       = 102.0
	nextTop        = 24.0
	columnItem     = pageMargin
	columnSite     = 95.0
	columnQuantity = 144.0
	columnPrice    = 167.0
	columnNet      = pageRight
)

// maxPrinted is how many item lines fit on six pages beside headings and
// totals; what is more is summed in one line.
const maxPrinted = 250

// row is one thing printed across the table.
type row interface {
	height() float64
	print(s *sheet, y float64)
}

// headingRow opens a category and carries its subtotal.
type headingRow struct{ name, count, subtotal string }

// itemRow is one line of the bill, or the sum of further ones.
type itemRow struct{ label, site, quantity, price, net string }

// totalsRow is the block of sums that ends a bill; it is never split.
type totalsRow struct{ bill *Bill }

var categories = []struct{ key, printed string }{
	{CategoryRecurring, "Recurring"},
	{CategoryUsage, "Usage"},
	{CategoryOneTime, "One-off"},
	{CategoryDiscount, "Discounts"},
	{CategoryAdjustment, "Adjustments"},
}

func rowsOf(b *Bill) []row {
	var rows []row
	excess := max(0, len(b.Items)-maxPrinted)
	for _, c := range categories {
		var items []*Item
		for i := range b.Items {
			if b.Items[i].Category == c.key {
				items = append(items, &b.Items[i])
			}
		}
		if len(items) == 0 {
			continue
		}
		rows = append(rows, headingRow{c.printed, lineCount(len(items)), grouped(sumNet(items))})
		shown, rest := items, []*Item(nil)
		if excess > 0 && c.key == CategoryUsage {
			shown, rest = largest(items, max(0, len(items)-excess-1))
		}
		for _, i := range shown {
			rows = append(rows, itemRow{i.Label, i.SiteName, grouped(i.Quantity) + " " + i.Unit, grouped(i.UnitPrice), grouped(i.Net)})
		}
		if len(rest) > 0 {
			rows = append(rows, itemRow{label: fmt.Sprintf("… %d further lines, total", len(rest)), net: grouped(sumNet(rest))})
		}
	}
	return append(rows, totalsRow{b})
}

func lineCount(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}

// largest splits items into the keep largest, in the bill's order, and the rest.
func largest(items []*Item, keep int) (shown, rest []*Item) {
	order := slices.Clone(items)
	slices.SortStableFunc(order, func(a, b *Item) int {
		return cmp.Or(minor(b.Net).CmpAbs(minor(a.Net)), cmp.Compare(a.LineNumber, b.LineNumber))
	})
	shown, rest = order[:keep], order[keep:]
	slices.SortFunc(shown, func(a, b *Item) int { return cmp.Compare(a.LineNumber, b.LineNumber) })
	return shown, rest
}

// minor reads an amount in its minor units.
func minor(amount string) *big.Int {
	n, _ := new(big.Int).SetString(strings.Replace(amount, ".", "", 1), 10) // written by decimal
	return n
}

// sumNet adds the net amounts of items of one bill.
func sumNet(items []*Item) string {
	sum := new(big.Int)
	for _, i := range items {
		sum.Add(sum, minor(i.Net))
	}
	return decimal{sum.Int64(), currencyDigits(items[0].Currency)}.String()
}

// grouped sets a comma between thousands.
func grouped(number string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(number, "-"); negative {
		sign, number = "-", rest
	}
	whole, fraction, hasFraction := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	return sign + whole
}

// paginate fills pages with rows. A heading takes its first line with it.
func paginate(rows []row) [][]row {
	var pages [][]row
	var page []row
	y := firstTop
	for _, r := range rows {
		need := r.height()
		if _, heading := r.(headingRow); heading {
			need += rowHeight
		}
		if y+need > pageFoot-2 {
			kept := carryOver(page, r)
			pages, page = append(pages, page[:kept]), page[kept:len(page):len(page)]
			y = nextTop
			for _, carried := range page {
				y += carried.height()
			}
		}
		page = append(page, r)
		y += r.height()
	}
	return append(pages, page)
}

// carryOver says how many rows stay on a page that next no longer fits on.
// Totals take the last lines with them, and the heading of those when no line
// stays under it, so that neither stands alone.
func carryOver(page []row, next row) int {
	kept := len(page)
	if _, totals := next.(totalsRow); !totals {
		return kept
	}
	for ; kept > len(page)-3; kept-- {
		if _, line := page[kept-1].(itemRow); !line {
			break
		}
	}
	if _, heading := page[kept-1].(headingRow); heading {
		kept--
	}
	return kept
}

func (headingRow) height() float64 { return headingHeight }

func (r headingRow) print(s *sheet, y float64) {
	y += headingHeight - rowHeight - 0.8
	s.font("B", 9, inkBlack)
	s.left(columnItem, y, 40, r.name)
	width := s.pdf.GetStringWidth(r.name)
	s.right(columnNet, y, r.subtotal)
	s.font("", 7.5, inkGrey)
	s.left(columnItem+width+2, y, 40, r.count)
	s.right(columnPrice, y, "Subtotal")
	s.rule(pageMargin, pageRight, y+rowHeight+0.3, 0.2, inkGrey)
}

func (itemRow) height() float64 { return rowHeight }

func (r itemRow) print(s *sheet, y float64) {
	s.font("", 8, inkBlack)
	s.left(columnItem, y, columnSite-columnItem-2, r.label)
	s.right(columnQuantity, y, r.quantity)
	s.right(columnPrice, y, r.price)
	s.right(columnNet, y, r.net)
	s.font("", 7.5, inkGrey)
	s.left(columnSite, y, 22, r.site)
	s.rule(pageMargin, pageRight, y+rowHeight, 0.1, inkLine)
}

func (r totalsRow) height() float64 { return 24 + rowHeight*float64(len(r.bill.Taxes)+1) }

func (r totalsRow) print(s *sheet, y float64) {
	const label = 118.0
	b := r.bill
	y += 5
	s.rule(label, pageRight, y, 0.4, inkBlack)
	y += 1
	s.font("", 9, inkBlack)
	s.left(label, y, 50, "Total before tax")
	s.right(columnNet, y, grouped(b.Net))
	for _, t := range b.Taxes {
		y += rowHeight
		s.left(label, y, 56, fmt.Sprintf("%s %s %% on %s", t.Category, t.Rate, grouped(t.Base)))
		s.right(columnNet, y, grouped(t.Amount))
	}
	y += rowHeight + 2
	s.box(label-3, y-1, pageRight-label+3, 10, inkWash)
	s.font("B", 11, inkBlack)
	name := "Total due"
	if b.Type == TypeCreditNote {
		name = "Total credited"
	}
	s.left(label, y+1.5, 40, name)
	s.right(columnNet, y+1.5, grouped(b.Gross)+" "+b.Currency)
}
