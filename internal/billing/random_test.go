package billing_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// newRandom is the same sequence in every run, so that a failure can be repeated.
func newRandom(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(20260915, uint64(len(t.Name()))))
}

// decimal is the text of some number of up to the given count of digits, with or
// without sign, zeros in front, fraction and exponent.
func decimal(random *rand.Rand, most int) string {
	digits := make([]byte, 1+random.IntN(most))
	for i := range digits {
		digits[i] = byte('0' + random.IntN(10)*random.IntN(2)) // half of them zero
	}
	text := string(digits)
	if cut := random.IntN(len(text)); cut > 0 && random.IntN(3) > 0 {
		text = text[:cut] + "." + text[cut:]
	}
	if random.IntN(4) == 0 {
		text += []string{"e0", "e1", "E+3", "e-2", "E-12"}[random.IntN(5)]
	}
	return []string{"", "-", "+"}[random.IntN(3)] + text
}

func rational(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// rounded is r to a number of decimals, half away from zero, in school arithmetic.
func rounded(r *big.Rat, digits int) *big.Rat {
	scale, _ := new(big.Int).SetString("1"+strings.Repeat("0", digits), 10)
	shifted := new(big.Rat).Mul(new(big.Rat).Abs(r), new(big.Rat).SetInt(scale))
	shifted.Add(shifted, big.NewRat(1, 2))
	whole := new(big.Int).Quo(shifted.Num(), shifted.Denom())
	if r.Sign() < 0 {
		whole.Neg(whole)
	}
	return new(big.Rat).SetFrac(whole, scale)
}
