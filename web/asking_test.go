package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

func TestALostGroupBitesWithinFiveMinutes_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	sim.Identity.SetGroups(sandbox.SubjectEmployee)
	asked := g.tokens.Load()
	s.ahead.Add(int64(5*time.Minute - 5*time.Second))
	if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusOK || g.tokens.Load() != asked {
		t.Errorf("before five minutes are over: status %d, %d questions", a.StatusCode, g.tokens.Load()-asked)
	}
	s.ahead.Add(int64(6 * time.Second))
	if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("after five minutes: status %d instead of 403", a.StatusCode)
	}
	if entries := s.told(t, "person.groups"); len(entries) != 1 || entries[0].Actor != "identity provider" || !strings.HasPrefix(entries[0].Object, "person:") {
		t.Errorf("%+v", entries)
	}
	sim.Identity.SetGroups(sandbox.SubjectEmployee, sandbox.GroupReaders)
	for range 3 { // each answer gives the token of the next question
		s.ahead.Add(int64(6 * time.Minute))
		if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusOK {
			t.Errorf("status %d instead of 200", a.StatusCode)
		}
	}
	if got := g.tokens.Load() - asked; got != 4 {
		t.Errorf("the provider was asked %d times", got)
	}
}

func TestAnEndAtTheProviderEndsTheSession_Z6(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*sandbox.Sandbox){
		"the person is gone": func(sim *sandbox.Sandbox) { sim.Identity.RemovePersona(sandbox.SubjectEmployee) },
		"the session is":     func(sim *sandbox.Sandbox) { sim.Identity.Forget(sandbox.SubjectEmployee) },
		"somebody else answers": func(sim *sandbox.Sandbox) {
			sim.Identity.Tamper(func(_, claims map[string]any) { claims["sub"] = "somebody else" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, sim := openInTime(t, nil)
			client := s.as(t, sandbox.SubjectEmployee)
			old := s.cookie(t, client)
			end(sim)
			s.ahead.Add(int64(6 * time.Minute))
			a := s.get(t, client, "/bills")
			if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin?expired=1") {
				t.Errorf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
			}
			if a := s.replay(t, old, "/bills"); a.StatusCode != http.StatusSeeOther {
				t.Errorf("the reference still opens: status %d", a.StatusCode)
			}
			if entries := s.told(t, "session.provider"); len(entries) != 1 || !strings.HasPrefix(entries[0].Object, "person:") {
				t.Errorf("%+v", entries)
			}
		})
	}
}

func TestAProviderThatIsAwayLetsPeopleReadOn_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	one, two := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	g.set(func(g *gate) { g.down = true })
	s.ahead.Add(int64(6 * time.Minute))
	asked := g.tokens.Load()
	for _, client := range []*http.Client{one, two, one, two} {
		if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusOK {
			t.Errorf("status %d instead of 200", a.StatusCode)
		}
	}
	if got := g.tokens.Load() - asked; got != 1 {
		t.Errorf("the provider was asked %d times within a minute", got)
	}
	g.set(func(g *gate) { g.down = false })
	sim.Identity.SetGroups(sandbox.SubjectEmployee)
	s.ahead.Add(int64(time.Minute + time.Second))
	if a := s.get(t, one, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("after a minute the provider is not asked: status %d", a.StatusCode)
	}
}

// TestAnAnswerWithoutSenseIsOnePersonsMatter_Z6 has the provider answer for one
// person alone with something that says nothing.
func TestAnAnswerWithoutSenseIsOnePersonsMatter_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	odd, other := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	sim.Identity.SetGroups(sandbox.SubjectEmployee)
	sim.Identity.SetGroups(sandbox.SubjectAccountant)
	s.ahead.Add(int64(6 * time.Minute))
	asked := g.tokens.Load()
	g.set(func(g *gate) { g.change = func(answer map[string]any) { clear(answer) } })
	for range 2 {
		if a := s.get(t, odd, "/bills"); a.StatusCode != http.StatusOK {
			t.Errorf("status %d instead of 200", a.StatusCode)
		}
	}
	if got := g.tokens.Load() - asked; got != 1 {
		t.Errorf("the provider was asked %d times about the session within a minute", got)
	}
	g.set(func(g *gate) { g.change = nil })
	if a := s.get(t, other, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("about somebody else nobody is asked: status %d", a.StatusCode)
	}
}

// TestTheProviderRefusesThePersonInItsOwnWords_Z6 has it ask for more than a token.
func TestTheProviderRefusesThePersonInItsOwnWords_Z6(t *testing.T) {
	t.Parallel()
	for code, ends := range map[string]bool{"interaction_required": true, "consent_required": true, "invalid_client": false} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			g := &gate{}
			s, _ := openBehind(t, g, nil)
			client := s.as(t, sandbox.SubjectEmployee)
			g.set(func(g *gate) { g.refusal = code })
			s.ahead.Add(int64(6 * time.Minute))
			if a := s.get(t, client, "/bills"); (a.StatusCode == http.StatusSeeOther) != ends || !ends && a.StatusCode != http.StatusOK {
				t.Errorf("status %d", a.StatusCode)
			}
			if n := len(s.told(t, "session.provider")); (n == 1) != ends {
				t.Errorf("%d entries", n)
			}
		})
	}
}

