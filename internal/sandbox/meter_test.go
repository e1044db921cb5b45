package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// beat calls n times at an instant of the test's clock.
func beat(t *testing.T, s *sandbox.Sandbox, client *http.Client, n int) (last reply) {
	t.Helper()
	for range n {
		r, err := ask(t, client, directGet(t.Context(), t, s, "none", "/version"))
		if err != nil {
			t.Fatal(err)
		}
		last = r
	}
	return last
}

// Calls on both sides of a minute's end are few for a clock of fixed minutes
// and many for a rolling one. Refused calls count.
func TestWorstByEveryClock(t *testing.T) {
	t.Parallel()
	s, client, now := direct(t, sandbox.Options{})
	now.advance(59*time.Second + 600*time.Millisecond)
	beat(t, s, client, 30) // at 09:00:59.6, each refused as 401/41
	now.advance(500 * time.Millisecond)
	beat(t, s, client, 20) // at 09:01:00.1
	now.advance(59*time.Second + 499*time.Millisecond)
	beat(t, s, client, 5) // at 09:01:59.599, still within 60 s of the first
	now.advance(time.Millisecond)
	beat(t, s, client, 1) // at 09:01:59.6, no longer
	w := s.API.Worst()
	if w.FixedMinute.Calls != 30 || w.RollingMinute.Calls != 55 || w.FixedSecond.Calls != 30 || w.RollingSecond.Calls != 50 || w.Month.Calls != 56 {
		t.Errorf("%+v", w)
	}
	if want := testDay.Add(9*time.Hour + time.Minute + 59*time.Second + 599*time.Millisecond); !w.RollingMinute.At.Equal(want) || w.PerMinute() != 55 || w.PerSecond() != 50 {
		t.Errorf("the worst minute was full at %s, want %s", w.RollingMinute.At, want)
	}
	now.advance(-10 * time.Minute)
	beat(t, s, client, 1)
	if w := s.API.Worst(); w.RollingMinute.Calls != 55 || w.FixedMinute.Calls != 30 {
		t.Errorf("a clock that goes back made it %+v", w)
	}
	now.advance(24 * time.Hour) // into December
	beat(t, s, client, 3)
	if w := s.API.Worst(); w.Month.Calls != 57 || s.API.AllCalls() != 60 {
		t.Errorf("a new month made it %+v of %d", w, s.API.AllCalls())
	}
	s.API.ForgetWorst()
	if s.API.Worst() != (sandbox.Worst{}) || s.API.AllCalls() != 0 {
		t.Errorf("not forgotten: %+v", s.API.Worst())
	}
}

func TestStrictLimitsCountTokensAndRefusals(t *testing.T) {
	t.Parallel()
	s, client, now := direct(t, sandbox.Options{CallsPerMinute: 3, StrictLimits: true})
	token := tokenOf(t, s, client)
	for range 2 {
		if r, _ := ask(t, client, directGet(t.Context(), t, s, token, "/version")); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	r, _ := ask(t, client, directGet(t.Context(), t, s, token, "/version"))
	refused(t, "the fourth request, token included", r, 403, 53)
	r, _ = ask(t, client, directToken(t, s))
	refused(t, "a token request", r, 429, 53)
	now.advance(59 * time.Second)
	r, _ = ask(t, client, directGet(t.Context(), t, s, token, "/version"))
	refused(t, "the refused ones count", r, 403, 53)
	now.advance(time.Minute)
	if r, _ = ask(t, client, directGet(t.Context(), t, s, token, "/version")); r.status != http.StatusOK {
		t.Errorf("a minute later: %d %s", r.status, r.body)
	}
}

func TestMonthlyQuota(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		s, client, now := direct(t, sandbox.Options{CallsPerMonth: 4, StrictLimits: strict, TokenLifetime: 100 * time.Hour})
		token := tokenOf(t, s, client)
		good := 0
		for range 6 {
			now.advance(2 * time.Minute)
			if r, _ := ask(t, client, directGet(t.Context(), t, s, token, "/version")); r.status == http.StatusOK {
				good++
			} else {
				refused(t, "above the quota", r, 403, 53)
			}
		}
		if want := map[bool]int{false: 4, true: 3}[strict]; good != want {
			t.Errorf("strict %v: %d calls passed, want %d", strict, good, want)
		}
		now.advance(24 * time.Hour) // it was the last day of November
		if r, _ := ask(t, client, directGet(t.Context(), t, s, token, "/version")); r.status != http.StatusOK {
			t.Errorf("in the new month: %d %s", r.status, r.body)
		}
	}
}
