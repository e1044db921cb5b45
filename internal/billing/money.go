package billing

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Money is a decimal amount in one currency, exactly as Orange supplied it.
// It is in one of three states:
//
//   - not supplied: the zero value; never to be shown or counted as 0;
//   - exact: a plain decimal number and an ISO 4217 code, good for arithmetic;
//   - as received: text that is no such number; it is shown and kept, and
//     left out of every sum.
//
// Money never holds a float, and nothing rounds it but Share, which makes means
// that nobody owes. Values compare with ==, where
// 1.5 and 1.50 differ, because the digits received are part of the value; use
// Cmp to compare amounts.
type Money struct {
	number   string
	currency string
	odd      bool
}

// ErrCurrencyMismatch is returned when amounts of different currencies meet.
var ErrCurrencyMismatch = errors.New("billing: amounts of different currencies are never added")

// ErrNotExact is returned by arithmetic on an amount that is not supplied or
// is kept as received.
var ErrNotExact = errors.New("billing: amount is not an exact number")

// maxDigits bounds the digits of an exact number, exponent written out. The
// largest real invoice needs 15; the bound keeps hostile input small.
const maxDigits = 34

var (
	numberPattern   = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

// NewMoney keeps number and currency as received. Text that is a decimal
// number (JSON syntax, or the same in quotes) with an ISO 4217 code becomes an
// exact amount; empty text is not supplied; everything else is kept as
// received.
func NewMoney(number, currency string) Money {
	number, currency = strings.TrimSpace(number), strings.TrimSpace(currency)
	if number == "" {
		return Money{}
	}
	plain, ok := plainDecimal(number)
	if !ok || !currencyPattern.MatchString(currency) {
		return Money{number: number, currency: currency, odd: true}
	}
	return Money{number: plain, currency: currency}
}

// plainDecimal rewrites a decimal number without sign "+", exponent or leading
// zeros, keeping every digit of the fraction.
func plainDecimal(s string) (string, bool) {
	if len(s) > 2*maxDigits || !numberPattern.MatchString(s) {
		return "", false
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		exponent, _ = strconv.Atoi(s[i+1:])
	}
	negative := strings.HasPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "+-"), ".")
	whole, fraction, ok := shiftPoint(strings.TrimLeft(whole, "0"), fraction, exponent)
	if whole = strings.TrimLeft(whole, "0"); !ok || len(whole)+len(fraction) > maxDigits {
		return "", false
	}
	plain := cmp.Or(whole, "0")
	if fraction != "" {
		plain += "." + fraction
	}
	if negative && strings.Trim(plain, "0.") != "" {
		plain = "-" + plain
	}
	return plain, true
}

// shiftPoint writes an exponent out: it moves the point between whole and
// fraction, unless that makes more than maxDigits digits.
func shiftPoint(whole, fraction string, exponent int) (string, string, bool) {
	for ; exponent > 0 && len(whole) <= maxDigits; exponent-- {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	for ; exponent < 0 && len(fraction) <= maxDigits; exponent++ {
		if whole == "" {
			whole = "0"
		}
		whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
	}
	return whole, fraction, exponent == 0
}

// Supplied reports whether Orange sent an amount at all.
func (m Money) Supplied() bool { return m.number != "" }

// Exact reports whether the amount is a number in a known currency form.
func (m Money) Exact() bool { return m.number != "" && !m.odd }

// Number is the amount as plain decimal text ("-1944.00"), as received when it
// is not exact, and "" when it was not supplied.
func (m Money) Number() string { return m.number }

// Currency is the ISO 4217 code, or what was received in its place.
func (m Money) Currency() string { return m.currency }

// String is for logs and test failures: number and code, or "not supplied".
func (m Money) String() string {
	if !m.Supplied() {
		return "not supplied"
	}
	return strings.TrimSpace(m.number + " " + m.currency)
}

// IsNegative reports whether an exact amount is below zero.
func (m Money) IsNegative() bool { return m.Exact() && strings.HasPrefix(m.number, "-") }

// IsZero reports whether an exact amount is zero; not supplied is not zero.
func (m Money) IsZero() bool { return m.Exact() && strings.Trim(m.number, "-0.") == "" }

// Neg turns the sign of an exact amount and returns any other unchanged.
func (m Money) Neg() Money {
	switch {
	case !m.Exact() || m.IsZero():
		return m
	case m.IsNegative():
		return Money{number: m.number[1:], currency: m.currency}
	default:
		return Money{number: "-" + m.number, currency: m.currency}
	}
}

// Add returns the exact sum, with as many decimals as the longer of the two.
// The errors are ErrNotExact and ErrCurrencyMismatch.
func (m Money) Add(other Money) (Money, error) {
	if !m.Exact() || !other.Exact() {
		return Money{}, ErrNotExact
	}
	if m.currency != other.currency {
		return Money{}, fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, m.currency, other.currency)
	}
	scale := max(decimals(m.number), decimals(other.number))
	sum := new(big.Int).Add(unscaled(m.number, scale), unscaled(other.number, scale))
	return Money{number: scaledText(sum, scale), currency: m.currency}, nil
}

// Cmp orders two exact amounts of one currency: -1, 0 or +1. The errors are
// those of Add.
func (m Money) Cmp(other Money) (int, error) {
	difference, err := m.Add(other.Neg())
	switch {
	case err != nil:
		return 0, err
	case difference.IsZero():
		return 0, nil
	case difference.IsNegative():
		return -1, nil
	}
	return 1, nil
}

// sumScale is the number of decimals of the integers that sums are made of.
const sumScale = 4

// TenThousandths is the amount in ten-thousandths of its currency's unit, the
// form in which the database sums and sorts. ok is false for an amount that is
// not exact, has more than four decimals that matter, or exceeds 64 bits: such
// an amount is named as excluded wherever a total is shown.
func (m Money) TenThousandths() (n int64, ok bool) {
	if !m.Exact() {
		return 0, false
	}
	scale := decimals(m.number)
	value := unscaled(m.number, scale)
	for ; scale < sumScale; scale++ {
		value.Mul(value, ten)
	}
	for ; scale > sumScale; scale-- {
		remainder := new(big.Int)
		if value.QuoRem(value, ten, remainder); remainder.Sign() != 0 {
			return 0, false
		}
	}
	if !value.IsInt64() {
		return 0, false
	}
	return value.Int64(), true
}

// MoneyOf is the exact amount of n ten-thousandths of a currency's unit, without
// zeros at its end: who shows it adds the digits that the currency has.
func MoneyOf(n int64, currency string) Money {
	text := strings.TrimRight(scaledText(big.NewInt(n), sumScale), "0")
	return NewMoney(strings.TrimSuffix(text, "."), currency)
}

var ten = big.NewInt(10)

// decimals counts the digits after the point of a plain decimal.
func decimals(number string) int {
	_, fraction, _ := strings.Cut(number, ".")
	return len(fraction)
}

// unscaled is number × 10^scale; scale is at least decimals(number).
func unscaled(number string, scale int) *big.Int {
	digits := strings.Replace(number, ".", "", 1) + strings.Repeat("0", scale-decimals(number))
	value, _ := new(big.Int).SetString(digits, 10)
	return value
}

// scaledText is value ÷ 10^scale as a plain decimal with exactly scale decimals.
func scaledText(value *big.Int, scale int) string {
	digits := new(big.Int).Abs(value).String()
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if value.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
