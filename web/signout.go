package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/templates"
)

// signOut ends the session here and offers to end the provider's too. It cannot
// redirect there: browsers apply the form-action of the page's policy to the
// answer of a form as well.
func (s *Server) signOut(c echo.Context) error {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err != nil {
		return err
	}
	record, person := held(session)
	tokens := s.sessions.unseal(record.Tokens, session.ID)
	if err := s.endSession(c, "session.end"); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	c.Set(keyViewer, nil)
	view := templates.SignedOutView{Page: s.page(c, "signedout.title")}
	if !person.ByLink() {
		view.ProviderURL = s.deps.SignIn.SignOutURL(tokens.ID, s.settings.URL+"/signin")
	}
	return s.render(c, http.StatusOK, templates.SignedOut(view))
}

// endSession ends the session that a request refers to, if there is one. It goes by
// the session's ID, because another request of the browser may have renewed the
// reference meanwhile.
func (s *Server) endSession(c echo.Context, action string) error {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if errors.Is(err, errNoSession) {
		return s.buryDead(c)
	}
	if err != nil {
		return err
	}
	record, person := held(session)
	act := ledger.Act{Actor: access.ActorName(person), Action: action, RequestID: requestID(c)}
	err = s.deps.Sessions.EndSessionOf(c.Request().Context(), person.ID, record.ID, act)
	if err != nil && !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	return s.sessions.forget(c)
}

// actor is how the ledger names whoever sent a request that needs no session.
func (s *Server) actor(c echo.Context) string {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err != nil {
		return actorAnonymous
	}
	_, person := held(session)
	return access.ActorName(person)
}

// buryDead makes an end of the session that a request presents when it has run out:
// whoever is shown the sign-in page is signed out. A reference that opens nothing is
// left to the browser, which may be about to replace it.
func (s *Server) buryDead(c echo.Context) error {
	if _, err := s.sessions.Get(c.Request(), s.sessions.name); !errors.Is(err, errDeadSession) {
		return nil
	}
	reference, _ := s.sessions.reference(c.Request(), s.sessions.name)
	if err := s.deps.Sessions.DropSession(c.Request().Context(), hashOf(reference)); err != nil {
		return err
	}
	return s.sessions.forget(c)
}
