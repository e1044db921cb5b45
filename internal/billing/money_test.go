package billing_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"billportal/internal/billing"
)

func TestNewMoneyKeepsWhatWasReceived(t *testing.T) {
	t.Parallel()
	const nines = "9999999999999999999999999999999999" // 34 digits
	for _, c := range []struct {
		about            string
		number, currency string
		want             string // Number
		exact            bool
	}{
		{"a whole number", "1944", "EUR", "1944", true},
		{"zeros at the end belong to the amount", "1944.00", "EUR", "1944.00", true},
		{"a negative amount", "-12.5", "EUR", "-12.5", true},
		{"a plus sign says nothing", "+12.5", "EUR", "12.5", true},
		{"zeros in front say nothing", "0012.50", "EUR", "12.50", true},
		{"one zero stays before the point", "0.05", "EUR", "0.05", true},
		{"zero has no sign", "-0", "EUR", "0", true},
		{"zero with decimals has no sign", "-0.00", "EUR", "0.00", true},
		{"blanks around are not the amount", " 1.5 ", " EUR ", "1.5", true},
		{"an exponent is written out", "1.5e3", "EUR", "1500", true},
		{"an exponent that eats the fraction", "1.2345E2", "EUR", "123.45", true},
		{"a negative exponent", "125e-2", "EUR", "1.25", true},
		{"a negative exponent beyond the digits", "-5E-3", "EUR", "-0.005", true},
		{"an exponent of zero", "7e+0", "EUR", "7", true},
		{"zeros in front do not use up an exponent's room", strings.Repeat("0", 40) + "1e1", "EUR", "10", true},
		{"34 digits", nines, "EUR", nines, true},
		{"34 digits, some behind the point", nines[:30] + "." + nines[30:], "EUR", nines[:30] + "." + nines[30:], true},
		{"35 digits are kept as text", nines + "9", "EUR", nines + "9", false},
		{"an exponent to 35 digits", "1e34", "EUR", "1e34", false},
		{"an exponent to 35 decimals", "1e-35", "EUR", "1e-35", false},
		{"an enormous exponent", "1e999", "EUR", "1e999", false},
		{"an exponent of four digits", "1e1000", "EUR", "1e1000", false},
		{"a comma is no point", "1,50", "EUR", "1,50", false},
		{"digits must stand before the point", ".5", "EUR", ".5", false},
		{"digits must stand behind the point", "5.", "EUR", "5.", false},
		{"a word", "n/a", "EUR", "n/a", false},
		{"hexadecimal is no number", "0x10", "EUR", "0x10", false},
		{"infinity is no number", "Inf", "EUR", "Inf", false},
		{"digits of other scripts", "١٢", "EUR", "١٢", false},
		{"no currency", "12.50", "", "12.50", false},
		{"a currency in small letters", "12.50", "eur", "12.50", false},
		{"a currency's sign", "12.50", "€", "12.50", false},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			m := billing.NewMoney(c.number, c.currency)
			if m.Number() != c.want || m.Exact() != c.exact || !m.Supplied() || m.Currency() != strings.TrimSpace(c.currency) {
				t.Errorf("NewMoney(%q, %q) is %q %q, exact %v", c.number, c.currency, m.Number(), m.Currency(), m.Exact())
			}
		})
	}
}

func TestMoneyThatIsNotAnExactAmountIsNeitherZeroNorNegative(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		m        billing.Money
		supplied bool
		text     string
	}{
		"not supplied":       {billing.Money{}, false, "not supplied"},
		"blank":              {billing.NewMoney("  ", "EUR"), false, "not supplied"},
		"as received":        {billing.NewMoney("-zero", "EUR"), true, "-zero EUR"},
		"number, no unit":    {billing.NewMoney("-0", ""), true, "-0"},
		"too long a number":  {billing.NewMoney("-"+strings.Repeat("1", 35), "EUR"), true, "-" + strings.Repeat("1", 35) + " EUR"},
		"zero in no dialect": {billing.NewMoney("0,00", "EUR"), true, "0,00 EUR"},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			if c.m.Exact() || c.m.IsZero() || c.m.IsNegative() || c.m.Supplied() != c.supplied || c.m.String() != c.text {
				t.Errorf("%#v", c.m)
			}
			if c.m.Neg() != c.m {
				t.Errorf("its negative is %v", c.m.Neg())
			}
			euro := billing.NewMoney("1", "EUR")
			for _, pair := range [][2]billing.Money{{c.m, euro}, {euro, c.m}, {c.m, c.m}} {
				if _, err := pair[0].Add(pair[1]); !errors.Is(err, billing.ErrNotExact) {
					t.Errorf("Add: %v", err)
				}
				if _, err := pair[0].Cmp(pair[1]); !errors.Is(err, billing.ErrNotExact) {
					t.Errorf("Cmp: %v", err)
				}
				if _, err := billing.Change(pair[0], pair[1]); !errors.Is(err, billing.ErrNotExact) {
					t.Errorf("Change: %v", err)
				}
			}
			if _, err := c.m.Share(2, 2); !errors.Is(err, billing.ErrNotExact) {
				t.Errorf("Share: %v", err)
			}
			if n, ok := c.m.TenThousandths(); ok || n != 0 {
				t.Errorf("TenThousandths: %d", n)
			}
		})
	}
}

