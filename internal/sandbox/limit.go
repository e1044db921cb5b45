package sandbox

import (
	"sync"
	"time"
)

// limiter counts calls in a rolling window, or in the month of the calendar,
// strictly: a call is let through when fewer than max were let through in the
// window that ends now.
type limiter struct {
	mu     sync.Mutex
	window time.Duration
	max    int // 0 is no limit
	passed []time.Time
	peak   int
}

// take asks for one call at the instant now.
func (l *limiter) take(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := 0
	for old < len(l.passed) && l.left(l.passed[old], now) {
		old++
	}
	l.passed = l.passed[old:]
	if l.max > 0 && len(l.passed) >= l.max {
		return false
	}
	l.passed = append(l.passed, now)
	l.peak = max(l.peak, len(l.passed))
	return true
}

// left says whether a call that passed at the instant is out of the window.
func (l *limiter) left(at, now time.Time) bool {
	if l.window == calendarMonth {
		return !begin(l.window, at).Equal(begin(l.window, now))
	}
	return now.Sub(at) >= l.window
}

// set changes the limit from the next call on; 0 takes it away.
func (l *limiter) set(limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.max = limit
}

// most is the greatest number of calls ever let through in one window.
func (l *limiter) most() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.peak
}
