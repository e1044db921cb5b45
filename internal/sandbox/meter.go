package sandbox

import (
	"sync"
	"time"
)

// calendarMonth as a window stands for a month of the calendar, UTC.
const calendarMonth = time.Duration(-1)

// Peak is the greatest number of requests in one window, and when that window
// was full.
type Peak struct {
	Calls int       `json:"calls"`
	At    time.Time `json:"at"`
}

// Worst says how hard the API was used, by every clock a limit may go by. All
// count every request that reached the sandbox: token requests, refused ones
// and failing ones too. Fixed windows begin with the minute, second or month of
// the clock, in UTC; rolling ones at any instant, and hold what came in less
// than their length.
type Worst struct {
	FixedMinute   Peak `json:"fixedMinute"`
	RollingMinute Peak `json:"rollingMinute"`
	FixedSecond   Peak `json:"fixedSecond"`
	RollingSecond Peak `json:"rollingSecond"`
	Month         Peak `json:"month"`
}

// PerMinute is the worse of the two minutes.
func (w Worst) PerMinute() int { return max(w.FixedMinute.Calls, w.RollingMinute.Calls) }

// PerSecond is the worse of the two seconds.
func (w Worst) PerSecond() int { return max(w.FixedSecond.Calls, w.RollingSecond.Calls) }

// meter counts requests by every clock. An instant before one already counted
// is counted as that one: its clock does not run backwards.
type meter struct {
	strict bool // refuse by what is counted here

	mu      sync.Mutex
	limits  limits
	last    time.Time
	calls   int
	fixed   map[time.Duration]*window // by length
	rolling map[time.Duration]*ring
	worst   Worst
}

// limits are what a strict meter lets through; 0 or less is no limit.
type limits struct{ minute, second, month int }

// window is a fixed window that is being filled.
type window struct {
	start time.Time
	calls int
}

// ring holds the instants of a rolling window, oldest first.
type ring struct{ at []time.Time }

func newMeter(o *Options) meter {
	return meter{
		strict: o.StrictLimits, limits: limits{o.CallsPerMinute, o.CallsPerSecond, o.CallsPerMonth},
		fixed:   map[time.Duration]*window{time.Minute: {}, time.Second: {}, calendarMonth: {}},
		rolling: map[time.Duration]*ring{time.Minute: {}, time.Second: {}},
	}
}

// begin is the instant at which the fixed window that holds t began.
func begin(length time.Duration, t time.Time) time.Time {
	if length == calendarMonth {
		y, m, _ := t.UTC().Date()
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Truncate(length)
}

// count counts one request and names the limit it is above, if the meter is
// strict.
func (m *meter) count(now func() time.Time) (over string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := now()
	if t.Before(m.last) {
		t = m.last
	}
	m.last = t
	m.calls++
	minute := max(m.inFixed(time.Minute, t, &m.worst.FixedMinute), m.inRolling(time.Minute, t, &m.worst.RollingMinute))
	second := max(m.inFixed(time.Second, t, &m.worst.FixedSecond), m.inRolling(time.Second, t, &m.worst.RollingSecond))
	month := m.inFixed(calendarMonth, t, &m.worst.Month)
	above := func(n, limit int) bool { return m.strict && limit > 0 && n > limit }
	switch {
	case above(month, m.limits.month):
		return "quota of calls a month"
	case above(minute, m.limits.minute):
		return "quota of calls a minute"
	case above(second, m.limits.second):
		return "spike limit of calls a second"
	}
	return ""
}

func (m *meter) inFixed(length time.Duration, t time.Time, peak *Peak) int {
	w := m.fixed[length]
	if start := begin(length, t); !start.Equal(w.start) {
		*w = window{start: start}
	}
	w.calls++
	peak.raise(w.calls, t)
	return w.calls
}

func (m *meter) inRolling(length time.Duration, t time.Time, peak *Peak) int {
	r := m.rolling[length]
	old := 0
	for old < len(r.at) && t.Sub(r.at[old]) >= length {
		old++
	}
	r.at = append(r.at[old:], t)
	peak.raise(len(r.at), t)
	return len(r.at)
}

func (p *Peak) raise(calls int, at time.Time) {
	if calls > p.Calls {
		*p = Peak{calls, at}
	}
}

// AllCalls counts every request that reached the sandbox since the start or the
// last ForgetWorst.
func (a *API) AllCalls() int {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	return a.meter.calls
}

// Worst says how hard the API was used since the start or the last
// ForgetWorst.
func (a *API) Worst() Worst {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	return a.meter.worst
}

// ForgetWorst begins a new count of AllCalls and Worst. Windows that are being
// filled go on, so that a limit is not forgotten with them.
func (a *API) ForgetWorst() {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	a.meter.calls, a.meter.worst = 0, Worst{}
}

// SetCallsPerMinute changes the limit while running; 0 takes it away.
func (a *API) SetCallsPerMinute(n int) {
	a.minute.set(n)
	a.meter.set(func(l *limits) { l.minute = n })
}

// SetCallsPerSecond changes the spike limit while running; 0 takes it away.
func (a *API) SetCallsPerSecond(n int) {
	a.second.set(n)
	a.meter.set(func(l *limits) { l.second = n })
}

// SetCallsPerMonth changes the quota while running; 0 takes it away.
func (a *API) SetCallsPerMonth(n int) {
	a.month.set(n)
	a.meter.set(func(l *limits) { l.month = n })
}

// SetTokenCallsPerMinute changes the limit of the token endpoint while running;
// 0 takes it away.
func (a *API) SetTokenCallsPerMinute(n int) { a.tokenMinute.set(n) }

func (m *meter) set(change func(*limits)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.limits)
}
