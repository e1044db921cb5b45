package web

import (
	"strings"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// word is a word of the API in the reader's language: a state under "word.state.",
// a sending format under "word.format.". One that is not known stays Orange's.
func word(t *i18n.Texts, kind, raw string) string {
	key := kind + wordKey(raw)
	if text := t.S(key); text != key {
		return text
	}
	return raw
}

// quantity is a quantity with its unit, which agrees with it where it is known.
func quantity(t *i18n.Texts, d billing.Decimal, unit string) string {
	text := decimal(t, d, 0)
	if text == "" || unit == "" {
		return text
	}
	// CLDR: English has the singular for 1 alone, French for all below 2.
	size := strings.TrimPrefix(string(d), "-")
	whole, _, _ := strings.Cut(size, ".")
	many := 2
	if size == "1" || t.Lang() == i18n.Fr && (whole == "0" || whole == "1") {
		many = 1
	}
	key := "word.unit." + wordKey(unit)
	if known := t.N(key, many); known != key {
		unit = known
	}
	return text + "\u00a0" + unit
}

func wordKey(raw string) string { return strings.ToLower(strings.TrimSpace(raw)) }
