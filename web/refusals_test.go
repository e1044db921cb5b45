package web_test

import (
	"net/http"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// TestRefusalsAreFoldedAndNoneIsUnsaid_L2 has somebody ask for what is not theirs
// again and again.
func TestRefusalsAreFoldedAndNoneIsUnsaid_L2(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	s.web.CountRefusals()
	s.began = time.Now()
	elena, amir := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	for n := range 110 {
		want := http.StatusForbidden
		if n >= 100 {
			want = http.StatusTooManyRequests
		}
		if a := s.get(t, elena, "/admin/access"); a.StatusCode != want {
			t.Fatalf("request %d: status %d instead of %d", n+1, a.StatusCode, want)
		}
	}
	if a := s.get(t, elena, "/bills"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a page of theirs: status %d", a.StatusCode)
	}
	if a := s.get(t, amir, "/bills"); a.StatusCode != http.StatusOK {
		t.Errorf("somebody else: status %d", a.StatusCode)
	}
	if told := s.told(t, "access.refuse"); len(told) != 20 {
		t.Errorf("%d entries within the minute", len(told))
	}
	s.ahead.Add(int64(61 * time.Second))
	s.get(t, s.browser(t), "/healthz")
	told := s.told(t, "access.refuse")
	if last := told[len(told)-1]; len(told) != 21 || last.Detail != "and 91 more within a minute" || last.Actor != told[0].Actor {
		t.Errorf("%d entries, the last %+v", len(told), last)
	}
	for range 25 {
		if a := s.get(t, elena, "/admin/access"); a.StatusCode != http.StatusForbidden {
			t.Fatalf("a minute later: status %d", a.StatusCode)
		}
	}
	s.web.Close()
	told = s.told(t, "access.refuse")
	if last := told[len(told)-1]; len(told) != 42 || last.Detail != "and 5 more within a minute" {
		t.Errorf("at the end %d entries, the last %+v", len(told), last)
	}
}
