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

func TestASlowProviderIsNotWaitedForAndAskedOnce_Z6(t *testing.T) {
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
	if got := g.tokens.Load() - asked; got != 1 {
		t.Errorf("the provider was asked %d times", got)
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

func TestPollsAndSessionsWithoutATokenAskNobody_Z6(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, sim := openBehind(t, g, nil)
	polling := s.as(t, sandbox.SubjectEmployee)
	g.set(func(g *gate) { g.change = func(answer map[string]any) { delete(answer, "refresh_token") } })
	without := s.as(t, sandbox.SubjectAccountant)
	sim.Identity.SetGroups(sandbox.SubjectAccountant)
	asked := g.tokens.Load()
	s.ahead.Add(int64(20 * time.Minute))
	s.get(t, polling, "/sync")
	if a := s.get(t, without, "/bills"); a.StatusCode != http.StatusOK || g.tokens.Load() != asked {
		t.Errorf("status %d, %d questions", a.StatusCode, g.tokens.Load()-asked)
	}
}
