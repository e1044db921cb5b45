package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// TestBulkPullsAreThrottledAndFlagged_F6 opens bill after bill as an employee, then
// as an accountant, who may export anyway.
func TestBulkPullsAreThrottledAndFlagged_F6(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	bills := s.someBills(t, 304)
	elena, amir := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	for n, b := range bills[:300] {
		if a := s.get(t, elena, "/bills/"+string(b.ID)); a.StatusCode != http.StatusOK {
			t.Fatalf("bill %d: status %d", n+1, a.StatusCode)
		}
	}
	for _, path := range []string{"", "/document", "/items"} {
		if a := s.get(t, elena, "/bills/"+string(bills[300].ID)+path); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" ||
			!strings.Contains(a.find(t, "main").Text(), "five minutes") {
			t.Errorf("one bill too many%s: status %d", path, a.StatusCode)
		}
	}
	if a := s.get(t, elena, "/bills/"+string(bills[0].ID)); a.StatusCode != http.StatusOK {
		t.Errorf("a bill that is open: status %d", a.StatusCode)
	}
	refusals := func() (n int) {
		for _, e := range s.entries(t, 0) {
			if e.Action == "pull.refuse" {
				n++
			}
		}
		return n
	}
	if n, alarms := refusals(), strings.Count(s.log.String(), `"level":"ERROR"`); n != 1 || alarms != 1 {
		t.Errorf("%d entries and %d alarms instead of one", n, alarms)
	}
	s.ahead.Add(int64(5*time.Minute + time.Second))
	if a := s.get(t, elena, "/bills/"+string(bills[301].ID)); a.StatusCode != http.StatusOK {
		t.Errorf("after five minutes: status %d", a.StatusCode)
	}
	for n, b := range bills {
		if a := s.get(t, amir, "/bills/"+string(b.ID)); a.StatusCode != http.StatusOK {
			t.Fatalf("bill %d of an accountant: status %d", n+1, a.StatusCode)
		}
	}
}

// TestOneClientCannotFloodTheSignIn_A15 begins far more sign-ins than a site does at
// nine; whoever is signed in, and whoever reads the page, notices nothing.
func TestOneClientCannotFloodTheSignIn_A15(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	elena := s.as(t, sandbox.SubjectEmployee)
	for range 2000 {
		a := s.get(t, s.browser(t), "/signin/callback?state=x")
		if a.StatusCode == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" || a.find(t, "main h1").Length() != 1 {
				t.Errorf("the refusal says not when to come again: %v", a.Header)
			}
			if got := s.get(t, s.browser(t), "/signin").StatusCode; got != http.StatusOK || !s.signedIn(t, elena) {
				t.Errorf("the page of the sign-in: status %d", got)
			}
			s.ahead.Add(int64(time.Minute))
			if got := s.get(t, s.browser(t), "/signin/start").StatusCode; got != http.StatusSeeOther {
				t.Errorf("a minute later: status %d", got)
			}
			return
		}
		s.ahead.Add(-int64(time.Millisecond)) // however slow the machine is
	}
	t.Error("2,000 at once are let through")
}

// TestOneSiteSignsInAtOnce_A15 has 2,000 people behind one address sign in within
// five minutes.
func TestOneSiteSignsInAtOnce_A15(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.browser(t)
	for n := range 2000 {
		for _, path := range []string{"/signin", "/signin/start", "/signin/callback?state=x"} {
			if n%100 != 0 && path == "/signin/start" {
				path = "/signin/callback"
			}
			if got := s.get(t, client, path).StatusCode; got == http.StatusTooManyRequests {
				t.Fatalf("person %d: %s is refused", n+1, path)
			}
		}
		s.ahead.Add(int64(150 * time.Millisecond))
	}
	s.as(t, sandbox.SubjectEmployee)
}

// TestSomebodyHasSixRequestsUnderWay holds six pages of one person; a seventh is
// refused, another person's and a document's are not, and places come back.
func TestSomebodyHasSixRequestsUnderWay(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	s.web.Impatient()
	entered, leave := make(chan struct{}), make(chan struct{})
	if err := s.web.HandleSignedIn("/waits", func(w http.ResponseWriter, _ *http.Request) {
		entered <- struct{}{}
		<-leave
		w.WriteHeader(http.StatusNoContent)
	}); err != nil {
		t.Fatal(err)
	}
	elena, amir := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	ended := make(chan int)
	for range 6 {
		r := s.request(t, http.MethodGet, "/waits", nil)
		go func() {
			response, err := elena.Do(r)
			if err != nil {
				ended <- 0
				return
			}
			_ = response.Body.Close()
			ended <- response.StatusCode
		}()
		<-entered
	}
	a := s.get(t, elena, "/accounts")
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !strings.Contains(a.find(t, "main").Text(), "under way") {
		t.Errorf("a seventh request: status %d", a.StatusCode)
	}
	if got := s.get(t, elena, "/bills/"+string(s.someBills(t, 1)[0].ID)+"/document").StatusCode; got != http.StatusOK {
		t.Errorf("a document beside six pages: status %d", got)
	}
	if got := s.get(t, amir, "/accounts").StatusCode; got != http.StatusOK {
		t.Errorf("another person: status %d", got)
	}
	for range 6 {
		leave <- struct{}{}
		if got := <-ended; got != http.StatusNoContent {
			t.Errorf("a request under way ends with %d", got)
		}
	}
	if got := s.get(t, elena, "/accounts").StatusCode; got != http.StatusOK {
		t.Errorf("afterwards: status %d", got)
	}
	s.Close() // every answer is over
	if n := s.web.Places(); n != 0 {
		t.Errorf("%d places are still held", n)
	}
}
