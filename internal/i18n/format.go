package i18n

import (
	"strings"
)

// Characters of the formats that are hard to see in source.
const (
	minus          = "\u2212" // MINUS SIGN, as wide as a digit, unlike the hyphen
	narrowNoBreak  = "\u202f" // NARROW NO-BREAK SPACE: groups digits and precedes % in French
	enDashInSpaces = " \u2013 "
)

// format is what CLDR says about one language and the portal needs.
type format struct {
	group, decimal, percent         string
	months, shortMonths, tinyMonths [12]string
}

var formats = map[Lang]format{
	En: {
		group: ",", decimal: ".", percent: "%",
		months: [12]string{"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December"},
		shortMonths: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
			"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		tinyMonths: [12]string{"J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"},
	},
	Fr: {
		group: narrowNoBreak, decimal: ",", percent: narrowNoBreak + "%",
		months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin",
			"juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		shortMonths: [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin",
			"juil.", "août", "sept.", "oct.", "nov.", "déc."},
		tinyMonths: [12]string{"J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"},
	},
}

// Number formats plain decimal text such as "-18250.4" for reading: "−18,250.40" or "−18 250,40". It
// groups the integer digits, keeps every fraction digit it was given and pads with zeros to minFraction
// of them. Text that is not a plain decimal number comes back unchanged.
func (t *Texts) Number(decimal string, minFraction int) string {
	negative, whole, fraction, ok := splitDecimal(decimal)
	if !ok {
		return decimal
	}
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	first := len(whole) % 3
	if first == 0 {
		first = 3
	}
	b.WriteString(whole[:min(first, len(whole))])
	for i := first; i < len(whole); i += 3 {
		b.WriteString(t.format.group)
		b.WriteString(whole[i : i+3])
	}
	if short := minFraction - len(fraction); short > 0 {
		fraction += strings.Repeat("0", short)
	}
	if fraction != "" {
		b.WriteString(t.format.decimal)
		b.WriteString(fraction)
	}
	return b.String()
}

// Signed is [Texts.Number] with a plus sign before numbers above zero, for differences.
func (t *Texts) Signed(decimal string, minFraction int) string {
	return plusSign(decimal) + t.Number(decimal, minFraction)
}

// Split divides a number that [Texts.Number] made into the part before the decimal separator and the
// rest with the separator, for figures whose cents are set smaller. The second part may be empty.
func (t *Texts) Split(number string) (whole, fraction string) {
	if i := strings.LastIndex(number, t.format.decimal); i >= 0 {
		return number[:i], number[i:]
	}
	return number, ""
}

// Percent formats a percentage given as decimal text, "5.5" for five and a half percent.
func (t *Texts) Percent(decimal string) string {
	return t.Number(decimal, 0) + t.format.percent
}

// SignedPercent is [Texts.Percent] with a plus sign before percentages above zero.
func (t *Texts) SignedPercent(decimal string) string {
	return plusSign(decimal) + t.Percent(decimal)
}

func plusSign(decimal string) string {
	if negative, whole, fraction, ok := splitDecimal(decimal); ok && !negative && strings.Trim(whole+fraction, "0") != "" {
		return "+"
	}
	return ""
}

// splitDecimal takes plain decimal text apart: an optional sign, digits, and optionally a point and
// more digits. Zero has no sign, so that "-0.00" does not read as money owed.
func splitDecimal(decimal string) (negative bool, whole, fraction string, ok bool) {
	rest, negative := strings.CutPrefix(decimal, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	whole, fraction, _ = strings.Cut(rest, ".")
	if whole == "" || !digits(whole) || !digits(fraction) || strings.HasSuffix(rest, ".") {
		return false, "", "", false
	}
	if trimmed := strings.TrimLeft(whole, "0"); trimmed != "" {
		whole = trimmed
	} else {
		whole = "0"
	}
	if whole == "0" && strings.Trim(fraction, "0") == "" {
		negative = false
	}
	return negative, whole, fraction, true
}

func digits(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}
