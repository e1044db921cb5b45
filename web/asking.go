package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/internal/signin"
)

const (
	// askEvery is how old what the provider said of a person may get.
	askEvery = 5 * time.Minute
	// askPatience is how long a request waits for the provider.
	askPatience = 2 * time.Second
	// askPause is how long nobody is asked about after the provider was away, nobody
	// waits for it after it was slow, and a session is not asked about after its
	// question had no answer.
	askPause = time.Minute
	// askLimit ends an asking that nobody waits for any more. It is long, because a
	// token that was spent without seeing the answer is lost.
	askLimit = 30 * time.Second
)

// asking is the state of asking the provider again.
type asking struct {
	patience time.Duration
	mu       sync.Mutex
	quiet    time.Time            // nobody is asked about before
	hurried  time.Time            // nobody waits before
	resting  map[string]time.Time // sessions that are not asked about before, by ID
	running  sync.WaitGroup
}

// pause has nobody asked about for a while.
func (a *asking) pause(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.quiet = now.Add(askPause)
}

// hurry has nobody wait for a while.
func (a *asking) hurry(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hurried = now.Add(askPause)
}

// rest has one session not asked about for a while.
func (a *asking) rest(session string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.resting, func(_ string, until time.Time) bool { return !now.Before(until) })
	if a.resting == nil {
		a.resting = map[string]time.Time{}
	}
	a.resting[session] = now.Add(askPause)
}

func (a *asking) paused(session string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return now.Before(a.quiet) || now.Before(a.resting[session])
}

func (a *asking) waits(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !now.Before(a.hurried)
}

// askAgain has the provider say again who the person of a session is and which
// groups they are in, when it last did so too long ago; the session holds the answer
// then. A provider that is slow or away changes nothing: people read on with what is
// known, and what it says late counts from the next request on, as it does where a
// page asks by itself, which never waits. When it has ended the session the error is errNoSession.
func (s *Server) askAgain(c echo.Context, session *sessions.Session) error {
	record, _ := held(session)
	now := s.deps.Now()
	if now.Sub(record.AskedAt) < askEvery || s.asking.paused(record.ID, now) || s.sessions.unseal(record.Tokens, session.ID).Refresh == "" {
		return nil
	}
	at, mine := s.turns.begin(record.ID)
	if mine {
		// It outlives a request that gives up: the token is spent by then. Nothing of
		// the request is read there, because the next one is given the same memory.
		ctx, reference, request := context.WithoutCancel(c.Request().Context()), session.ID, requestID(c)
		s.asking.running.Go(func() { s.ask(ctx, reference, request, record.ID, at) })
	}
	if polls(c) || !s.asking.waits(now) {
		return nil
	}
	patience := time.NewTimer(s.asking.patience)
	defer patience.Stop()
	select {
	case <-at.ended:
	case <-c.Request().Context().Done():
		return c.Request().Context().Err()
	case <-patience.C:
		s.asking.hurry(now)
		s.deps.Log.WarnContext(c.Request().Context(), "the identity provider is slow; sessions go on with what is known", "request_id", requestID(c))
		return nil
	}
	if at.over {
		return errors.Join(errNoSession, s.sessions.forget(c))
	}
	if at.record.ID != "" {
		hold(session, at.record, at.person)
	}
	return nil
}

// ask is one asking about the session of a reference, and the end of its turn.
func (s *Server) ask(ctx context.Context, reference, request, id string, at *turn) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	defer s.turns.end(id, at)
	if err := s.refresh(ctx, reference, request, at); err != nil {
		s.deps.Log.WarnContext(ctx, "asking the identity provider again", "request_id", request, "error", err)
	}
}

// refresh asks and records the answer. It reads the session first: another turn may
// have spent the token, or given the session another reference, since the request
// was let in.
func (s *Server) refresh(ctx context.Context, reference, request string, at *turn) error {
	record, person, err := s.deps.Sessions.Session(ctx, hashOf(reference))
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.deps.Now().Sub(record.AskedAt) < askEvery {
		at.record, at.person = record, person
		return nil
	}
	tokens := s.sessions.unseal(record.Tokens, reference)
	identity, asked := s.deps.SignIn.Refresh(ctx, tokens.Refresh, person.Subject)
	sealed, err := s.sessions.seal(providerTokens{
		ID: cmp.Or(identity.IDToken, tokens.ID), Refresh: cmp.Or(identity.RefreshToken, tokens.Refresh),
	}, reference)
	if err != nil {
		return errors.Join(asked, err)
	}
	switch {
	case errors.Is(asked, signin.ErrEnded), errors.Is(asked, signin.ErrToken):
		at.over = true
		return errors.Join(asked, s.deps.Sessions.EndSession(ctx, hashOf(reference), ledger.Act{
			Actor: actorProvider, Action: "session.provider", RequestID: request,
		}))
	case asked != nil:
		s.asking.rest(record.ID, s.deps.Now())
		if !errors.Is(asked, signin.ErrUnanswered) {
			s.asking.pause(s.deps.Now())
		}
		if identity.RefreshToken != "" {
			return errors.Join(asked, s.deps.Sessions.KeepTokens(ctx, record.ID, sealed))
		}
		return asked
	}
	record.Tokens = sealed
	return s.takeOver(ctx, identity, record, person, request, at)
}

// takeOver records what the provider said and hands it to those who wait. What it
// need not repeat stays.
func (s *Server) takeOver(ctx context.Context, identity signin.Identity, record access.Session, person access.Person, request string, at *turn) error {
	if identity.NoGroups != "" {
		s.deps.Log.WarnContext(ctx, "the provider named no groups", "request_id", request, "reason", identity.NoGroups)
	}
	person.Name, person.Email = cmp.Or(identity.Name, person.Name), cmp.Or(identity.Email, person.Email)
	person.Groups = identity.Groups
	act := ledger.Act{Actor: actorProvider, Action: "person.groups", Detail: groupsDetail(identity.Groups), RequestID: request}
	if err := s.deps.Sessions.RecordIdentity(ctx, person, record.ID, record.Tokens, act); err != nil {
		return err
	}
	record.AskedAt = s.deps.Now()
	at.record, at.person = record, person
	return nil
}

func groupsDetail(groups []string) string { return "groups: " + strings.Join(groups, ", ") }

// Close waits for what the server still does after its last answer, and puts on
// record what was not yet; it takes no requests then.
func (s *Server) Close() {
	s.asking.running.Wait()
	s.recordFolded(context.Background(), true)
}
