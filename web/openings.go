package web

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Who may not export may not pull everything bill by bill either: so many different
// bills in so long a time are not for reading.
const (
	maxOpenings   = 300
	openingsSpan  = 5 * time.Minute
	readingSpan   = time.Hour       // for which a document that was opened is read on
	itemsSpan     = 5 * time.Minute // for which the items of a bill belong to the opening of its page
	openingsSweep = time.Minute
)

var errPull = errors.New("web: too many bills in a short time")

// openings remembers who opened which bills and documents of late. It forgets what
// is old, and people with it.
type openings struct {
	mu    sync.Mutex
	of    map[access.PersonID]*opened
	swept time.Time
}

type opened struct {
	bills     map[billing.BillID]time.Time
	documents map[sessionOpening]time.Time
	pages     map[sessionOpening]time.Time
	refusedAt time.Time
}

// sessionOpening is the document or the page of a bill in one session.
type sessionOpening struct {
	session string
	bill    billing.BillID
}

func newOpenings() *openings { return &openings{of: map[access.PersonID]*opened{}} }

// person is what is known of somebody, without what is old.
func (o *openings) person(id access.PersonID, now time.Time) *opened {
	if now.Sub(o.swept) >= openingsSweep {
		o.swept = now
		for person, known := range o.of {
			known.forget(now)
			if len(known.bills) == 0 && len(known.documents) == 0 && len(known.pages) == 0 {
				delete(o.of, person)
			}
		}
	}
	known := o.of[id]
	if known == nil {
		known = &opened{bills: map[billing.BillID]time.Time{}, documents: map[sessionOpening]time.Time{}, pages: map[sessionOpening]time.Time{}}
		o.of[id] = known
	}
	return known
}

func (o *opened) forget(now time.Time) {
	for id, at := range o.bills {
		if now.Sub(at) >= openingsSpan {
			delete(o.bills, id)
		}
	}
	for key, at := range o.documents {
		if now.Sub(at) >= readingSpan {
			delete(o.documents, key)
		}
	}
	for key, at := range o.pages {
		if now.Sub(at) >= itemsSpan {
			delete(o.pages, key)
		}
	}
}

// open counts a bill that somebody opens. It is refused when it is one too many;
// first says that this is the first refusal in a while.
func (o *openings) open(person access.PersonID, bill billing.BillID, now time.Time) (refused, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known := o.person(person, now)
	if _, again := known.bills[bill]; !again && len(known.bills) >= maxOpenings {
		known.forget(now)
		if len(known.bills) >= maxOpenings {
			first = now.Sub(known.refusedAt) >= openingsSpan
			if first {
				known.refusedAt = now
			}
			return true, first
		}
	}
	known.bills[bill] = now
	return false, false
}

// readsOn reports whether a session has opened a document before, and remembers it
// when this request opens it.
func (o *openings) readsOn(person access.PersonID, key sessionOpening, opens bool, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	known := o.person(person, now)
	at, before := known.documents[key]
	if opens || !before || now.Sub(at) >= readingSpan {
		known.documents[key] = now
		return false
	}
	return true
}

// opensPage remembers that a session was shown a bill, and reports whether it had been
// a few minutes ago.
func (o *openings) opensPage(person access.PersonID, key sessionOpening, now time.Time) (again bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known := o.person(person, now)
	at, before := known.pages[key]
	again = before && now.Sub(at) < itemsSpan
	if !again {
		known.pages[key] = now
	}
	return again
}

// countOpening refuses a bill to somebody who pulls bills in bulk without the right
// to export them. The first refusal in a while is put on record.
func (s *Server) countOpening(c echo.Context, bill billing.BillID) error {
	v := viewer(c)
	if v.Rights.Has(access.Export) {
		return nil
	}
	refused, first := s.openings.open(v.Person.ID, bill, s.deps.Now())
	if !refused {
		return nil
	}
	if first {
		ctx := c.Request().Context()
		s.deps.Log.ErrorContext(ctx, "somebody opens bills in bulk and is refused", "request_id", requestID(c), "person", int64(v.Person.ID))
		act := s.act(c, "pull.refuse")
		act.Object, act.Detail = "bills", "more than "+strconv.Itoa(maxOpenings)+" different bills in 5 minutes"
		s.note(c, act)
	}
	return &pageError{status: http.StatusTooManyRequests, sentence: "error.pull", cause: errPull}
}
