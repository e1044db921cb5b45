package billing

import (
	"fmt"
	"time"
)

// Date is a calendar day without zone, as printed on bills (ISO 8601,
// YYYY-MM-DD). The zero value is "not supplied".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate is the given day, normalised as time.Date does: NewDate(2026, 2, 30)
// is 2 March.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf is the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("billing: %q is not a date of the form YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether no date was supplied.
func (d Date) IsZero() bool { return d == Date{} }

// String is YYYY-MM-DD, or "" when not supplied. It sorts as text.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// In is midnight of the day in a location; days that skip midnight there begin
// later, as time.Date describes.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// AddDays is the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// FirstOfMonth is the first day of d's month moved by n months.
func (d Date) FirstOfMonth(n int) Date { return NewDate(d.Year, d.Month+time.Month(n), 1) }

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.String() < other.String() }
