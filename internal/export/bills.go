// Package export writes and reads the files that leave and enter the portal.
// Amounts in them are plain decimals as Orange supplied them, days are ISO 8601;
// text that a spreadsheet would run as a formula is quoted, numbers never are.
package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"billportal/internal/billing"
)

var billColumns = []string{
	"number", "kind", "account_number", "account_name", "issued_on", "due_on", "period_first_on", "period_last_on",
	"currency", "net", "tax", "gross", "amount_due", "state", "purchase_order", "original_number",
}

var itemColumns = []string{
	"line", "category", "label", "site", "site_country", "item_first_on", "item_last_on", "quantity", "unit", "unit_price",
	"item_currency", "item_net", "tax_rate", "item_tax", "item_gross",
}

// Bills writes bills as CSV (RFC 4180, UTF-8, comma, line feed), one row a bill or
// one row an item. The first twelve columns are fixed for other programs.
type Bills struct {
	w       *csv.Writer
	perItem bool
	err     error
}

// NewBills begins a file with its header.
func NewBills(w io.Writer, perItem bool) *Bills {
	b := &Bills{w: csv.NewWriter(w), perItem: perItem}
	columns := billColumns
	if perItem {
		columns = append(columns[:len(columns):len(columns)], itemColumns...)
	}
	b.err = b.w.Write(columns)
	return b
}

// Write adds a bill, or each of its items behind the columns of their bill. A bill
// that is known to have none is one row all the same: its amounts count.
func (b *Bills) Write(bill billing.Bill, items []billing.Item) error {
	if b.err != nil {
		return b.err
	}
	row := []string{
		text(string(bill.Number)), string(bill.Kind), text(string(bill.Account)), text(bill.AccountName),
		bill.IssuedOn.String(), bill.DueOn.String(), bill.Period.First.String(), bill.Period.Last.String(),
		text(bill.Currency), money(bill.Net), money(bill.Tax), money(bill.Gross), money(bill.Due),
		text(bill.State), text(bill.PurchaseOrder), text(string(bill.Original.Number)),
	}
	if !b.perItem {
		b.err = b.w.Write(row)
		return b.err
	}
	if bill.Items == billing.ItemsHeld && len(items) == 0 {
		b.err = b.w.Write(append(row, make([]string, len(itemColumns))...))
		return b.err
	}
	for _, i := range items {
		if b.err = b.w.Write(append(row[:len(row):len(row)], itemRow(i)...)); b.err != nil {
			return b.err
		}
	}
	return nil
}

func itemRow(i billing.Item) []string {
	return []string{
		strconv.Itoa(i.Line), text(i.Category), text(i.Label), text(i.SiteName), text(i.Country),
		i.Period.First.String(), i.Period.Last.String(), number(i.Quantity), text(i.Unit), number(i.UnitPrice),
		text(i.Net.Currency()), money(i.Net), number(i.TaxRate), money(i.Tax), money(i.Gross),
	}
}

// Flush writes what is still held back and returns the first error of the file.
func (b *Bills) Flush() error {
	b.w.Flush()
	if b.err != nil {
		return b.err
	}
	return b.w.Error()
}

// text guards a cell of text against being run as a formula (OWASP, CSV injection):
// behind an apostrophe it is text. A reader who parts cells at semicolons or tabs, as
// spreadsheets in French do, sees a cell begin inside ours, so what stands behind a
// separator is guarded as well. Text that could be taken for guarded text is guarded
// too, so that unguarded finds it again.
func text(s string) string {
	var b strings.Builder
	for i, part := range parts(s) {
		if runs(part, i == 0) {
			b.WriteByte('\'')
		}
		b.WriteString(part)
	}
	return b.String()
}

// unguarded is the text that a guarded cell stands for.
func unguarded(s string) string {
	var b strings.Builder
	for i, part := range parts(s) {
		if rest, ok := strings.CutPrefix(part, "'"); ok && runs(rest, i == 0) {
			part = rest
		}
		b.WriteString(part)
	}
	return b.String()
}

// parts are what some reader takes for cells, each but the last with the separator
// at its end.
func parts(s string) []string {
	var cut []string
	for at := strings.IndexAny(s, separators); at >= 0; at = strings.IndexAny(s, separators) {
		cut = append(cut, s[:at+1])
		s = s[at+1:]
	}
	return append(cut, s)
}

const separators = ";\t\r\n"

// runs reports whether some spreadsheet would run a cell: by its first character,
// also in its full-width form, behind what readers pass over. A whole cell is also
// told by a control character.
func runs(cell string, whole bool) bool {
	first := "=+-@\uff1d\uff0b\uff0d\uff20"
	if whole {
		first += "\t\r\n\x00"
	}
	cell = strings.TrimLeftFunc(cell, func(r rune) bool {
		return r == '\'' || r == '"' || !strings.ContainsRune(separators, r) && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r))
	})
	r, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune(first, r)
}

// money is a cell with an amount: a number keeps its minus sign, and what is none
// is text.
func money(m billing.Money) string {
	if m.Exact() {
		return m.Number()
	}
	return text(m.Number())
}

func number(d billing.Decimal) string {
	if d.Exact() {
		return string(d)
	}
	return text(string(d))
}
