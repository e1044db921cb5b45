package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// touchEvery is how stale the record of a session's last use may be; a write for
// every click would be waste.
const touchEvery = time.Minute

// identify finds the viewer of a request from its session, or returns
// errNoSession.
func (s *Server) identify(c echo.Context) (access.Viewer, error) {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err != nil {
		return access.Viewer{}, err
	}
	if err := s.askAgain(c, session); err != nil {
		return access.Viewer{}, err
	}
	record, person := held(session)
	if !polls(c) && s.deps.Now().Sub(record.SeenAt) >= touchEvery {
		if err := s.deps.Sessions.TouchSession(c.Request().Context(), hashOf(session.ID)); err != nil {
			// The session ends earlier than it might, which is safe; people read on.
			s.deps.Log.ErrorContext(c.Request().Context(), "recording the use of a session", "request_id", requestID(c), "error", err)
		}
	}
	scope, err := s.deps.Sessions.Scope(c.Request().Context(), person)
	if err != nil {
		return access.Viewer{}, err
	}
	viewer := access.NewViewer(person, s.settings.Policy, scope)
	if viewer.Rights != record.Rights {
		if err := s.renew(c, session, viewer.Rights); err != nil {
			return access.Viewer{}, err
		}
	}
	c.Set(keySession, session)
	c.Set(keyViewer, viewer)
	return viewer, nil
}

// renew gives a session whose person may do more or less than before a new
// reference; the old one is void. Requests of one browser race for it: whoever comes
// second was let in by the reference that was good then, and is served without a new
// one.
func (s *Server) renew(c echo.Context, session *sessions.Session, rights access.Rights) error {
	ctx := c.Request().Context()
	record, _ := held(session)
	turn, mine := s.turns.begin(record.ID)
	if !mine {
		return nil
	}
	defer s.turns.end(record.ID, turn)
	// Another request may have changed the tokens since this one read them.
	record, person, err := s.deps.Sessions.Session(ctx, hashOf(session.ID))
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	reference := randomReference()
	tokens, err := s.sessions.seal(s.sessions.unseal(record.Tokens, session.ID), reference)
	if err != nil {
		return err
	}
	err = s.deps.Sessions.RenewSession(ctx, hashOf(session.ID), hashOf(reference), rights, tokens)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	record.Rights, record.Tokens = rights, tokens
	session.ID = reference
	hold(session, record, person)
	return s.sessions.Save(c.Request(), c.Response(), session)
}

// polls reports whether a request is one that a page makes by itself: those do
// not count as use of the session.
func polls(c echo.Context) bool {
	return c.Path() == "/setup" || c.Path() == "/sync"
}

// act begins a ledger entry for what the person of a request does.
func (s *Server) act(c echo.Context, action string) ledger.Act {
	return ledger.Act{Actor: access.ActorName(viewer(c).Person), Action: action, RequestID: requestID(c)}
}

func isSecure(url string) bool { return strings.HasPrefix(url, "https://") }
