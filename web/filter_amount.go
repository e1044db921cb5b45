package web

import (
	"net/url"
	"regexp"
	"strings"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

func (q *billQuery) parseAmounts(t *i18n.Texts, given url.Values) {
	q.filter.Min = q.amount(t, paramMin, q.take(given, paramMin))
	q.filter.Max = q.amount(t, paramMax, q.take(given, paramMax))
	least, most := billing.NewMoney(string(q.filter.Min), "XXX"), billing.NewMoney(string(q.filter.Max), "XXX")
	if order, err := least.Cmp(most); err == nil && order > 0 {
		q.fail(paramMax, t.S("filter.error.minmax"))
	}
}

// amount reads a bound as people type it: 1250, 1250.50, 1,250.50, 1 250,50,
// 1,505,418, €1250.50, 1250.50 EUR. Where one separator alone stands before three
// digits it could be either, and the answer says how to write it.
func (q *billQuery) amount(t *i18n.Texts, name, typed string) billing.Decimal {
	if typed == "" {
		return ""
	}
	readings := amountReadings(typed)
	switch len(readings) {
	case 1:
		return readings[0]
	case 2:
		q.fail(name, t.S("filter.error.either", string(readings[0]), decimal(t, readings[1], 0)))
	default:
		q.fail(name, t.S("filter.error.amount", shorten(typed)))
	}
	return ""
}

var (
	currencySigns = regexp.MustCompile(`^(-?)(?:[A-Z]{3}|[€£$¥])|(?:[A-Z]{3}|[€£$¥])$`)
	typedAmount   = regexp.MustCompile(`^-?[0-9]+(?:[.,][0-9]+)*$`)
	thousands     = regexp.MustCompile(`^-?[0-9]{1,3}(?:[.,][0-9]{3})+$`)
)

// amountReadings are the numbers that a typed amount can mean: none, one or two.
func amountReadings(typed string) []billing.Decimal {
	s := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-", "'", "", "’", "").Replace(typed)
	s = currencySigns.ReplaceAllString(s, "$1")
	if !typedAmount.MatchString(s) {
		return nil
	}
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return bound(s)
	}
	plain := strings.NewReplacer(".", "", ",", "")
	whole, fraction := s[:last], s[last+1:]
	switch equal := strings.Count(s, s[last:last+1]); {
	case equal > 1 && thousands.MatchString(s) && plain.Replace(s) == strings.ReplaceAll(s, s[last:last+1], ""):
		return bound(plain.Replace(s))
	case equal > 1, strings.ContainsAny(whole, ".,") && !thousands.MatchString(whole):
		return nil
	case thousands.MatchString(s) && !strings.ContainsAny(whole, ".,") && strings.Trim(whole, "-0") != "":
		return append(bound(whole+fraction), bound(whole+"."+strings.TrimRight(fraction, "0"))...)
	}
	return bound(plain.Replace(whole) + "." + fraction)
}

// bound is an amount that the database can compare with, or nothing.
func bound(s string) []billing.Decimal {
	d := billing.NewDecimal(strings.TrimSuffix(s, "."))
	if _, fits := billing.NewMoney(string(d), "XXX").TenThousandths(); !d.Exact() || !fits {
		return nil
	}
	return []billing.Decimal{d}
}
