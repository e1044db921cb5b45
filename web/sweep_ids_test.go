//go:build !race

package web_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSweepForeignIsLikeMissing_Z3(t *testing.T) {
	t.Parallel()
	w, people := newSweep(t)
	lines := slices.DeleteFunc(readTable(t), func(l line) bool {
		return len(l.answers) < 4 || l.answers[foreignObject] != http.StatusNotFound || l.answers[missingObject] != http.StatusNotFound
	})
	w.settle(t, people)
	compared := 0
	for _, l := range lines {
		for _, name := range []string{"employee-a", "employee-b", "accountant-one", "employee-without-grant", "admin-with-grant"} {
			person := personOf(people, name)
			if !person.has(l.rights) {
				continue
			}
			for _, method := range l.methods {
				for _, part := range []bool{false, true} {
					c := newCell(l, people, person, method, foreignObject)
					c.part = part
					missing := c
					missing.object = missingObject
					foreign, missing := w.prepared(t, c), w.prepared(t, missing)
					one, two := masked(w.serve(foreign.request())), masked(w.serve(missing.request()))
					if compared++; one != two {
						t.Errorf("%v is answered otherwise than a missing one: %s", foreign, firstDifference(one, two))
					}
				}
			}
		}
	}
	if compared < 40 {
		t.Errorf("only %d pairs were compared", compared)
	}
	t.Logf("%d pairs of answers are byte for byte the same", compared)
}

// TestSweepForeignTakesAsLongAsMissing asks for both by turns, so that whatever slows
// the machine down slows both.
func TestSweepForeignTakesAsLongAsMissing_Z3(t *testing.T) {
	t.Parallel()
	w, people := newSweep(t)
	w.settle(t, people)
	person := personOf(people, "employee-a")
	const pairs = 1000
	var took [2][]time.Duration
	targets := [2]string{"/bills/" + string(w.bills["B"][0].ID), "/bills/aaaaaaaaaaaaaaaaaaaa"}
	for n := range 2 * pairs {
		r := cell{person: person, method: http.MethodGet, target: targets[n%2]}.request()
		began := time.Now()
		w.serve(r)
		took[n%2] = append(took[n%2], time.Since(began))
	}
	median := func(all []time.Duration) time.Duration {
		slices.Sort(all)
		return all[len(all)/2]
	}
	foreign, missing := median(took[0]), median(took[1])
	t.Logf("%d pairs: foreign %v, missing %v", pairs, foreign, missing)
	if apart := (foreign - missing).Abs(); apart >= 2*time.Millisecond {
		t.Errorf("a foreign bill is told from a missing one in %v", apart)
	}
}

// payloads go beside and inside of ids.
var payloads = []string{
	"'", "''", `"`, "' OR '1'='1", "' OR 1=1--", "'; DROP TABLE bills;--", "') UNION SELECT * FROM bills--", "%", "_", "*", "?", "%25", "../", "..\\", "/", "//",
	"%2e%2e%2f", "\x00", "\r\n", "\t", " ", ";", "#", "&", "=", "+", "{}", "{{1}}", "${1}", "<b>", "|", "`", "~", "\u202e", "\ufeff", "\u200b", "é", "💶", "null", "undefined",
	"NaN", "true", "-1", "0", "1e9", "0x1", "9223372036854775808", "-9223372036854775809",
}

// guesses makes ids of bills that somebody may try who knows the real ones, the
// supplier's ones and the numbers that are printed on bills. The dice tell the same
// ids each time.
func (w *world) guesses(v *visitor, n int) []string {
	dice := rand.New(rand.NewPCG(7, 31))
	var known, own []string
	for letter, bills := range w.bills {
		for _, b := range bills {
			known = append(known, string(b.UpstreamID), string(b.Number), string(b.ID), strings.ToUpper(string(b.ID)), b.Number.SearchKey(), string(b.Account))
			if strings.Contains(v.side, letter) {
				own = append(own, string(b.ID))
			}
		}
	}
	slices.Sort(known)
	for _, b := range w.sandbox.World.Bills() {
		known = append(known, b.ID, b.Number)
	}
	guesses := slices.Clone(known)
	for i := 0; len(guesses) < n+n/10; i++ { // some are left out below
		base := known[dice.IntN(len(known))]
		at := dice.IntN(len(base) + 1)
		switch i % 8 {
		case 0:
			guesses = append(guesses, fmt.Sprint(i/8))
		case 1:
			guesses = append(guesses, base[:at]+payloads[dice.IntN(len(payloads))]+base[at:])
		case 2: // a neighbour: one letter or digit changed
			letters := []byte(base)
			letters[dice.IntN(len(letters))] = "abcdefghijklmnopqrstuvwxyz234567"[dice.IntN(32)]
			guesses = append(guesses, string(letters))
		case 3: // digits of other scripts
			guesses = append(guesses, strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + []rune{'٠', '０', '०', '𝟎'}[dice.IntN(4)]
				}
				return r
			}, base))
		case 4:
			guesses = append(guesses, fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", dice.Uint32(), dice.IntN(1<<16), dice.IntN(1<<12), dice.IntN(1<<12), dice.Uint64N(1<<48)))
		case 5:
			letters := make([]byte, 20)
			for i := range letters {
				letters[i] = "abcdefghijklmnopqrstuvwxyz234567"[dice.IntN(32)]
			}
			guesses = append(guesses, string(letters))
		case 6: // one of the viewer's own with something around it
			guesses = append(guesses, own[dice.IntN(len(own))]+payloads[dice.IntN(len(payloads))])
		case 7:
			guesses = append(guesses, base[:at])
		}
	}
	// What is the viewer's own opens rightly.
	guesses = slices.DeleteFunc(guesses, func(id string) bool { return id == "" || slices.Contains(own, id) })
	return guesses[:n]
}

func (w *world) guess(t *testing.T, people []*visitor, n int) {
	t.Helper()
	w.settle(t, people)
	person := personOf(people, "employee-a")
	guesses := w.guesses(person, n)
	type guess struct {
		id   string
		tail string
	}
	all := make([]guess, 0, len(guesses))
	for i, id := range guesses {
		all = append(all, guess{id, []string{"", "/items", "/document", "?issued=any"}[i%4]})
	}
	for _, finding := range parallel(all, func(g guess) (findings []string) {
		target := "/bills/" + url.PathEscape(g.id) + g.tail
		r, a := w.as(person, target, false)
		if a.Code != http.StatusNotFound && a.Code != http.StatusBadRequest {
			findings = append(findings, fmt.Sprintf("%q, %s: status %d", g.id, target, a.Code))
		}
		repeated := typed(w.finder, r, "")
		for _, bird := range w.canariesOf(a) {
			if !person.may(bird) && !slices.Contains(repeated, bird) {
				findings = append(findings, fmt.Sprintf("%q, %s: tells the %v of %s", g.id, target, bird, bird.of))
			}
		}
		return findings
	}) {
		t.Error(finding)
	}
	if asked := len(w.sandbox.API.Requests()); asked > 0 {
		t.Errorf("the API was asked %d times on behalf of somebody who guesses", asked)
	}
	t.Logf("%d ids guessed", len(all))
}

func TestSweepOfGuessedIDs_Z3_Z9(t *testing.T) {
	t.Parallel()
	w, people := newSweep(t)
	w.guess(t, people, 10_000)
}
