package i18n

import (
	"math/big"
	"strings"
	"testing"
	"time"
)

const nn = "\u202f" // narrow no-break space

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		decimal     string
		minFraction int
		en, fr      string
	}{
		{"18250.4", 2, "18,250.40", "18" + nn + "250,40"},
		{"-18250.40", 2, "−18,250.40", "−18" + nn + "250,40"},
		{"0", 2, "0.00", "0,00"},
		{"-0.00", 2, "0.00", "0,00"},
		{"-0.001", 2, "−0.001", "−0,001"},
		{"7", 0, "7", "7"},
		{"999", 0, "999", "999"},
		{"1000", 0, "1,000", "1" + nn + "000"},
		{"+12", 0, "12", "12"},
		{"007", 0, "7", "7"},
		{"0.0870", 2, "0.0870", "0,0870"},
		{"123456789012345678901234567890.123456789", 2, "123,456,789,012,345,678,901,234,567,890.123456789",
			strings.ReplaceAll("123 456 789 012 345 678 901 234 567 890,123456789", " ", nn)},
		{"1e9", 2, "1e9", "1e9"}, {"", 2, "", ""}, {"1.", 2, "1.", "1."}, {".5", 2, ".5", ".5"}, {"1,5", 2, "1,5", "1,5"},
		{"--1", 2, "--1", "--1"}, {"NaN", 2, "NaN", "NaN"}, {"<b>", 2, "<b>", "<b>"},
	} {
		if got := For(En).Number(c.decimal, c.minFraction); got != c.en {
			t.Errorf("en %q: %q, want %q", c.decimal, got, c.en)
		}
		if got := For(Fr).Number(c.decimal, c.minFraction); got != c.fr {
			t.Errorf("fr %q: %q, want %q", c.decimal, got, c.fr)
		}
	}
}

// FuzzNumberIsExact reads every formatted number back and compares it as an exact fraction.
func FuzzNumberIsExact(f *testing.F) {
	for _, seed := range []string{"0", "-1.10", "1234567.891", "-0.0"} {
		f.Add(seed, 2)
	}
	f.Fuzz(func(t *testing.T, decimal string, minFraction int) {
		if len(decimal) > 1000 || minFraction > 50 {
			return
		}
		want, ok := new(big.Rat).SetString(decimal)
		if !ok || strings.Trim(decimal, "+-.0123456789") != "" {
			return
		}
		for _, texts := range []*Texts{For(En), For(Fr)} {
			plain := strings.NewReplacer(texts.format.group, "", minus, "-").Replace(texts.Number(decimal, minFraction))
			got, ok := new(big.Rat).SetString(strings.Replace(plain, texts.format.decimal, ".", 1))
			if !ok || got.Cmp(want) != 0 {
				t.Errorf("%s %q came back as %q", texts.lang, decimal, plain)
			}
		}
	})
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ number, whole, fraction string }{
		{"18,250.40", "18,250", ".40"}, {"7", "7", ""}, {"−1.00", "−1", ".00"},
	} {
		if whole, fraction := For(En).Split(c.number); whole != c.whole || fraction != c.fraction {
			t.Errorf("%q: %q and %q", c.number, whole, fraction)
		}
	}
	if whole, fraction := For(Fr).Split("18" + nn + "250,40"); whole != "18"+nn+"250" || fraction != ",40" {
		t.Errorf("fr: %q and %q", whole, fraction)
	}
}

func TestSignsAndPercent(t *testing.T) {
	en, fr := For(En), For(Fr)
	for _, c := range []struct{ got, want string }{
		{en.Percent("20"), "20%"}, {fr.Percent("5.5"), "5,5" + nn + "%"},
		{en.SignedPercent("5.1"), "+5.1%"}, {en.SignedPercent("-7.3"), "−7.3%"}, {en.SignedPercent("0.0"), "0.0%"},
		{fr.Signed("5742.9", 2), "+5" + nn + "742,90"}, {en.Signed("-1", 0), "−1"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	at := time.Date(2026, time.September, 3, 9, 2, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{For(En).Date(2026, time.September, 3), "3 Sep 2026"}, {For(Fr).Date(2026, time.September, 3), "3 sept. 2026"},
		{For(En).Month(2026, time.September), "September 2026"}, {For(Fr).Month(2026, time.August), "août 2026"},
		{For(En).ShortMonth(2026, time.May), "May 2026"}, {For(En).MonthLetter(time.December), "D"},
		{For(En).DateTime(at), "3 Sep 2026, 09:02"}, {For(Fr).DateTime(at), "3 sept. 2026, 09:02"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	day := func(year int, month time.Month, day int) Day { return Day{year, month, day} }
	for _, c := range []struct {
		first, last Day
		want        string
	}{
		{day(2026, 10, 1), day(2026, 10, 31), "Oct 2026"},
		{day(2024, 2, 1), day(2024, 2, 29), "Feb 2024"},
		{day(2024, 2, 1), day(2024, 2, 28), "1 – 28 Feb 2024"},
		{day(2026, 8, 1), day(2026, 10, 31), "Aug – Oct 2026"},
		{day(2025, 12, 1), day(2026, 1, 31), "Dec 2025 – Jan 2026"},
		{day(2026, 10, 12), day(2026, 10, 31), "12 – 31 Oct 2026"},
		{day(2026, 9, 28), day(2026, 10, 3), "28 Sep – 3 Oct 2026"},
		{day(2026, 12, 28), day(2027, 1, 3), "28 Dec 2026 – 3 Jan 2027"},
		{day(2026, 10, 1), day(2026, 10, 1), "1 Oct 2026"},
	} {
		if got := For(En).Period(c.first, c.last); got != c.want {
			t.Errorf("%v to %v: %q, want %q", c.first, c.last, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{For(En).Country("DE"), "Germany"}, {For(Fr).Country("DE"), "Allemagne"}, {For(En).Country("??"), "??"}, {For(En).Country(""), ""},
		{For(En).Currency("GBP"), "Pound sterling"}, {For(Fr).Currency("GBP"), "Livre sterling"}, {For(Fr).Currency("XXX"), "XXX"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
