package billingapi

import (
	"strconv"
	"strings"
	"time"

	"billportal/internal/billing"
)

// The days that a bill can bear. What lies outside is a stand-in for nothing,
// such as 0001-01-01, and reads as not supplied.
const firstYear, lastYear = 1900, 9999

// millisecondsFrom is the number from which an epoch counts in milliseconds: as
// seconds it would lie in the year 5138.
const millisecondsFrom = 100_000_000_000

// parseDate reads a calendar day. Of a date-time it keeps the day as written,
// whatever its zone, because that is the day printed on the bill. An epoch, in
// seconds or milliseconds, is a day in UTC; 0 and text that is no date are not
// supplied.
func parseDate(s string) billing.Date {
	s = strings.TrimSpace(s)
	if at, ok := parseEpoch(s); ok {
		return billing.DateOf(at)
	}
	if len(s) > len(time.DateOnly) {
		if separator := s[len(time.DateOnly)]; separator != 'T' && separator != 't' && separator != ' ' {
			if _, err := time.Parse("2006-01-02Z07:00", s); err != nil {
				return billing.Date{}
			}
		}
		s = s[:len(time.DateOnly)]
	}
	d, err := billing.ParseDate(s)
	if err != nil || d.Year < firstYear || d.Year > lastYear {
		return billing.Date{}
	}
	return d
}

// parseTime reads an instant: a date-time, UTC when it names no zone, a date,
// or an epoch. Anything else is the zero time.
func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	if at, ok := parseEpoch(s); ok {
		return at
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", time.DateTime} {
		if at, err := time.Parse(layout, s); err == nil && at.Year() >= firstYear {
			return at.UTC()
		}
	}
	if d := parseDate(s); !d.IsZero() {
		return d.In(time.UTC)
	}
	return time.Time{}
}

// parseEpoch reads a number of seconds or milliseconds since 1970 in UTC; what
// comes after a decimal point is dropped.
func parseEpoch(s string) (at time.Time, ok bool) {
	number := billing.NewDecimal(s)
	if !number.Exact() {
		return time.Time{}, false
	}
	whole, _, _ := strings.Cut(string(number), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}, false
	}
	at = time.Unix(n, 0).UTC()
	if n >= millisecondsFrom || n <= -millisecondsFrom {
		at = time.UnixMilli(n).UTC()
	}
	return at, at.Year() >= firstYear && at.Year() <= lastYear
}

// period reads the two ends of a span of days, or one text "first/last".
func (r record) period(names Aliases) billing.Period {
	p := billing.Period{
		First: parseDate(r.text(names["periodFirst"]...)),
		Last:  parseDate(r.text(names["periodLast"]...)),
	}
	if first, last, ok := strings.Cut(r.text(names["period"]...), "/"); ok && p.IsZero() {
		p = billing.Period{First: parseDate(first), Last: parseDate(last)}
	}
	return p
}
