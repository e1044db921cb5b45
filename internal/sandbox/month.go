package sandbox

import (
	"fmt"
	"time"
)

// dayLayout is how every calendar day is written, here and on the wire.
const dayLayout = time.DateOnly

// month counts calendar months: year × 12 + month - 1.
type month int

func monthOf(day time.Time) month { return month(day.Year()*12 + int(day.Month()) - 1) }

func (m month) year() int { return int(m) / 12 }

// day is the given day of the month; day 0 is the last day of the month before.
func (m month) day(n int) time.Time {
	return time.Date(m.year(), time.Month(int(m)%12+1), n, 0, 0, 0, 0, time.UTC)
}

func (m month) first() time.Time { return m.day(1) }

func (m month) last() time.Time { return (m + 1).day(0) }

// String is the month as in 2026-08.
func (m month) String() string { return fmt.Sprintf("%04d-%02d", m.year(), int(m)%12+1) }

func text(day time.Time) string { return day.Format(dayLayout) }