func TestAmountsOfDifferentCurrenciesNeverMeet(t *testing.T) {
	t.Parallel()
	euro, dollar := billing.NewMoney("0", "EUR"), billing.NewMoney("0", "USD")
	if _, err := euro.Add(dollar); !errors.Is(err, billing.ErrCurrencyMismatch) {
		t.Errorf("Add: %v", err)
	}
	if _, err := euro.Cmp(dollar); !errors.Is(err, billing.ErrCurrencyMismatch) {
		t.Errorf("Cmp: %v", err)
	}
	if _, err := billing.Change(euro, dollar); !errors.Is(err, billing.ErrCurrencyMismatch) {
		t.Errorf("Change: %v", err)
	}
}

func TestTenThousandthsAreExactOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		want   int64
		ok     bool
	}{
		{"0", 0, true},
		{"12.34", 123400, true},
		{"-0.0001", -1, true},
		{"1.23450000", 12345, true},
		{"1.00001", 0, false},
		{"922337203685477.5807", math.MaxInt64, true},
		{"-922337203685477.5808", math.MinInt64, true},
		{"922337203685477.5808", 0, false},
		{"-922337203685477.5809", 0, false},
		{strings.Repeat("9", 34), 0, false},
	} {
		m := billing.NewMoney(c.number, "KWD")
		n, ok := m.TenThousandths()
		if n != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v", c.number, n, ok)
		}
		if !ok {
			continue
		}
		if order, err := billing.MoneyOf(n, "KWD").Cmp(m); err != nil || order != 0 {
			t.Errorf("%s came back as %v", c.number, billing.MoneyOf(n, "KWD"))
		}
	}
}

func TestMoneyOfHasNoZerosAtItsEnd(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 1: "0.0001", -1: "-0.0001", 10000: "1", -12500: "-1.25", 1000000: "100", math.MinInt64: "-922337203685477.5808",
	} {
		if m := billing.MoneyOf(n, "EUR"); m != billing.NewMoney(want, "EUR") || !m.Exact() {
			t.Errorf("%d is %v, want %s", n, m, want)
		}
	}
}

// TestArithmeticAgreesWithRationalNumbers compares with math/big, which this
// package's own arithmetic does not share a line with.
func TestArithmeticAgreesWithRationalNumbers(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	for range 20_000 {
		a, b := billing.NewMoney(decimal(random, 40), "EUR"), billing.NewMoney(decimal(random, 40), "EUR")
		if !a.Exact() || !b.Exact() {
			continue
		}
		x, y := rational(t, a.Number()), rational(t, b.Number())
		sum, err := a.Add(b)
		if err != nil || !sum.Exact() || rational(t, sum.Number()).Cmp(new(big.Rat).Add(x, y)) != 0 {
			t.Fatalf("%v + %v = %v, %v", a, b, sum, err)
		}
		if other, _ := b.Add(a); other != sum {
			t.Fatalf("%v + %v depends on the order", a, b)
		}
		if order, err := a.Cmp(b); err != nil || order != x.Cmp(y) {
			t.Fatalf("%v ? %v = %d, %v", a, b, order, err)
		}
		if rational(t, a.Neg().Number()).Cmp(new(big.Rat).Neg(x)) != 0 || !a.IsZero() && a.Neg().Neg() != a {
			t.Fatalf("-(%v) = %v", a, a.Neg())
		}
		if a.IsZero() != (x.Sign() == 0) || a.IsNegative() != (x.Sign() < 0) {
			t.Fatalf("sign of %v", a)
		}
		units := new(big.Rat).Mul(x, big.NewRat(10_000, 1))
		n, ok := a.TenThousandths()
		if fits := units.IsInt() && units.Num().IsInt64(); ok != fits || ok && units.Num().Int64() != n {
			t.Fatalf("%v is %d ten-thousandths, %v", a, n, ok)
		}
	}
}

