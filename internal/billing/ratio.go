package billing

import (
	"errors"
	"math/big"
	"strings"
)

// ErrNoBase is returned for a comparison with zero.
var ErrNoBase = errors.New("billing: nothing to compare with")

// Share is a part in n of an exact amount, rounded half away from zero to the
// given number of decimals. It is for means that people read, never for an amount
// that anybody owes. The error is ErrNotExact.
func (m Money) Share(n int64, digits int) (Money, error) {
	if !m.Exact() || n <= 0 {
		return Money{}, ErrNotExact
	}
	scale := decimals(m.number)
	part := new(big.Rat).SetFrac(unscaled(m.number, scale), new(big.Int).Mul(power(scale), big.NewInt(n)))
	return Money{number: withoutMinusZero(part.FloatString(digits)), currency: m.currency}, nil
}

// Change is how much the second of two amounts of one currency differs from the
// first, in per cent of the first's size, rounded half away from zero to one
// decimal. The errors are those of Money.Add, and ErrNoBase.
func Change(before, now Money) (Decimal, error) {
	difference, err := now.Add(before.Neg())
	if err != nil {
		return "", err
	}
	if before.IsZero() {
		return "", ErrNoBase
	}
	scale := max(decimals(difference.number), decimals(before.number))
	base := new(big.Int).Abs(unscaled(before.number, scale))
	percent := new(big.Rat).SetFrac(new(big.Int).Mul(unscaled(difference.number, scale), big.NewInt(100)), base)
	return Decimal(withoutMinusZero(percent.FloatString(1))), nil
}

// withoutMinusZero drops the sign of a number that was rounded to zero.
func withoutMinusZero(s string) string {
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

func power(n int) *big.Int { return new(big.Int).Exp(ten, big.NewInt(int64(n)), nil) }
