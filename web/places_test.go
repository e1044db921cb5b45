package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// TestPlacesAreAsManyAsSaid fills every kind of place, asks for one more, and sees
// it wait for two seconds and no longer, get the place that comes free before that,
// and leave with a client that has gone. Another person waits for nothing, and
// nothing is remembered in the end.
func TestPlacesAreAsManyAsSaid(t *testing.T) {
	t.Parallel()
	for kind, limit := range map[placeKind]int{pagePlace: 6, documentPlace: 4, exportPlace: 1} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlaces()
			var held []func()
			for range limit {
				began := time.Now()
				giveBack, err := p.take(t.Context(), 1, kind)
				if err != nil || time.Since(began) != 0 {
					t.Fatalf("kind %d: place %d of %d: %v after %s", kind, len(held)+1, limit, err, time.Since(began))
				}
				held = append(held, giveBack)
			}
			began := time.Now()
			if _, err := p.take(t.Context(), 1, kind); !errors.Is(err, errNoPlace) || time.Since(began) != 2*time.Second {
				t.Errorf("kind %d: one more place: %v after %s", kind, err, time.Since(began))
			}
			other, err := p.take(t.Context(), 2, kind)
			if err != nil {
				t.Errorf("kind %d: another person: %v", kind, err)
			}
			other()
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := p.take(gone, 1, kind); !errors.Is(err, context.Canceled) {
				t.Errorf("kind %d: a client that has gone: %v", kind, err)
			}
			go func() {
				time.Sleep(1999 * time.Millisecond)
				held[0]()
			}()
			late, err := p.take(t.Context(), 1, kind)
			if err != nil {
				t.Fatalf("kind %d: a place that came free in time: %v", kind, err)
			}
			held[0] = late
			for _, giveBack := range held {
				giveBack()
				giveBack() // once is enough
			}
			if len(p.of) != 0 {
				t.Errorf("kind %d: %d places are remembered", kind, len(p.of))
			}
		})
	}
}

func TestPaceIsEachClientsOwn_A15(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	p := newPace(signInsPerSecond, signInsAtOnce, paceAddresses)
	refused := 0
	for n := range 200 * 60 { // 200 a second for a minute
		if !p.allow("10.0.0.1", now.Add(time.Duration(n)*5*time.Millisecond)) {
			refused++
		}
		if n%100 == 0 && !p.allow("10.0.0.2", now.Add(time.Duration(n)*5*time.Millisecond)) {
			t.Fatal("another client is refused")
		}
	}
	if refused < 4000 || refused > 6000 {
		t.Errorf("%d of 12,000 are refused", refused)
	}
	later := now.Add(2 * time.Minute)
	if !p.allow("10.0.0.3", later) || len(p.of) != 1 {
		t.Errorf("%d clients are remembered instead of one", len(p.of))
	}
}

func TestPaceKnowsSoManyClientsAndNoMore(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	p := newPace(1, 2, 10)
	for n := range 1000 {
		p.allow(string(rune('a'+n%26))+string(rune('a'+n/26)), now)
	}
	if len(p.of) != 10 {
		t.Errorf("%d clients are remembered instead of 10", len(p.of))
	}
	if p.allow("yet another", now) {
		t.Error("those who are not told apart have no pace")
	}
	if !p.allow("aa", now) {
		t.Error("a client that is known is held to the pace of the others")
	}
}

func TestOpeningsAreCountedByPersonAndForgotten_F6(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	o := newOpenings()
	for n := range maxOpenings {
		if refused, _ := o.open(1, billIDOf(n), now.Add(time.Duration(n)*time.Second/2)); refused {
			t.Fatalf("bill %d is refused", n+1)
		}
	}
	at := now.Add(4 * time.Minute)
	for _, c := range []struct {
		person         access.PersonID
		bill           int
		at             time.Time
		refused, first bool
		what           string
	}{
		{1, 0, at, false, false, "a bill that was opened before"},
		{1, 1000, at, true, true, "one too many"},
		{1, 1001, at, true, false, "another one too many"},
		{2, 1000, at, false, false, "somebody else's first"},
		{1, 1002, now.Add(5*time.Minute + time.Second), false, false, "one when five minutes are over"},
	} {
		if refused, first := o.open(c.person, billIDOf(c.bill), c.at); refused != c.refused || first != c.first {
			t.Errorf("%s: refused is %v, first %v", c.what, refused, first)
		}
	}
	o.open(3, billIDOf(1), now.Add(time.Hour))
	if len(o.of) != 1 {
		t.Errorf("%d people are remembered instead of one", len(o.of))
	}
}

func billIDOf(n int) billing.BillID { return billing.BillID(itoa(n)) }
