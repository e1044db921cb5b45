package billingapi

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// State is how the link to the API stands.
type State struct {
	CallsLastMinute int // slots in use: calls under way, or ended less than 60 s ago
	PerMinute       int // the budget, 80 % of Orange's threshold
	PerSecond       int
	Calls           int64         // since the client was made
	Waiting         int           // calls that wait for a slot
	NextSlot        time.Duration // until a further call could go, whoever waits before it

	TokenHeld   bool      // a token that has not run out
	LastSuccess time.Time // zero when there was none
	LastFailure time.Time
	LastError   Failure // the zero value when there was none
}

// Failure is what is told of a failed call: nothing that names a bill.
type Failure struct {
	// Kind is one of not_found, limited, denied, credentials, not_acceptable,
	// unavailable, malformed and other.
	Kind      string
	Status    int // of HTTP, 0 when no answer came
	Code      string
	RequestID string
}

// history is what do remembers of past calls.
type history struct {
	mu                       sync.Mutex
	lastSuccess, lastFailure time.Time
	lastError                Failure
}

// State is a snapshot; it makes no call and waits for none.
func (c *Client) State() State {
	s := c.budget.state()
	held := c.tokens.any()
	s.TokenHeld = held != nil && c.now().Before(held.expiresAt)
	c.history.mu.Lock()
	defer c.history.mu.Unlock()
	s.LastSuccess, s.LastFailure, s.LastError = c.history.lastSuccess, c.history.lastFailure, c.history.lastError
	return s
}

func (b *budget) state() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep()
	return State{
		CallsLastMinute: len(b.slots), PerMinute: b.perMinute, PerSecond: b.perSecond, Calls: b.calls,
		Waiting: b.ahead(Sync), NextSlot: b.delay(b.ahead(Sync)),
	}
}

// record notes the outcome of a call. A call that its caller gave up says
// nothing about the API.
func (c *Client) record(ctx context.Context, x exchange, a *answer, err error, took time.Duration) {
	attributes := []slog.Attr{
		slog.String("method", x.method), slog.String("route", x.route), slog.Duration("took", took),
	}
	var failure *APIError
	switch {
	case err == nil:
		c.history.mu.Lock()
		c.history.lastSuccess = c.now()
		c.history.mu.Unlock()
		attributes = append(attributes, slog.Int("status", a.status), slog.String("request_id", requestID(a.header)))
		c.log.LogAttrs(ctx, slog.LevelDebug, "billing API call", attributes...)
	case errors.As(err, &failure):
		c.fail(err)
		attributes = append(attributes, slog.String("kind", kindName(err)), slog.Int("status", failure.Status),
			slog.String("code", failure.Code), slog.String("request_id", failure.RequestID))
		c.log.LogAttrs(ctx, slog.LevelWarn, "billing API call failed", attributes...)
	}
}

// fail notes a failure, also one that shows only when the answer is read.
func (c *Client) fail(err error) {
	var failure *APIError
	if !errors.As(err, &failure) {
		return
	}
	c.history.mu.Lock()
	defer c.history.mu.Unlock()
	c.history.lastFailure = c.now()
	c.history.lastError = Failure{
		Kind: kindName(err), Status: failure.Status, Code: failure.Code, RequestID: failure.RequestID,
	}
}
