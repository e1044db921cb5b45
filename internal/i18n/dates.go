package i18n

import (
	"strconv"
	"time"
)

// Day is a calendar day without a time zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// Date formats a calendar day: "3 Sep 2026", "3 sept. 2026".
func (t *Texts) Date(year int, month time.Month, day int) string {
	return strconv.Itoa(day) + " " + t.ShortMonth(year, month)
}

// Month formats a month of a year in full: "September 2026", "septembre 2026".
func (t *Texts) Month(year int, month time.Month) string {
	return t.MonthName(month) + " " + strconv.Itoa(year)
}

// ShortMonth formats a month of a year in little room: "Sep 2026", "sept. 2026".
func (t *Texts) ShortMonth(year int, month time.Month) string {
	return t.shortMonthName(month) + " " + strconv.Itoa(year)
}

// MonthName returns the name of a month alone: "September", "septembre".
func (t *Texts) MonthName(month time.Month) string { return t.format.months[month-1] }

// MonthLetter returns the narrow label of a month for the axis of a chart: "S".
func (t *Texts) MonthLetter(month time.Month) string { return t.format.tinyMonths[month-1] }

func (t *Texts) shortMonthName(month time.Month) string { return t.format.shortMonths[month-1] }

// DateTime formats an instant in the zone it is given in: "30 Nov 2026, 09:02".
func (t *Texts) DateTime(at time.Time) string {
	return t.Date(at.Date()) + ", " + t.Clock(at)
}

// Clock formats the time of day of an instant in the zone it is given in: "09:02".
func (t *Texts) Clock(at time.Time) string { return at.Format("15:04") }

// Period formats a span of days, both included, without repeating what they share. Whole calendar
// months read as months: "Oct 2026", "Aug – Oct 2026", "12 – 31 Oct 2026", "28 Dec 2026 – 3 Jan 2027".
func (t *Texts) Period(first, last Day) string {
	if first == last {
		return t.Date(first.Year, first.Month, first.Day)
	}
	sameYear := first.Year == last.Year
	sameMonth := sameYear && first.Month == last.Month
	if first.Day == 1 && last.Day == daysIn(last.Year, last.Month) {
		end := t.ShortMonth(last.Year, last.Month)
		switch {
		case sameMonth:
			return end
		case sameYear:
			return t.shortMonthName(first.Month) + enDashInSpaces + end
		}
		return t.ShortMonth(first.Year, first.Month) + enDashInSpaces + end
	}
	end := t.Date(last.Year, last.Month, last.Day)
	switch {
	case sameMonth:
		return strconv.Itoa(first.Day) + enDashInSpaces + end
	case sameYear:
		return strconv.Itoa(first.Day) + " " + t.shortMonthName(first.Month) + enDashInSpaces + end
	}
	return t.Date(first.Year, first.Month, first.Day) + enDashInSpaces + end
}

// daysIn counts the days of a month; day 0 of the month after is its last.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
