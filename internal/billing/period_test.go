package billing_test

import (
	"testing"
	"time"
	_ "time/tzdata" // zones, wherever the test runs

	"billportal/internal/billing"
)

func day(t *testing.T, s string) billing.Date {
	t.Helper()
	d, err := billing.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDateTakesOneFormOnly(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"2026-02-28", "2024-02-29", "1999-12-31"} {
		if d, err := billing.ParseDate(good); err != nil || d.String() != good {
			t.Errorf("%q: %v, %v", good, d, err)
		}
	}
	for _, bad := range []string{"", "2026-02-29", "2026-13-01", "2026-2-1", "26-02-01", "2026-02-01T00:00:00Z", " 2026-02-01", "01/02/2026", "2026-02-0١"} {
		if d, err := billing.ParseDate(bad); err == nil || !d.IsZero() {
			t.Errorf("%q is %v", bad, d)
		}
	}
}

func TestDatesMoveByTheCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about string
		got   billing.Date
		want  string
	}{
		{"the day after 28 February of a leap year", day(t, "2024-02-28").AddDays(1), "2024-02-29"},
		{"the day before New Year", day(t, "2026-01-01").AddDays(-1), "2025-12-31"},
		{"a year of days", day(t, "2025-03-01").AddDays(365), "2026-03-01"},
		{"30 February is normalised", billing.NewDate(2026, time.February, 30), "2026-03-02"},
		{"the month after a long one's last day", day(t, "2026-01-31").FirstOfMonth(1), "2026-02-01"},
		{"eleven months back over a year's end", day(t, "2026-03-31").FirstOfMonth(-11), "2025-04-01"},
		{"the day in the instant's own location", billing.DateOf(time.Date(2026, 1, 1, 0, 30, 0, 0, time.FixedZone("", 3600))), "2026-01-01"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.about, c.got, c.want)
		}
	}
	var none billing.Date
	if !none.IsZero() || none.String() != "" || !none.Before(day(t, "1900-01-01")) || none.Before(none) {
		t.Error("a date that is not supplied has a text, or is not before every day")
	}
	if a, b := day(t, "2026-09-30"), day(t, "2026-10-01"); !a.Before(b) || b.Before(a) || a.Before(a) {
		t.Error("order of days")
	}
}

func TestADayThatSkipsMidnightBeginsLater(t *testing.T) {
	t.Parallel()
	beirut, err := time.LoadLocation("Asia/Beirut")
	if err != nil {
		t.Fatal(err)
	}
	d := day(t, "2024-03-31")
	if begins := d.In(beirut); billing.DateOf(begins) != d && billing.DateOf(begins.Add(time.Hour)) != d {
		t.Errorf("begins at %v", begins)
	}
}

func TestPeriodHoldsItsEnds(t *testing.T) {
	t.Parallel()
	both := billing.Period{First: day(t, "2026-02-01"), Last: day(t, "2026-02-28")}
	for _, c := range []struct {
		about  string
		period billing.Period
		date   billing.Date
		want   bool
	}{
		{"its first day", both, day(t, "2026-02-01"), true},
		{"its last day", both, day(t, "2026-02-28"), true},
		{"the day before", both, day(t, "2026-01-31"), false},
		{"the day after", both, day(t, "2026-03-01"), false},
		{"any day of the zero period", billing.Period{}, day(t, "1900-01-01"), true},
		{"no date in the zero period", billing.Period{}, billing.Date{}, true},
		{"no date in a period", both, billing.Date{}, false},
		{"no date in a period with an open beginning", billing.Period{Last: both.Last}, billing.Date{}, false},
		{"no date in a period with an open end", billing.Period{First: both.First}, billing.Date{}, false},
		{"an early day in an open beginning", billing.Period{Last: both.Last}, day(t, "1900-01-01"), true},
		{"a late day in an open end", billing.Period{First: both.First}, day(t, "2099-01-01"), true},
	} {
		if got := c.period.Contains(c.date); got != c.want {
			t.Errorf("%s: %v", c.about, got)
		}
	}
	if !(billing.Period{}).IsZero() || both.IsZero() {
		t.Error("which period is zero")
	}
}

func TestPresetsAreWholeCalendarUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about       string
		today       string
		preset      billing.Preset
		first, last string
	}{
		{"this month on its first day", "2026-03-01", billing.ThisMonth, "2026-03-01", "2026-03-31"},
		{"last month on the first of March", "2026-03-01", billing.LastMonth, "2026-02-01", "2026-02-28"},
		{"last month on a long month's last day", "2026-03-31", billing.LastMonth, "2026-02-01", "2026-02-28"},
		{"last month in January", "2026-01-31", billing.LastMonth, "2025-12-01", "2025-12-31"},
		{"this month on 29 February", "2024-02-29", billing.ThisMonth, "2024-02-01", "2024-02-29"},
		{"last year on 29 February", "2024-02-29", billing.LastYear, "2023-01-01", "2023-12-31"},
		{"twelve months on 29 February", "2024-02-29", billing.Last12Months, "2023-03-01", "2024-02-29"},
		{"twelve months on New Year's Eve", "2026-12-31", billing.Last12Months, "2026-01-01", "2026-12-31"},
		{"the first quarter", "2026-03-31", billing.ThisQuarter, "2026-01-01", "2026-03-31"},
		{"the second quarter", "2026-04-01", billing.ThisQuarter, "2026-04-01", "2026-06-30"},
		{"the last quarter", "2026-12-31", billing.ThisQuarter, "2026-10-01", "2026-12-31"},
		{"this year", "2026-07-01", billing.ThisYear, "2026-01-01", "2026-12-31"},
		{"the financial year on its first day", "2026-04-01", billing.FinancialYear, "2026-04-01", "2027-03-31"},
		{"the financial year on its last day", "2026-03-31", billing.FinancialYear, "2025-04-01", "2026-03-31"},
		{"any time", "2026-03-01", billing.AnyTime, "", ""},
		{"a month by name", "2026-03-01", "2024-02", "2024-02-01", "2024-02-29"},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			p, err := billing.ResolvePreset(c.preset, day(t, c.today), time.April)
			if err != nil || p.First.String() != c.first || p.Last.String() != c.last {
				t.Errorf("%v to %v, %v", p.First, p.Last, err)
			}
		})
	}
}

func TestEveryPresetHoldsTodayOrThePeriodBefore(t *testing.T) {
	t.Parallel()
	for today := day(t, "2023-01-01"); today.Before(day(t, "2029-01-01")); today = today.AddDays(1) {
		for _, preset := range billing.Presets() {
			for _, month := range []time.Month{time.January, time.April, time.December} {
				p, err := billing.ResolvePreset(preset, today, month)
				before := preset == billing.LastMonth || preset == billing.LastYear
				if err != nil || p.Contains(today) == before || before && p.Last.AddDays(1) != today.FirstOfMonth(0) && preset == billing.LastMonth {
					t.Fatalf("%s on %v: %v, %v", preset, today, p, err)
				}
			}
		}
	}
}

func TestUnknownPresetsAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []billing.Preset{"", "2026", "2026-13", "2026-00", "2026-1", "26-01", "1899-12", "last-century", "+026-01", "2026-01-01", "2026-+1"} {
		if p, err := billing.ResolvePreset(bad, day(t, "2026-03-01"), time.January); err == nil {
			t.Errorf("%q is %v", bad, p)
		}
	}
}
