package billingapi

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// mostWithin is the greatest number of instants in any window, its end excluded.
func mostWithin(at []time.Time, window time.Duration) (most int) {
	first := 0
	for i := range at {
		for at[i].Sub(at[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// TestBudgetHoldsInEveryWindow lets the API count a call at any instant between
// its start and its end, and checks every rolling window, which covers every
// fixed one.
func TestBudgetHoldsInEveryWindow(t *testing.T) {
	t.Parallel()
	for _, threshold := range []struct{ perMinute, perSecond int }{{1, 1}, {20, 5}, {60, 2}, {600, 25}} {
		synctest.Test(t, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(1, 2))
			var mu sync.Mutex
			wait := func(most int) {
				mu.Lock()
				d := time.Duration(dice.IntN(most)) * time.Millisecond
				mu.Unlock()
				<-time.After(d)
			}
			b := newBudget(time.Now, threshold.perMinute, threshold.perSecond)
			var counted []time.Time
			var callers sync.WaitGroup
			for range min(3*threshold.perMinute, 400) {
				callers.Go(func() {
					wait(90_000)
					s, err := b.reserve(t.Context(), Sync)
					if err != nil {
						t.Error(err)
						return
					}
					wait(1500)
					mu.Lock()
					counted = append(counted, time.Now())
					mu.Unlock()
					wait(1500)
					s.answered()
					wait(10_000)
					s.end()
				})
			}
			callers.Wait()
			slices.SortFunc(counted, time.Time.Compare)
			if n := mostWithin(counted, time.Minute); n > usable(threshold.perMinute) {
				t.Errorf("threshold %+v: %d calls within a minute", threshold, n)
			}
			if n := mostWithin(counted, time.Second); n > usable(threshold.perSecond) {
				t.Errorf("threshold %+v: %d calls within a second", threshold, n)
			}
		})
	}
}

func TestBudgetCountsTokenRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		c := newBubble(t, u, 5, 100)
		for range 9 {
			if _, err := c.Status(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := mostWithin(u.times(), time.Minute); n != 4 {
			t.Errorf("%d requests within a minute, want 4: 80 %% of 5, the token's among them", n)
		}
		equal(t, "calls in the state", c.State().Calls, 10)
	})
}

func TestUsable(t *testing.T) {
	t.Parallel()
	for threshold, want := range map[int]int{-5: 1, 0: 1, 1: 1, 2: 1, 5: 4, 9: 7, 60: 48, 600: 480} {
		equal(t, "80 %", usable(threshold), want)
	}
}

func TestInteractiveGoesBeforeSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(time.Now, 1, 1)
		take(t, b, Sync).end()
		var mu sync.Mutex
		var order []string
		var callers sync.WaitGroup
		queue := func(name string, class Class) {
			callers.Go(func() {
				s := take(t, b, class)
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				s.answered()
				s.end()
			})
			synctest.Wait()
		}
		queue("sync 1", Sync)
		queue("sync 2", Sync)
		<-time.After(59 * time.Second)
		queue("interactive", Interactive)
		callers.Wait()
		if !slices.Equal(order, []string{"interactive", "sync 1", "sync 2"}) {
			t.Errorf("calls went in the order %v", order)
		}
	})
}

func take(t *testing.T, b *budget, class Class) *slot {
	t.Helper()
	s, err := b.reserve(t.Context(), class)
	if err != nil {
		t.Fatal(err)
	}
	s.answered()
	return s
}

func TestInteractiveIsToldThatTheBudgetIsUsedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		c := newBubble(t, u, 2, 100) // one call
		ctx := WithClass(t.Context(), Interactive)
		start := time.Now()
		if _, err := c.Status(ctx); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy: the token took the only slot", err)
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("waited %v for what could not come in time", waited)
		}
		<-time.After(58 * time.Second)
		if _, err := c.Status(ctx); err != nil {
			t.Errorf("a slot that frees within 2 s is waited for, got %v", err)
		}
		if s := c.State(); s.CallsLastMinute != 1 || s.NextSlot != time.Minute || s.PerMinute != 1 {
			t.Errorf("state %+v", s)
		}
	})
}

func TestInteractiveDoesNotWaitForSlowCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(time.Now, 100, 1)
		if _, err := b.reserve(t.Context(), Sync); err != nil { // never answered
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := b.reserve(t.Context(), Interactive); !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		equal(t, "wait", time.Since(start), patience)
	})
}

func TestBudgetForgetsCallersWhoLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(time.Now, 1, 1)
		take(t, b, Sync).end()
		ctx, cancel := context.WithCancel(t.Context())
		var caller sync.WaitGroup
		caller.Go(func() {
			if _, err := b.reserve(ctx, Sync); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		cancel()
		caller.Wait()
		s := b.state()
		equal(t, "waiting", s.Waiting, 0)
		equal(t, "calls", s.Calls, 1)
		if _, err := b.reserve(ctx, Sync); err == nil {
			t.Error("a slot was given to a caller who had left")
		}
	})
}

func TestThresholdChangesWhileCallsWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		c := newBubble(t, u, 1, 1)
		var call sync.WaitGroup
		call.Go(func() { _, _ = c.Status(t.Context()) })
		synctest.Wait()
		equal(t, "waiting", c.State().Waiting, 1)
		c.SetThreshold(10, 10)
		start := time.Now()
		call.Wait()
		equal(t, "wait after the change", time.Since(start), 0)
		c.SetThreshold(1, 1)
		if s := c.State(); s.NextSlot != time.Minute {
			t.Errorf("next slot in %v, want a minute", s.NextSlot)
		}
	})
}

func TestDownloadHoldsItsSlotUntilClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: map[string]http.HandlerFunc{"/api/bills/1": say(200, "%PDF-1.7 …")}}
		c := newBubble(t, u, 100, 1)
		d, err := c.Document(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Minute)
		equal(t, "slots while it is read", c.State().CallsLastMinute, 1)
		equal(t, "wait for another call", c.State().NextSlot, 0)
		if err := d.Body.Close(); err != nil {
			t.Error(err)
		}
		<-time.After(59 * time.Second)
		equal(t, "slots 59 s after", c.State().CallsLastMinute, 1)
		<-time.After(time.Second)
		equal(t, "slots 60 s after", c.State().CallsLastMinute, 0)
	})
}

func TestMinuteBeginsWhenTheCallHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(time.Now, 1, 100)
		start := time.Now()
		download := take(t, b, Sync)
		time.AfterFunc(5*time.Minute, download.end)
		take(t, b, Sync)
		equal(t, "the next call", time.Since(start), 6*time.Minute)
	})
}

func TestTokenRequestGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		c := newBubble(t, u, 1, 1)
		start := time.Now()
		take(t, c.budget, Sync).end()
		var callers sync.WaitGroup
		callers.Go(func() {
			take(t, c.budget, Sync).end()
			equal(t, "the call that waited longest", time.Since(start), 2*time.Minute)
		})
		synctest.Wait()
		if _, err := c.Status(t.Context()); err != nil {
			t.Error(err)
		}
		callers.Wait()
		equal(t, "the token request", u.times()[0].Sub(start), time.Minute)
	})
}

func TestForgottenDownloadEndsAtItsTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: map[string]http.HandlerFunc{"/api/bills/1": say(200, "%PDF-1.7 …")}}
		c := newBubble(t, u, 100, 100)
		if _, err := c.Document(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		<-time.After(5*time.Minute + time.Minute + time.Second)
		equal(t, "slots", c.State().CallsLastMinute, 0)
	})
}
