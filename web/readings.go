package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"billportal/templates"
)

const (
	maxReadings = 10_000 // lists that are told apart; beyond, all are forgotten and noted anew
	maxOffered  = 200    // pages beside those of one list
	listSpan    = time.Hour
	listSweep   = time.Minute // how often what is old is forgotten
)

// readings remembers, for each session and list, which pages beside those on record
// it was offered, so that turning pages is told from asking for something else. It
// keeps digests: what somebody typed is nowhere.
type readings struct {
	mu    sync.Mutex
	key   []byte
	of    map[listOpening]*listRead
	swept time.Time
}

// listOpening is a list in one session.
type listOpening struct{ session, path string }

type listRead struct {
	offered map[[sha256.Size]byte]bool
	at      time.Time
}

func newReadings() *readings {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, as crypto/rand documents
	return &readings{key: key, of: map[listOpening]*listRead{}}
}

func (r *readings) digest(address string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(address))
	copy(sum[:], mac.Sum(nil))
	return sum
}

// turns reports whether an address is a page that this session was offered beside
// one that is on record. Any other is to be noted, and begins a reading of its own.
func (r *readings) turns(list listOpening, address string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	known := r.of[list]
	if known != nil && known.offered[r.digest(address)] {
		known.at = now
		return true
	}
	r.of[list] = &listRead{offered: map[[sha256.Size]byte]bool{}, at: now}
	return false
}

func (r *readings) forget(now time.Time) {
	if now.Sub(r.swept) >= listSweep {
		r.swept = now
		for list, known := range r.of {
			if now.Sub(known.at) >= listSpan {
				delete(r.of, list)
			}
		}
	}
	if len(r.of) >= maxReadings {
		clear(r.of)
	}
}

// offer remembers the pages that a page on record leads to.
func (r *readings) offer(list listOpening, pager *templates.Pager) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.of[list]
	if pager == nil || known == nil {
		return
	}
	for _, address := range []string{pager.NewerURL, pager.OlderURL} {
		if address != "" && len(known.offered) < maxOffered {
			known.offered[r.digest(address)] = true
		}
	}
}
