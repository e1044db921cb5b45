package sandbox_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// spoiling is one fault, and how its answer is told from a good one.
type spoiling struct {
	fault string
	ask   func(v *victim) spoilt
	seen  func(v *victim, got spoilt) bool
}

func listOf(path string) func(*victim) spoilt {
	return func(v *victim) spoilt { return v.fetch(path) }
}

var (
	fiveBills  = listOf("/bills?limit=5")
	secondPage = listOf("/bills?limit=5&offset=5")
	oneBill    = func(v *victim) spoilt { return v.fetch("/bills/" + v.s.World.Stories.Spike.ID) }
	onePDF     = func(v *victim) spoilt { return v.pdf() }
	oneToken   = func(v *victim) spoilt { return v.tokenAnswer() }
)

func bodyIs(test func(body string) bool) func(*victim, spoilt) bool {
	return func(_ *victim, got spoilt) bool {
		return got.err == nil && got.status == http.StatusOK && test(got.body)
	}
}

func bodyHas(text string) func(*victim, spoilt) bool {
	return bodyIs(func(body string) bool { return strings.Contains(body, text) })
}

func bodyLacks(text string) func(*victim, spoilt) bool {
	return bodyIs(func(body string) bool { return len(body) > 50 && !strings.Contains(body, text) })
}

func headerIs(name, value string) func(*victim, spoilt) bool {
	return func(_ *victim, got spoilt) bool { return got.header.Get(name) == value }
}

// countsAre compares the two counts of a list.
func countsAre(total, result func(v *victim) string) func(*victim, spoilt) bool {
	return func(v *victim, got spoilt) bool {
		return got.header.Get("X-Total-Count") == total(v) && got.header.Get("X-Result-Count") == result(v)
	}
}

func always(text string) func(*victim) string { return func(*victim) string { return text } }

func totalPlus(n int) func(*victim) string {
	return func(v *victim) string { return strconv.Itoa(len(v.s.World.Bills()) + n) }
}

// firstIs looks at the id of the first row of a list.
func firstIs(place int) func(*victim, spoilt) bool {
	return func(v *victim, got spoilt) bool { return got.ids(v.t)[0] == v.s.World.Bills()[place].ID }
}

func notJSON(body string) bool { return !json.Valid([]byte(body)) }

func cutShort(_ *victim, got spoilt) bool { return errors.Is(got.err, io.ErrUnexpectedEOF) }

func noAnswer(_ *victim, got spoilt) bool { return got.err != nil && got.status == 0 }

var itemsOfSpike = func(v *victim) spoilt { return v.fetch("/bills/" + v.s.World.Stories.Spike.ID + "/items") }

func redirected(status int, location string) func(*victim, spoilt) bool {
	return func(_ *victim, got spoilt) bool {
		return got.status == status && got.header.Get("Location") == location
	}
}

// unpacksTo says whether a body is gzip of at least so many bytes.
func unpacksTo(least int64) func(*victim, spoilt) bool {
	return func(_ *victim, got spoilt) bool {
		r, err := gzip.NewReader(strings.NewReader(got.body))
		if err != nil || got.header.Get("Content-Encoding") != "gzip" {
			return false
		}
		n, err := io.Copy(io.Discard, r)
		return err == nil && n > least
	}
}

func zippedPDF(_ *victim, got spoilt) bool {
	z, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
	if err != nil || len(z.File) != 1 {
		return false
	}
	file, err := z.File[0].Open()
	if err != nil {
		return false
	}
	pdf, err := io.ReadAll(file)
	return err == nil && bytes.HasPrefix(pdf, []byte("%PDF-"))
}

// TestEveryFaultIsSeenOverHTTP serves each kind of fault once over a real
// connection: a client sees it, the sandbox counts it, and the next answer is
// good again.
func TestEveryFaultIsSeenOverHTTP(t *testing.T) {
	t.Parallel()
	v := newVictim(t, sandbox.Options{Now: time.Now, JobDelay: time.Hour, TokenCallsPerMinute: -1})
	for _, s := range spoilings {
		t.Run(s.fault, func(t *testing.T) {
			mine := &victim{&caller{t, v.s, v.token}, v.http}
			mine.under(s.fault, 1, func() {
				if got := s.ask(mine); !s.seen(mine, got) {
					t.Errorf("%d %v %v, %d of %d bytes: %.300q", got.status, got.header, got.err, len(got.body), got.length, got.body)
				}
			})
			if got := s.ask(mine); got.err != nil || got.status != http.StatusOK {
				t.Errorf("afterwards: %d %v", got.status, got.err)
			}
		})
	}
	refusalsOverHTTP(t, v)
	for _, w := range sandbox.Words() {
		if v.s.API.Served(w.Word) == 0 && !strings.HasPrefix(w.Word, "job-") { // jobs have a test of their own
			t.Errorf("%s was never served: this test misses it", w.Word)
		}
	}
}

// refusalsOverHTTP serves every row of the gateway's catalogue.
func refusalsOverHTTP(t *testing.T, v *victim) {
	for _, w := range sandbox.Words() {
		status, code, _ := strings.Cut(w.Word, "/")
		want, err := strconv.Atoi(status)
		if err != nil {
			continue
		}
		t.Run(w.Word, func(t *testing.T) {
			mine := &victim{&caller{t, v.s, v.token}, v.http}
			mine.under("bills:"+w.Word+",times=1", 1, func() {
				got := fiveBills(mine)
				if got.status != want || fmt.Sprint(got.code()) != code {
					t.Errorf("%d %s", got.status, got.body)
				}
			})
		})
	}
}