func TestASlowProviderIsNotWaitedForAndAskedOnceAPerson_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	s.web.SetPatience(time.Millisecond)
	client, other := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	answerNow := make(chan struct{})
	g.set(func(g *gate) { g.wait = answerNow })
	sim.Identity.SetGroups(sandbox.SubjectEmployee)
	s.ahead.Add(int64(6 * time.Minute))
	asked := g.tokens.Load()
	for _, c := range []*http.Client{client, other, client} {
		if a := s.get(t, c, "/bills"); a.StatusCode != http.StatusOK {
			t.Errorf("status %d instead of 200", a.StatusCode)
		}
	}
	g.set(func(g *gate) { g.wait = nil })
	close(answerNow)
	s.web.Close() // the answer is in
	if a := s.get(t, client, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("what the provider said late does not count: status %d", a.StatusCode)
	}
	if got := g.tokens.Load() - asked; got != 2 {
		t.Errorf("the provider was asked %d times about two people", got)
	}
}

// TestNobodyWaitsWhereTheProviderWasSlowJustNow_Z6 would hang for ever where the
// second person waited.
func TestNobodyWaitsWhereTheProviderWasSlowJustNow_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	s.web.SetPatience(time.Millisecond)
	one, other := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	sim.Identity.SetGroups(sandbox.SubjectAccountant)
	answerNow := make(chan struct{})
	g.set(func(g *gate) { g.wait = answerNow })
	s.ahead.Add(int64(6 * time.Minute))
	s.get(t, one, "/bills")
	s.web.SetPatience(time.Hour)
	if a := s.get(t, other, "/bills"); a.StatusCode != http.StatusOK {
		t.Errorf("status %d instead of 200", a.StatusCode)
	}
	close(answerNow)
	s.web.Close()
	s.ahead.Add(int64(61 * time.Second))
	if a := s.get(t, other, "/bills"); a.StatusCode != http.StatusForbidden {
		t.Errorf("the answer about the second person is lost: status %d", a.StatusCode)
	}
}

func TestManyRequestsOfASessionAskOnce_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, _ := openBehind(t, g, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	for range 3 {
		s.ahead.Add(int64(6 * time.Minute))
		asked := g.tokens.Load()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if a := s.get(t, client, "/accounts"); a.StatusCode != http.StatusOK {
					t.Errorf("status %d instead of 200", a.StatusCode)
				}
			})
		}
		group.Wait()
		if got := g.tokens.Load() - asked; got != 1 {
			t.Errorf("the provider was asked %d times", got)
		}
	}
}

func TestSessionsWithoutATokenAskNobody_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{change: func(answer map[string]any) { delete(answer, "refresh_token") }}
	s, sim := openBehind(t, g, nil)
	without := s.as(t, sandbox.SubjectAccountant)
	sim.Identity.SetGroups(sandbox.SubjectAccountant)
	asked := g.tokens.Load()
	s.ahead.Add(int64(20 * time.Minute))
	if a := s.get(t, without, "/bills"); a.StatusCode != http.StatusOK || g.tokens.Load() != asked {
		t.Errorf("status %d, %d questions", a.StatusCode, g.tokens.Load()-asked)
	}
}

// TestWhatAPageAsksByItselfHasTheProviderAsked_Z6_S5 leaves a page open, of an admin
// who is one no longer.
func TestWhatAPageAsksByItselfHasTheProviderAsked_Z6_S5(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/setup", "/sync"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			g := &gate{}
			s, sim := openBehind(t, g, nil)
			s.web.SetPatience(time.Hour) // for which the test would hang if a poll waited
			client := s.as(t, sandbox.SubjectAdmin)
			seen, _, err := s.db.Session(t.Context(), s.hashOf(t, client))
			if err != nil {
				t.Fatal(err)
			}
			poll := func() (int, string) {
				r := s.request(t, http.MethodGet, path, nil)
				r.Header.Set("HX-Request", "true")
				a := do(t, client, r)
				return a.StatusCode, a.body
			}
			sim.Identity.SetGroups(sandbox.SubjectAdmin)
			answerNow := make(chan struct{})
			g.set(func(g *gate) { g.wait = answerNow })
			s.ahead.Add(int64(5*time.Minute + time.Second))
			for range 2 {
				if status, told := poll(); status != http.StatusOK || path == "/sync" && !strings.Contains(told, "0 bills") {
					t.Errorf("status %d with %s before the provider has answered", status, told)
				}
			}
			close(answerNow)
			s.web.Close() // the answer is in
			if status, told := poll(); path == "/setup" && status != http.StatusForbidden || strings.Contains(told, "0 bills") {
				t.Errorf("status %d with %s", status, told)
			}
			now, _, err := s.db.Session(t.Context(), s.hashOf(t, client))
			if err != nil || !now.SeenAt.Equal(seen.SeenAt) {
				t.Errorf("a page that asks by itself counts as use: %v instead of %v, %v", now.SeenAt, seen.SeenAt, err)
			}
		})
	}
}
