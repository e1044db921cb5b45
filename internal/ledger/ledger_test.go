package ledger_test

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/ledger"
)

var start = time.Date(2026, 9, 15, 8, 0, 0, 123_456_789, time.FixedZone("CEST", 7200))

func chain(n int) []ledger.Entry {
	var last ledger.Entry
	entries := make([]ledger.Entry, 0, n)
	for i := range n {
		last = ledger.Seal(last, start.Add(time.Duration(i)*time.Second), ledger.Act{
			Actor: "person:7 Ada Okafor", Action: "grant.add", Object: fmt.Sprint("group readers: account ", i),
			Detail: "a line", RequestID: fmt.Sprint("r", i),
		})
		entries = append(entries, last)
	}
	return entries
}

func read(entries []ledger.Entry) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestSoundChainsVerify(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 50} {
		if sound, err := ledger.Verify(read(chain(n))); err != nil || sound != int64(n) {
			t.Errorf("%d entries: %d sound, %v", n, sound, err)
		}
	}
}

func TestSealNumbersDatesAndHashes(t *testing.T) {
	t.Parallel()
	entries := chain(2)
	hash := regexp.MustCompile(`^[0-9a-f]{64}$`)
	for i, e := range entries {
		if e.Sequence != int64(i+1) || !hash.MatchString(e.Hash) || e.At.Location() != time.UTC || e.At.Nanosecond() != 123_000_000 {
			t.Errorf("%+v", e)
		}
	}
	if entries[0].Hash == entries[1].Hash {
		t.Error("two entries have one hash")
	}
}

// TestTamperingIsNamed breaks the fifth of ten entries in every way.
func TestTamperingIsNamed_L5(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		tamper func([]ledger.Entry) []ledger.Entry
		broken int64
	}{
		{"another instant", func(e []ledger.Entry) []ledger.Entry { e[4].At = e[4].At.Add(time.Millisecond); return e }, 5},
		{"another actor", func(e []ledger.Entry) []ledger.Entry { e[4].Actor = "person:8 Bob"; return e }, 5},
		{"another action", func(e []ledger.Entry) []ledger.Entry { e[4].Action = "grant.remove"; return e }, 5},
		{"another object", func(e []ledger.Entry) []ledger.Entry { e[4].Object += " "; return e }, 5},
		{"another detail", func(e []ledger.Entry) []ledger.Entry { e[4].Detail = ""; return e }, 5},
		{"another request", func(e []ledger.Entry) []ledger.Entry { e[4].RequestID = "r"; return e }, 5},
		{"another hash", func(e []ledger.Entry) []ledger.Entry { e[4].Hash = strings.Repeat("0", 64); return e }, 5},
		{"text moved between fields", func(e []ledger.Entry) []ledger.Entry {
			e[4].Action, e[4].Object = e[4].Action+e[4].Object[:1], e[4].Object[1:]
			return e
		}, 5},
		{"removed", func(e []ledger.Entry) []ledger.Entry { return slices.Delete(e, 4, 5) }, 5},
		{"removed, the rest renumbered", func(e []ledger.Entry) []ledger.Entry {
			e = slices.Delete(e, 4, 5)
			for i := 4; i < len(e); i++ {
				e[i].Sequence--
			}
			return e
		}, 5},
		{"the first ones removed", func(e []ledger.Entry) []ledger.Entry { return e[2:] }, 1},
		{"swapped with the next", func(e []ledger.Entry) []ledger.Entry { e[4], e[5] = e[5], e[4]; return e }, 5},
		{"swapped and renumbered", func(e []ledger.Entry) []ledger.Entry {
			e[4], e[5] = e[5], e[4]
			e[4].Sequence, e[5].Sequence = 5, 6
			return e
		}, 5},
		{"one inserted", func(e []ledger.Entry) []ledger.Entry {
			return slices.Insert(e, 4, ledger.Seal(e[3], start, ledger.Act{Actor: "nobody"}))
		}, 5 + 1}, // the forged one follows, what stood there no longer does
		{"one given twice", func(e []ledger.Entry) []ledger.Entry { return slices.Insert(e, 4, e[3]) }, 5},
		{"one replaced and sealed afresh", func(e []ledger.Entry) []ledger.Entry {
			e[3] = ledger.Seal(e[2], e[3].At, ledger.Act{Actor: "nobody"})
			return e
		}, 5},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			sound, err := ledger.Verify(read(c.tamper(chain(10))))
			var broken *ledger.BrokenError
			if !errors.As(err, &broken) || broken.Sequence != c.broken || sound != c.broken-1 {
				t.Fatalf("%d sound, %v; want entry %d", sound, err, c.broken)
			}
			if !strings.Contains(err.Error(), fmt.Sprint("entry ", c.broken)) {
				t.Errorf("the error does not name it: %v", err)
			}
		})
	}
}

func TestVerifyStopsAtTheFirstBrokenEntry(t *testing.T) {
	t.Parallel()
	entries := chain(10)
	entries[3].Actor, entries[7].Actor = "somebody", "somebody"
	taken := 0
	_, err := ledger.Verify(func(yield func(ledger.Entry, error) bool) {
		for _, e := range entries {
			taken++
			if !yield(e, nil) {
				return
			}
		}
	})
	var broken *ledger.BrokenError
	if !errors.As(err, &broken) || broken.Sequence != 4 || taken != 4 {
		t.Errorf("%v after %d entries", err, taken)
	}
}

func TestVerifyPassesOnWhyItCannotRead(t *testing.T) {
	t.Parallel()
	unreadable := errors.New("the disk is gone")
	sound, err := ledger.Verify(func(yield func(ledger.Entry, error) bool) {
		if yield(chain(1)[0], nil) {
			yield(ledger.Entry{}, unreadable)
		}
	})
	if sound != 1 || !errors.Is(err, unreadable) {
		t.Errorf("%d, %v", sound, err)
	}
}