func TestShareAndChangeRoundHalfAwayFromZero(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	for range 20_000 {
		m := billing.NewMoney(decimal(random, 34), "EUR")
		n, digits := int64(1+random.IntN(400)), random.IntN(5)
		if !m.Exact() {
			continue
		}
		got, err := m.Share(n, digits)
		want := rounded(new(big.Rat).Quo(rational(t, m.Number()), big.NewRat(n, 1)), digits)
		if err != nil || !got.Exact() || rational(t, got.Number()).Cmp(want) != 0 || got.IsZero() && strings.HasPrefix(got.Number(), "-") {
			t.Fatalf("%v / %d to %d digits = %v, %v", m, n, digits, got, err)
		}
		other := billing.NewMoney(decimal(random, 34), "EUR")
		if !other.Exact() || m.IsZero() {
			continue
		}
		change, err := billing.Change(m, other)
		before, now := rational(t, m.Number()), rational(t, other.Number())
		percent := new(big.Rat).Quo(new(big.Rat).Sub(now, before), new(big.Rat).Abs(before))
		want = rounded(percent.Mul(percent, big.NewRat(100, 1)), 1)
		if err != nil || rational(t, string(change)).Cmp(want) != 0 || string(change) == "-0.0" {
			t.Fatalf("from %v to %v = %s %%, %v", m, other, change, err)
		}
	}
}

func TestShareNeedsAtLeastOnePart(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, -1} {
		if _, err := billing.NewMoney("1", "EUR").Share(n, 2); !errors.Is(err, billing.ErrNotExact) {
			t.Errorf("%d parts: %v", n, err)
		}
	}
}

func TestChangeReadsAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, now, want string }{
		{"100", "106.5", "6.5"},
		{"106.5", "100", "-6.1"},
		{"100", "100.00", "0.0"},
		{"-50", "-100", "-100.0"},
		{"-50", "50", "200.0"},
		{"1000", "1000.5", "0.1"},
		{"1000", "999.5", "-0.1"},
		{"100000", "99999", "0.0"},
	} {
		got, err := billing.Change(billing.NewMoney(c.before, "EUR"), billing.NewMoney(c.now, "EUR"))
		if err != nil || string(got) != c.want {
			t.Errorf("from %s to %s: %s, %v, want %s", c.before, c.now, got, err, c.want)
		}
	}
	if _, err := billing.Change(billing.NewMoney("0.00", "EUR"), billing.NewMoney("1", "EUR")); !errors.Is(err, billing.ErrNoBase) {
		t.Errorf("from nothing: %v", err)
	}
}

func TestDecimalKeepsTextThatIsNoNumber(t *testing.T) {
	t.Parallel()
	for received, want := range map[string]billing.Decimal{
		" 007.50 ": "7.50", "1e2": "100", "-0": "0", "": "", "1 h": "1 h", "12,5": "12,5",
	} {
		got := billing.NewDecimal(received)
		number := want != "" && want != "1 h" && want != "12,5"
		if got != want || got.Exact() != number {
			t.Errorf("%q is %q, exact %v", received, got, got.Exact())
		}
	}
	if billing.Decimal("007").Exact() {
		t.Error("a number that is not plain counts as exact")
	}
}

func FuzzNewMoney(f *testing.F) {
	for _, seed := range []string{"", "0", "-0.00", "1944.00", "1e3", "-5E-3", "1e999", "000001e1", "9999999999999999999999999999999999", "1,5", "€", "1e-34"} {
		f.Add(seed, "EUR")
	}
	f.Add("1", "eur")
	f.Fuzz(func(t *testing.T, number, currency string) {
		m := billing.NewMoney(number, currency)
		if !m.Exact() {
			if want := strings.TrimSpace(number); m.Number() != want {
				t.Errorf("%q is kept as %q", number, m.Number())
			}
			return
		}
		x, ok := new(big.Rat).SetString(strings.TrimSpace(number))
		if !ok || rational(t, m.Number()).Cmp(x) != 0 {
			t.Errorf("%q became %q", number, m.Number())
		}
		if again := billing.NewMoney(m.Number(), m.Currency()); again != m {
			t.Errorf("%#v is read again as %#v", m, again)
		}
		if _, err := m.Add(m.Neg()); err != nil {
			t.Error(err)
		}
	})
}
