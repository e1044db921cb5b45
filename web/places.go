package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"billportal/internal/access"
)

// placeKind parts what a person may have under way at once: somebody who reads
// documents slowly can still turn pages.
type placeKind int

const (
	pagePlace placeKind = iota
	documentPlace
	exportPlace
)

// placesOf is how many places of a kind a person has.
var placesOf = map[placeKind]int64{pagePlace: 6, documentPlace: 4, exportPlace: 1}

// placePatience is how long a request waits for a place.
const placePatience = 2 * time.Second

var errNoPlace = errors.New("web: this person has too many requests under way")

// places bounds what one person has under way at once. It knows only people who
// have something under way.
type places struct {
	patience time.Duration
	mu       sync.Mutex
	of       map[placeKey]*place
}

type placeKey struct {
	person access.PersonID
	kind   placeKind
}

type place struct {
	free  *semaphore.Weighted
	users int // who hold it or wait for it
}

func newPlaces() *places {
	return &places{patience: placePatience, of: map[placeKey]*place{}}
}

// take waits a little for a place and returns how to give it back. Whoever waits in
// vain gets errNoPlace, or the error of a context that ended first.
func (p *places) take(ctx context.Context, person access.PersonID, kind placeKind) (giveBack func(), err error) {
	key := placeKey{person, kind}
	at := p.enter(key)
	patient, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	if !at.free.TryAcquire(1) && at.free.Acquire(patient, 1) != nil {
		p.leave(key)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &pageError{status: http.StatusTooManyRequests, sentence: "error.parallel", cause: errNoPlace}
	}
	return sync.OnceFunc(func() {
		at.free.Release(1)
		p.leave(key)
	}), nil
}

func (p *places) enter(key placeKey) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.of[key]
	if at == nil {
		at = &place{free: semaphore.NewWeighted(placesOf[key.kind])}
		p.of[key] = at
	}
	at.users++
	return at
}

func (p *places) leave(key placeKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.of[key]
	if at.users--; at.users == 0 {
		delete(p.of, key)
	}
}

// placeFor is the kind of place that a route takes.
func placeFor(route string) placeKind {
	switch {
	case route == documentPath:
		return documentPlace
	case strings.HasSuffix(route, ".csv"):
		return exportPlace
	}
	return pagePlace
}
