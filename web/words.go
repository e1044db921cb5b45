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
	whole, _, _ := strings.Cut(strings.TrimPrefix(string(d), "-"), ".")
	many := 2
	if whole == "0" || whole == "1" {
		many = 1
	}
	key := "word.unit." + wordKey(unit)
	if known := t.N(key, many); known != key {
		unit = known
	}
	return text + "\u00a0" + unit
}

func wordKey(raw string) string { return strings.ToLower(strings.TrimSpace(raw)) }
