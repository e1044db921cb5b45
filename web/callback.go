package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/internal/signin"
)

// finishSignIn takes the identity provider's answer, in the browser that began,
// once. It opens a session under a new reference, or renews the one of a person who
// was asked to prove again who they are.
func (s *Server) finishSignIn(c echo.Context) error {
	ctx, query := c.Request().Context(), c.Request().URL.Query()
	browser, ok := s.sessions.reference(c.Request(), s.sessions.browser)
	if !ok {
		return s.signInPageAgain(c, errors.New("the browser has no sign-in under way"))
	}
	attempt, err := s.deps.Sessions.TakeSignInAttempt(ctx, query.Get("state"), hashOf(browser), s.deps.Now().Add(-attemptLife))
	if errors.Is(err, billing.ErrNotFound) {
		return s.signInPageAgain(c, errors.New("no such sign-in under way in this browser"))
	}
	if err != nil {
		return err
	}
	identity, err := s.deps.SignIn.Finish(ctx, signin.Attempt{
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: attempt.MaxAge, Begun: attempt.Begun,
	}, query)
	if err != nil {
		return s.signInFailed(c, err)
	}
	if identity.NoGroups != "" {
		s.deps.Log.WarnContext(ctx, "signed in without groups", "request_id", requestID(c), "reason", identity.NoGroups)
	}
	if attempt.MaxAge > 0 {
		proved, err := s.proveSession(c, identity)
		if err != nil {
			return err
		}
		if proved {
			return c.Redirect(http.StatusSeeOther, attempt.ReturnTo)
		}
	}
	target := attempt.ReturnTo
	if _, err := s.sessions.Get(c.Request(), s.sessions.name); err == nil && attempt.MaxAge > 0 {
		target = "/" // somebody else has taken over, who was going nowhere
	}
	if err := s.endSession(c, "session.replace"); err != nil {
		return err
	}
	tokens := providerTokens{ID: identity.IDToken, Refresh: identity.RefreshToken}
	record := access.Session{ProviderSession: identity.SessionID, ProvedAt: identity.AuthTime}
	if err := s.openSession(c, personOf(identity), record, tokens, s.deps.Sessions.SignIn); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, target)
}

func personOf(identity signin.Identity) access.Person {
	return access.Person{
		Issuer: identity.Issuer, Subject: identity.Subject, Name: identity.Name, Email: identity.Email, Groups: identity.Groups,
	}
}

// keepSession opens a session in the database, as SessionKeeper.SignIn does.
type keepSession func(ctx context.Context, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error)

// openSession signs a person in. The record says when they proved who they are and
// names the provider's session, where these are known; the rest of it is set here.
func (s *Server) openSession(c echo.Context, person access.Person, record access.Session, tokens providerTokens, keep keepSession) error {
	session := sessions.NewSession(s.sessions, s.sessions.name)
	options := s.sessions.options
	session.Options, session.ID = &options, randomReference()
	sealed, err := s.sessions.seal(tokens, session.ID)
	if err != nil {
		return err
	}
	record.ID, record.AskedAt, record.Rights, record.Tokens = randomReference(), s.deps.Now(), s.rights(person), sealed
	record.Browser, record.Address = clipped(c.Request().UserAgent()), c.RealIP()
	act := ledger.Act{Action: "session.open", Detail: groupsDetail(person.Groups), RequestID: requestID(c)}
	if _, err := keep(c.Request().Context(), person, record, hashOf(session.ID), s.sessions.limits, act); err != nil {
		return err
	}
	return s.sessions.Save(c.Request(), c.Response(), session)
}

// proveSession renews the session of a request in its place, if it is a session of
// the person who has just proved who they are: pages that are open in other tabs
// stay usable.
func (s *Server) proveSession(c echo.Context, identity signin.Identity) (bool, error) {
	ctx := c.Request().Context()
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if errors.Is(err, errNoSession) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	record, _ := held(session)
	turn, err := s.turns.await(ctx, record.ID)
	if err != nil {
		return false, err
	}
	defer s.turns.end(record.ID, turn)
	reference, person := randomReference(), personOf(identity)
	sealed, err := s.sessions.seal(providerTokens{ID: identity.IDToken, Refresh: identity.RefreshToken}, reference)
	if err != nil {
		return false, err
	}
	record.ProvedAt, record.AskedAt, record.Rights = identity.AuthTime, s.deps.Now(), s.rights(person)
	record.ProviderSession, record.Tokens = identity.SessionID, sealed
	act := ledger.Act{Action: "session.replace", Detail: "proved again; " + groupsDetail(identity.Groups), RequestID: requestID(c)}
	err = s.deps.Sessions.ProveSession(ctx, record.ID, hashOf(reference), person, record, act)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	session.ID = reference
	return true, s.sessions.Save(c.Request(), c.Response(), session)
}

func (s *Server) rights(person access.Person) access.Rights {
	return s.settings.Policy.Rights(s.settings.Policy.RolesOf(person))
}

// maxUserAgent is how much of a browser's description of itself is kept, in bytes.
const maxUserAgent = 300

// clipped bounds what a browser says of itself.
func clipped(userAgent string) string {
	return strings.ToValidUTF8(userAgent[:min(len(userAgent), maxUserAgent)], "")
}
