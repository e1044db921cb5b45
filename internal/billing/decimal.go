package billing

import "strings"

// Decimal is the text of an exact decimal number that is shown but never
// summed: a quantity, a unit price, a tax rate. "" is not supplied. Text that is
// no number is kept as received.
type Decimal string

// NewDecimal keeps a number as received, rewritten without exponent or leading
// zeros where it is a number.
func NewDecimal(s string) Decimal {
	s = strings.TrimSpace(s)
	if plain, ok := plainDecimal(s); ok {
		return Decimal(plain)
	}
	return Decimal(s)
}

// Exact reports whether d is a plain decimal number.
func (d Decimal) Exact() bool {
	plain, ok := plainDecimal(string(d))
	return ok && plain == string(d)
}
