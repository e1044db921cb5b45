package billingapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Class says who waits for a call.
type Class int

// The classes of calls. Interactive calls go before Sync ones and do not wait
// longer than 2 s for a slot; Sync calls wait as long as their context lets them.
const (
	Sync Class = iota
	Interactive
	tokenClass // goes first, because every other call waits for the token
	classes
)

type classKey struct{}

// WithClass marks the calls made under the context; without it they are Sync.
func WithClass(ctx context.Context, c Class) context.Context {
	return context.WithValue(ctx, classKey{}, c)
}

func classOf(ctx context.Context) Class {
	if c, ok := ctx.Value(classKey{}).(Class); ok && c == Interactive {
		return Interactive
	}
	return Sync
}

// patience is how long an Interactive call waits for a slot.
const patience = 2 * time.Second

// budget keeps the calls within Orange's thresholds, whatever window the gateway
// counts in. It sees a call at an instant unknown to us, between the call's
// start and its end. A slot that is used again only 60 s after its call ended
// puts at least 60 s between the instants of two calls on it, so no window of a
// minute, fixed or rolling, holds more calls than there are slots. The second
// is treated alike, except that a call's instant is known to lie before the
// answer's headers: a long download does not hold up the next second.
type budget struct {
	now func() time.Time

	mu        sync.Mutex
	perMinute int
	perSecond int
	slots     []*slot // in use, or freed less than a minute ago
	waiting   [classes][]*waiter
	wake      *time.Timer
	calls     int64
}

// slot is the right to make one call.
type slot struct {
	budget              *budget
	answeredAt, endedAt time.Time // zero while the call has not come so far
}

type waiter struct{ granted chan *slot }

func newBudget(now func() time.Time, perMinute, perSecond int) *budget {
	b := &budget{now: now}
	b.setThreshold(perMinute, perSecond)
	return b
}

func (b *budget) setThreshold(perMinute, perSecond int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.perMinute, b.perSecond = usable(perMinute), usable(perSecond)
	b.dispatch()
}

// usable is 80 % of a threshold, at least 1.
func usable(threshold int) int { return max(1, threshold/5*4+threshold%5*4/5) }

// reserve takes a slot, waiting for one in the order of classes and arrival. Its
// errors are the context's and, for an Interactive call that cannot go within
// its patience, ErrBusy.
func (b *budget) reserve(ctx context.Context, class Class) (*slot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w, err := b.enqueue(class)
	if err != nil {
		return nil, err
	}
	var enough <-chan time.Time
	if class == Interactive {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case s := <-w.granted:
		return s, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-enough:
		err = ErrBusy
	}
	return b.leave(class, w, err)
}

func (b *budget) enqueue(class Class) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if class == Interactive && b.delay(b.ahead(class)) > patience {
		return nil, ErrBusy
	}
	w := &waiter{granted: make(chan *slot, 1)}
	b.waiting[class] = append(b.waiting[class], w)
	b.dispatch()
	return w, nil
}

// leave gives up waiting. A slot that frees at the same instant is used where
// the caller still wants it and otherwise taken back, for no call was made on it.
func (b *budget) leave(class Class, w *waiter, reason error) (*slot, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dispatch()
	if i := slices.Index(b.waiting[class], w); i >= 0 {
		b.waiting[class] = slices.Delete(b.waiting[class], i, i+1)
		b.dispatch()
		return nil, reason
	}
	s := <-w.granted
	if errors.Is(reason, ErrBusy) {
		return s, nil
	}
	b.slots = slices.DeleteFunc(b.slots, func(other *slot) bool { return other == s })
	b.calls--
	b.dispatch()
	return nil, reason
}

// busy reports whether an Interactive call would have to wait longer than its
// patience.
func (b *budget) busy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.delay(b.ahead(Interactive)) > patience
}

// ahead counts the waiting calls that go before a new one of the class.
func (b *budget) ahead(class Class) int {
	n := 0
	for c := class; c < classes; c++ {
		n += len(b.waiting[c])
	}
	return n
}

// dispatch grants free slots to those who wait, and sets the timer for the
// rest. The lock is held.
func (b *budget) dispatch() {
	b.sweep()
	for b.ahead(Sync) > 0 {
		if d := b.delay(0); d > 0 {
			b.wakeIn(d)
			return
		}
		s := &slot{budget: b}
		b.slots = append(b.slots, s)
		b.calls++
		b.next().granted <- s
	}
	if b.wake != nil {
		b.wake.Stop()
	}
}

// sweep forgets the slots that have become free. The lock is held.
func (b *budget) sweep() {
	now := b.now()
	b.slots = slices.DeleteFunc(b.slots, func(s *slot) bool {
		return !s.endedAt.IsZero() && now.Sub(s.endedAt) >= time.Minute
	})
}

func (b *budget) wakeIn(d time.Duration) {
	if b.wake != nil {
		b.wake.Reset(d)
		return
	}
	b.wake = time.AfterFunc(d, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.dispatch()
	})
}

// next takes the first waiter of the highest class that has one.
func (b *budget) next() *waiter {
	for c := classes - 1; c >= 0; c-- {
		if q := b.waiting[c]; len(q) > 0 {
			b.waiting[c] = q[1:]
			return q[0]
		}
	}
	return nil
}

// delay is the shortest time after which a call can go that has ahead calls
// before it; 0 is at once. The lock is held.
func (b *budget) delay(ahead int) time.Duration {
	minute := b.window(time.Minute, b.perMinute, ahead, func(s *slot) time.Time { return s.endedAt })
	second := b.window(time.Second, b.perSecond, ahead, func(s *slot) time.Time { return s.answeredAt })
	return max(minute, second)
}

// window is delay for one threshold: a slot counts until length has passed
// since the given instant, which for a call still under way is now at the
// earliest.
func (b *budget) window(length time.Duration, limit, ahead int, since func(*slot) time.Time) time.Duration {
	now := b.now()
	wait := func(s *slot) time.Duration {
		if at := since(s); !at.IsZero() {
			return at.Add(length).Sub(now)
		}
		return length
	}
	taken := ahead
	for _, s := range b.slots {
		if wait(s) > 0 {
			taken++
		}
	}
	if taken < limit {
		return 0
	}
	var waits []time.Duration
	for _, s := range b.slots {
		if d := wait(s); d > 0 {
			waits = append(waits, d)
		}
	}
	if taken-limit >= len(waits) {
		return length
	}
	slices.Sort(waits)
	return waits[taken-limit]
}

// answered marks that the headers of the call's answer are here.
func (s *slot) answered() { s.mark(&s.answeredAt) }

// end marks that nothing more of the call will come. It may be called again.
func (s *slot) end() { s.mark(&s.endedAt) }

func (s *slot) mark(at *time.Time) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	if at.IsZero() {
		*at = s.budget.now()
		s.budget.dispatch()
	}
}
