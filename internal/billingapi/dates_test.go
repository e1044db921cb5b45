package billingapi

import (
	"testing"
	"time"

	"billportal/internal/billing"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"2026-09-03": "2026-09-03", " 2026-09-03 ": "2026-09-03",
		"2026-09-03T23:30:00Z":          "2026-09-03",
		"2026-09-03T00:30:00+14:00":     "2026-09-03", // the day before in UTC
		"2026-09-03T23:30:00.123-11:00": "2026-09-03", // the day after in UTC
		"2026-09-03T00:00:00":           "2026-09-03",
		"2026-09-03 04:12:55":           "2026-09-03",
		"2026-09-03Z":                   "2026-09-03",
		"2026-09-03+02:00":              "2026-09-03",
		"1788393600":                    "2026-09-03",
		"1788393600000":                 "2026-09-03",
		"1788393600.5":                  "2026-09-03",
		"1.7883936e9":                   "2026-09-03",
		"-86400":                        "1969-12-31",
		"2024-02-29":                    "2024-02-29",
		"2023-02-29":                    "", "2026-13-01": "", "03/09/2026": "", "2026-9-3": "", "": "", "null": "",
		"0001-01-01T00:00:00Z": "", "0": "", "99999999999999999999": "", "9999999999999999": "", "2026-09-03x": "", "2026-09": "",
	} {
		equal(t, written, parseDate(written).String(), want)
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 9, 3, 12, 0, 0, 0, time.UTC)
	for written, want := range map[string]time.Time{
		"2026-09-03T12:00:00Z": noon, "2026-09-03T14:00:00+02:00": noon, "2026-09-03T14:00:00.000+0200": noon,
		"2026-09-03T12:00:00": noon, "2026-09-03 12:00:00": noon, "1788436800": noon, "1788436800000": noon,
		"2026-09-03": noon.Add(-12 * time.Hour), "": {}, "later": {}, "0001-01-01T00:00:00Z": {},
	} {
		if got := parseTime(written); got != want {
			t.Errorf("%q is %v, want %v", written, got, want)
		}
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	august := billing.MonthOf(billing.NewDate(2026, 8, 1))
	for raw, want := range map[string]billing.Period{
		`{"period":{"start":"2026-08-01","end":"2026-08-31"}}`:                             august,
		`{"billingPeriod":{"startDateTime":"2026-08-01T00:00Z","endDateTime":1788177600}}`: august,
		`{"period":"2026-08-01/2026-08-31"}`:                                               august,
		`{"periodStart":"2026-08-01"}`:                                                     {First: august.First},
		`{"period":"August"}`:                                                              {},
		`{"period":null}`:                                                                  {},
	} {
		r, _ := decodeRecord([]byte(raw))
		if got := r.period(billAliases()); got != want {
			t.Errorf("%s is %v, want %v", raw, got, want)
		}
	}
}
