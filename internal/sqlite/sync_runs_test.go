package sqlite_test

import (
	"errors"
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/sqlite"
)

func (p *portal) run(t testing.TB, full bool, outcome sqlite.SyncOutcome) sqlite.SyncRun {
	t.Helper()
	run, err := p.StartRun(t.Context(), full)
	must(t, err)
	p.wait(time.Minute)
	run.Outcome, run.EndedAt, run.Bills = outcome, p.clock(), 7
	if outcome == sqlite.SyncRunning {
		run.EndedAt = time.Time{}
	}
	must(t, p.SaveRun(t.Context(), run))
	return run
}

func TestRunsAreKept(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	if _, err := p.LastRun(t.Context()); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
	first, err := p.StartRun(t.Context(), true)
	must(t, err)
	if first.Outcome != sqlite.SyncRunning || first.BillsTotal != -1 || !first.StartedAt.Equal(p.clock()) || !first.Full {
		t.Errorf("%+v", first)
	}
	first.Accounts, first.Bills, first.BillsTotal, first.Message = 1, 2, 3, "why"
	first.Outcome, first.EndedAt = sqlite.SyncFailed, p.clock().Add(time.Second)
	must(t, p.SaveRun(t.Context(), first))
	if got, err := p.SyncRun(t.Context(), first.ID); err != nil || got != first {
		t.Errorf("got %+v, want %+v, %v", got, first, err)
	}
	if last, err := p.LastRun(t.Context()); err != nil || last != first {
		t.Errorf("%+v, %v", last, err)
	}
	if err := p.SaveRun(t.Context(), sqlite.SyncRun{ID: first.ID, Outcome: "well"}); err == nil {
		t.Error("an outcome nobody knows")
	}
}

func TestARunThatACrashLeftIsAFailure(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	left := p.run(t, true, sqlite.SyncRunning)
	p.run(t, false, sqlite.SyncComplete)
	got, err := p.SyncRun(t.Context(), left.ID)
	if err != nil || got.Outcome != sqlite.SyncFailed || got.EndedAt.IsZero() || got.Message == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhichRunWasSound(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	check := func(about string, want, wantFull *sqlite.SyncRun) {
		t.Helper()
		for full, want := range map[bool]*sqlite.SyncRun{false: want, true: wantFull} {
			got, err := p.LastSound(t.Context(), full)
			if want == nil {
				if !errors.Is(err, billing.ErrNotFound) {
					t.Errorf("%s: %+v, %v", about, got, err)
				}
			} else if err != nil || got.ID != want.ID {
				t.Errorf("%s, full %v: %+v, %v", about, full, got, err)
			}
		}
	}
	p.run(t, true, sqlite.SyncFailed)
	check("a failure", nil, nil)
	incomplete := p.run(t, true, sqlite.SyncIncomplete)
	check("an incomplete run", &incomplete, nil)
	complete := p.run(t, true, sqlite.SyncComplete)
	check("a complete run", &complete, &complete)
	short := p.run(t, false, sqlite.SyncComplete)
	check("a short one", &short, &complete)
	p.run(t, true, sqlite.SyncFailed)
	p.run(t, true, sqlite.SyncRunning)
	check("one that is running", &short, &complete)
}

func TestRequestsAreTakenOnByTheNextRun(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	waiting := func(want bool) {
		t.Helper()
		if got, err := p.SyncRequested(t.Context()); err != nil || got != want {
			t.Errorf("waiting: %v, %v", got, err)
		}
	}
	waiting(false)
	one, err := p.RequestSync(t.Context())
	must(t, err)
	two, err := p.RequestSync(t.Context())
	must(t, err)
	waiting(true)
	if _, err := p.RequestedRun(t.Context(), one); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := p.RequestedRun(t.Context(), 999); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a request nobody made: %v", err)
	}
	run := p.run(t, false, sqlite.SyncComplete)
	waiting(false)
	for _, request := range []int64{one, two} {
		if got, err := p.RequestedRun(t.Context(), request); err != nil || got.ID != run.ID || got.Outcome != sqlite.SyncComplete {
			t.Errorf("%+v, %v", got, err)
		}
	}
	_, err = p.RequestSync(t.Context())
	must(t, err)
	waiting(true)
}

func TestTheNewestIssueIsOfAllBills(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	if d, err := p.NewestIssue(t.Context()); err != nil || !d.IsZero() {
		t.Errorf("%v, %v", d, err)
	}
	p.upsert(t, bill("1", "nowhere", "2026-09-03", "1"), bill("2", "", "", "1"))
	if d, err := p.NewestIssue(t.Context()); err != nil || d != date("2026-09-03") {
		t.Errorf("%v, %v", d, err)
	}
}
