package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/ledger"
)

// Refusals within a minute: the first each have an entry of the ledger, more are
// folded into one, and a person who has even more is refused everything.
const (
	refusalSpan    = time.Minute
	refusalsNoted  = 20
	refusalsMost   = 100
	refusalKeys    = 10_000 // people and addresses that are told apart
	refusalsOthers = "others"
)

// refusals counts what each person or address is refused. It forgets a minute when
// the entry of what was folded in it is handed out.
type refusals struct {
	mu    sync.Mutex
	most  int // beyond which a person is refused everything
	of    map[string]*refusalCount
	swept time.Time
}

type refusalCount struct {
	since  time.Time
	n      int
	folded int
	last   ledger.Act // of those that were folded
}

func newRefusals() *refusals { return &refusals{most: refusalsMost, of: map[string]*refusalCount{}} }

// count adds a refusal and reports whether it has an entry of its own.
func (r *refusals) count(key string, act ledger.Act, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.of[key]
	if known == nil && len(r.of) >= refusalKeys {
		key = refusalsOthers
		known = r.of[key]
	}
	if known == nil {
		known = &refusalCount{since: now}
		r.of[key] = known
	}
	if known.n++; known.n <= refusalsNoted {
		return true
	}
	known.folded++
	known.last = act
	return false
}

// tooMany reports whether a person has been refused too much in the last minute.
func (r *refusals) tooMany(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.of[key]
	return known != nil && known.n >= r.most && now.Sub(known.since) < refusalSpan
}

// due hands out an entry for each minute that is over, or for every one, and forgets
// the minutes.
func (r *refusals) due(now time.Time, all bool) []ledger.Act {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !all && now.Sub(r.swept) < time.Second {
		return nil
	}
	r.swept = now
	var acts []ledger.Act
	for key, known := range r.of {
		if !all && now.Sub(known.since) < refusalSpan {
			continue
		}
		if known.folded > 0 {
			act := known.last
			act.Detail = "and " + strconv.Itoa(known.folded) + " more within a minute"
			acts = append(acts, act)
		}
		delete(r.of, key)
	}
	return acts
}

// tellFolded puts on record what was folded in minutes that are over, before a
// request adds to the ledger.
func (s *Server) tellFolded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		s.recordFolded(c.Request().Context(), false)
		return next(c)
	}
}

func (s *Server) recordFolded(ctx context.Context, all bool) {
	ctx = context.WithoutCancel(ctx)
	for _, act := range s.refusals.due(s.deps.Now(), all) {
		if err := s.deps.Ledger.Record(ctx, act); err != nil {
			s.deps.Log.ErrorContext(ctx, "not in the ledger", "request_id", act.RequestID, "action", act.Action, "detail", act.Detail, "error", err)
		}
	}
}

// refusePace refuses everything but signing out to somebody who tries what is not
// theirs again and again.
func (s *Server) refusePace(c echo.Context) error {
	key := actorKey(viewer(c).Person)
	if c.Path() == "/signout" || !s.refusals.tooMany(key, s.deps.Now()) {
		return nil
	}
	act := s.act(c, "access.refuse")
	act.Object = c.Request().Method + " " + c.Path()
	s.refusals.count(key, act, s.deps.Now())
	return &pageError{status: http.StatusTooManyRequests, cause: errors.New("too many refusals of this person")}
}
