package web

import (
	"context"
	"sync"

	"billportal/internal/access"
)

// turns lets one at a time change a session's reference or tokens: a refresh token
// that is used twice can end the session at the provider, and tokens sealed with a
// reference that has changed meanwhile would be lost.
type turns struct {
	mu    sync.Mutex
	under map[string]*turn // by the session's ID
}

// turn is what one caller does with a session; others wait for its end.
type turn struct {
	ended chan struct{}
	// What was found out, to be read after the end: the session and person as they
	// are now, unless record.ID is empty, and whether the provider ended the session.
	record access.Session
	person access.Person
	over   bool
}

// begin starts a turn with a session, or returns the one that is under way.
func (t *turns) begin(session string) (*turn, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := t.under[session]; at != nil {
		return at, false
	}
	if t.under == nil {
		t.under = map[string]*turn{}
	}
	mine := &turn{ended: make(chan struct{})}
	t.under[session] = mine
	return mine, true
}

// await starts a turn as soon as none is under way.
func (t *turns) await(ctx context.Context, session string) (*turn, error) {
	for {
		at, mine := t.begin(session)
		if mine {
			return at, nil
		}
		select {
		case <-at.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (t *turns) end(session string, at *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.under, session)
	close(at.ended)
}
