package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// This file is the only one that makes text for people of amounts, days and
// kinds. No digit of an amount, a quantity or a price is ever dropped here; of a
// rate only zeros at its end are.

// amount is an amount ready to be read: all digits received, and at least those
// that its currency has.
func amount(t *i18n.Texts, m billing.Money) templates.Amount {
	switch {
	case !m.Supplied():
		return templates.Amount{}
	case !m.Exact():
		return templates.Amount{Text: m.Number(), Whole: m.Number(), Currency: m.Currency()}
	}
	text := t.Number(m.Number(), currencyDigits(m.Currency()))
	whole, cents := t.Split(text)
	return templates.Amount{Text: text, Whole: whole, Cents: cents, Value: m.Number(), Currency: m.Currency()}
}

// bare is an amount in a column whose heading names the currency.
func bare(t *i18n.Texts, m billing.Money) templates.Amount {
	a := amount(t, m)
	if m.Exact() {
		a.Currency = ""
	}
	return a
}

// words is an amount within a sentence: "18,250.40 EUR".
func words(t *i18n.Texts, m billing.Money) string {
	a := amount(t, m)
	if a.Text == "" {
		return t.S("amount.none")
	}
	return strings.TrimSpace(a.Text + "\u00a0" + a.Currency)
}

// currencyDigits is how many decimals a currency has (ISO 4217); none are added
// for a code that is not known.
func currencyDigits(code string) int {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return 0
	}
	return int(digits)
}

// decimal is a quantity, unit price or rate, with all its digits; what is no
// number is shown as received.
func decimal(t *i18n.Texts, d billing.Decimal, minFraction int) string {
	if !d.Exact() {
		return string(d)
	}
	return t.Number(string(d), minFraction)
}

func rate(t *i18n.Texts, d billing.Decimal) string {
	if !d.Exact() {
		return string(d)
	}
	text := string(d)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return t.Percent(text)
}

// day is a calendar day; not supplied reads as the given words.
func day(t *i18n.Texts, d billing.Date, otherwise string) templates.Day {
	if d.IsZero() {
		return templates.Day{Text: otherwise}
	}
	return templates.Day{Text: t.Date(d.Year, d.Month, d.Day), ISO: d.String()}
}

func period(t *i18n.Texts, p billing.Period) string {
	if p.First.IsZero() || p.Last.IsZero() {
		return openPeriod(t, p)
	}
	return t.Period(i18n.Day{Year: p.First.Year, Month: p.First.Month, Day: p.First.Day},
		i18n.Day{Year: p.Last.Year, Month: p.Last.Month, Day: p.Last.Day})
}

func openPeriod(t *i18n.Texts, p billing.Period) string {
	switch {
	case p.IsZero():
		return t.S("amount.none")
	case p.Last.IsZero():
		return t.S("issued.from", day(t, p.First, "").Text)
	}
	return t.S("issued.until", day(t, p.Last, "").Text)
}

func (s *Server) instant(t *i18n.Texts, at time.Time) string {
	return t.DateTime(at.In(s.settings.TimeZone))
}

// kindName is what a bill is; the word of a kind that is not known is Orange's.
func kindName(t *i18n.Texts, b billing.Bill) string {
	switch b.Kind {
	case billing.Invoice:
		return t.S("kind.invoice")
	case billing.CreditNote:
		return t.S("kind.creditnote")
	}
	if b.Type != "" {
		return visible(b.Type)
	}
	return t.S("kind.other")
}

// billTags are the words beside a bill's number in tables.
func billTags(t *i18n.Texts, b billing.Bill) []templates.Tag {
	var tags []templates.Tag
	switch b.Kind {
	case billing.CreditNote:
		tags = append(tags, templates.Tag{Text: t.S("kind.creditnote")})
	case billing.Other:
		tags = append(tags, templates.Tag{Text: kindName(t, b)})
	}
	return append(tags, versionTags(t, b)...)
}

// versionTags says that a bill was changed after it was first seen.
func versionTags(t *i18n.Texts, b billing.Bill) []templates.Tag {
	if b.Version < 2 {
		return nil
	}
	return []templates.Tag{{Text: t.S("tag.changed"), Kind: templates.TagWarn}}
}

// accountText names an account; its number does not break over lines.
func accountText(name string, number billing.AccountNumber) string {
	return visible(name) + ", " + strings.ReplaceAll(string(number), " ", "\u00a0")
}

// fileSize is a size in kilobytes of 1,000 bytes, rounded up.
func fileSize(t *i18n.Texts, bytes int64) string {
	return t.S("document.size", t.Number(strconv.FormatInt((bytes+999)/1000, 10), 0))
}

// printedNumber is a bill's number, or the API's key where it has none.
func printedNumber(b billing.Bill) string {
	if b.Number == "" {
		return string(b.UpstreamID)
	}
	return string(b.Number)
}

// billRow is a bill as a line of a table.
func billRow(t *i18n.Texts, b billing.Bill) templates.BillRow {
	due := day(t, b.DueOn, t.S("amount.none"))
	if b.DueOn.IsZero() && b.Kind == billing.CreditNote {
		due = templates.Day{Text: t.S("bill.nodue")}
	}
	return templates.BillRow{
		URL: billURL(b.ID), Number: printedNumber(b), Tags: billTags(t, b),
		AccountName: visible(b.AccountName), AccountNumber: string(b.Account),
		Period: period(t, b.Period), Issued: day(t, b.IssuedOn, t.S("amount.none")), Due: due,
		DocumentURL: billURL(b.ID) + "/document", Total: amount(t, b.Gross),
	}
}

func billRows(t *i18n.Texts, bills []billing.Bill) []templates.BillRow {
	rows := make([]templates.BillRow, 0, len(bills))
	for _, b := range bills {
		rows = append(rows, billRow(t, b))
	}
	return rows
}

func billURL(id billing.BillID) string { return "/bills/" + string(id) }

func itoa(n int) string { return strconv.Itoa(n) }

// daysBetween is how many days later the second day is.
func daysBetween(from, to billing.Date) int {
	return int(to.In(time.UTC).Sub(from.In(time.UTC)) / (24 * time.Hour))
}
