package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// span is a range of days with both ends included; an empty end is open. Days
// are YYYY-MM-DD, so that text order is the order of time.
type span struct{ from, to string }

// overlaps says whether the days from start to end, both included, meet s.
func (s span) overlaps(start, end string) bool {
	return (s.from == "" || end >= s.from) && (s.to == "" || start <= s.to)
}

// parseSpan reads a date filter: start/end with both days included, lastNdays,
// after, atOrAfter, before and atOrBefore followed by a day. lastNdays counts
// back from today and includes it.
func parseSpan(value string, today time.Time) (span, error) {
	if days, ok := strings.CutPrefix(value, "last"); ok {
		return lastDays(days, today)
	}
	if start, end, ok := strings.Cut(value, "/"); ok {
		return between(start, end)
	}
	for _, bound := range []struct {
		word  string
		after bool
		shift int
	}{{"atOrAfter", true, 0}, {"atOrBefore", false, 0}, {"after", true, 1}, {"before", false, -1}} {
		rest, ok := strings.CutPrefix(value, bound.word)
		if !ok {
			continue
		}
		day, err := parseDay(rest)
		if err != nil {
			return span{}, err
		}
		limit := text(day.AddDate(0, 0, bound.shift))
		if bound.after {
			return span{from: limit}, nil
		}
		return span{to: limit}, nil
	}
	return span{}, fmt.Errorf("%q is no date range", value)
}

func lastDays(value string, today time.Time) (span, error) {
	digits, ok := strings.CutSuffix(value, "days")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > 36500 || digits[0] == '+' {
		return span{}, fmt.Errorf("%q is not last<N>days", "last"+value)
	}
	return span{text(today.AddDate(0, 0, -n)), text(today)}, nil
}

func between(start, end string) (span, error) {
	first, err := parseDay(start)
	if err != nil {
		return span{}, err
	}
	last, err := parseDay(end)
	if err != nil {
		return span{}, err
	}
	if last.Before(first) {
		return span{}, fmt.Errorf("the range ends before it starts")
	}
	return span{start, end}, nil
}

func parseDay(value string) (time.Time, error) {
	day, err := time.Parse(dayLayout, value)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day written YYYY-MM-DD", value)
	}
	return day, nil
}
