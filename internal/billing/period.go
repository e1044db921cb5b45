package billing

import (
	"fmt"
	"time"
)

// Period is a span of days, both ends included. A zero end is open, and the
// zero Period holds every day.
type Period struct {
	First, Last Date
}

// IsZero reports whether the period holds every day.
func (p Period) IsZero() bool { return p == Period{} }

// Contains reports whether d lies in the period. A date that is not supplied lies
// in the zero period only.
func (p Period) Contains(d Date) bool {
	if d.IsZero() {
		return p.IsZero()
	}
	return (p.First.IsZero() || !d.Before(p.First)) && (p.Last.IsZero() || !p.Last.Before(d))
}

// MonthOf is the calendar month that holds d.
func MonthOf(d Date) Period {
	return Period{First: d.FirstOfMonth(0), Last: d.FirstOfMonth(1).AddDays(-1)}
}

// Preset names a period that moves with the calendar.
type Preset string

// The presets of a list's issue date. Their bounds are whole calendar units
// around today, as ResolvePreset gives them.
const (
	AnyTime       Preset = "any"
	ThisMonth     Preset = "month"
	LastMonth     Preset = "last-month"
	ThisQuarter   Preset = "quarter"
	ThisYear      Preset = "year"
	LastYear      Preset = "last-year"
	Last12Months  Preset = "12-months"
	FinancialYear Preset = "financial-year"
)

// Presets lists every preset in the order in which people are offered them.
func Presets() []Preset {
	return []Preset{ThisMonth, LastMonth, ThisQuarter, Last12Months, ThisYear, LastYear, FinancialYear, AnyTime}
}

// ResolvePreset is the period of a preset on a day; the financial year begins
// on the first day of the given month. Besides the named presets it takes one
// calendar month as "YYYY-MM". "Last 12 months" is this month and the eleven
// before it.
func ResolvePreset(preset Preset, today Date, financialYear time.Month) (Period, error) {
	quarter := time.Month((int(today.Month)-1)/3*3 + 1)
	switch preset {
	case AnyTime:
		return Period{}, nil
	case ThisMonth:
		return MonthOf(today), nil
	case LastMonth:
		return MonthOf(today.FirstOfMonth(-1)), nil
	case ThisQuarter:
		return months(NewDate(today.Year, quarter, 1), 3), nil
	case ThisYear:
		return months(NewDate(today.Year, time.January, 1), 12), nil
	case LastYear:
		return months(NewDate(today.Year-1, time.January, 1), 12), nil
	case Last12Months:
		return months(today.FirstOfMonth(-11), 12), nil
	case FinancialYear:
		first := NewDate(today.Year, financialYear, 1)
		if today.Before(first) {
			first = NewDate(today.Year-1, financialYear, 1)
		}
		return months(first, 12), nil
	}
	return oneMonth(string(preset))
}

// months is the n whole months that begin on first, a first of a month.
func months(first Date, n int) Period {
	return Period{First: first, Last: first.FirstOfMonth(n).AddDays(-1)}
}

func oneMonth(s string) (Period, error) {
	first, err := ParseDate(s + "-01")
	if err != nil || first.Year < 1900 {
		return Period{}, fmt.Errorf("billing: %q is neither a preset nor a month of the form YYYY-MM", s)
	}
	return months(first, 1), nil
}
