package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/signin"
	"billportal/templates"
)

// attemptLife is how long a sign-in may take from its beginning to its end.
const attemptLife = 10 * time.Minute

// signInPage is what an anonymous person sees first. Whoever sees it is signed
// out: somebody with a session is sent on, and a session that has run out is gone.
func (s *Server) signInPage(c echo.Context) error {
	_, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, returnTarget(c.QueryParam("return")))
	}
	if !errors.Is(err, errNoSession) {
		return err
	}
	if err := s.buryDead(c); err != nil {
		return err
	}
	page := s.page(c, "signin.title")
	if c.QueryParam("expired") != "" {
		page.Notice = &templates.Notice{Text: page.Texts.S("notice.signedout")}
	}
	return s.render(c, http.StatusOK, templates.SignIn(templates.SignInView{
		Page: page, StartURL: "/signin/start?" + url.Values{"return": {returnTarget(c.QueryParam("return"))}}.Encode(),
	}))
}

// startSignIn begins a sign-in.
func (s *Server) startSignIn(c echo.Context) error {
	return s.begin(c, 0, returnTarget(c.QueryParam("return")))
}

// begin sends the browser to the identity provider and remembers, bound to this
// browser, what the answer must match and where it leads. With a maxAge above zero
// the person must have proved who they are no longer ago.
func (s *Server) begin(c echo.Context, maxAge time.Duration, returnTo string) error {
	attempt, location, err := s.deps.SignIn.Begin(c.Request().Context(), maxAge)
	if err != nil {
		return s.signInPageAgain(c, err)
	}
	browser, ok := s.sessions.reference(c.Request(), s.sessions.browser)
	if !ok {
		browser = randomReference()
	}
	err = s.deps.Sessions.AddSignInAttempt(c.Request().Context(), access.SignInAttempt{
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: attempt.MaxAge, Begun: attempt.Begun,
		Browser: hashOf(browser), ReturnTo: returnTo,
	}, s.deps.Now().Add(-attemptLife))
	if err != nil {
		return err
	}
	if err := s.setBrowser(c, browser, int(attemptLife/time.Second)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, location)
}

// setBrowser hands the browser the reference that its sign-ins are bound to.
func (s *Server) setBrowser(c echo.Context, reference string, maxAge int) error {
	value, err := securecookie.EncodeMulti(s.sessions.browser, reference, s.sessions.codecs...)
	if err != nil {
		return err
	}
	options := s.sessions.options
	options.MaxAge = maxAge
	http.SetCookie(c.Response(), sessions.NewCookie(s.sessions.browser, value, &options))
	return nil
}

// signInFailed records that a sign-in which began here was refused. A request that
// belongs to none is not recorded: anybody can send any number of those.
func (s *Server) signInFailed(c echo.Context, cause error) error {
	act := ledger.Act{Actor: s.actor(c), Action: "session.refuse", Object: "sign-in", RequestID: requestID(c)}
	if s.refusals.count(client(c), act, s.deps.Now()) {
		if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
			return err
		}
	}
	return s.signInPageAgain(c, cause)
}

// signInPageAgain is the sign-in page with a reference to the log. What went wrong
// and what the provider said is in the log alone. Somebody who is signed in stays so,
// and is told without that page.
func (s *Server) signInPageAgain(c echo.Context, cause error) error {
	status := http.StatusBadRequest
	switch {
	case errors.Is(cause, signin.ErrUnavailable):
		status = http.StatusServiceUnavailable
	case errors.Is(cause, signin.ErrToken):
		status = http.StatusUnauthorized
	}
	_, err := s.identify(c)
	if err == nil {
		return &pageError{status: status, sentence: "error.signin", cause: cause}
	}
	if !errors.Is(err, errNoSession) {
		return errors.Join(cause, err)
	}
	if err := s.buryDead(c); err != nil {
		return err
	}
	s.deps.Log.WarnContext(c.Request().Context(), "sign-in failed", "request_id", requestID(c), "error", cause)
	page := s.page(c, "signin.title")
	page.Notice = &templates.Notice{Kind: templates.NoticeBad, Text: page.Texts.S("notice.signinfailed", requestID(c))}
	return s.render(c, status, templates.SignIn(templates.SignInView{Page: page, StartURL: "/signin/start"}))
}

// noRole greets somebody whose groups give no role, and says whom to ask.
func (s *Server) noRole(c echo.Context) error {
	person := viewer(c).Person
	return s.render(c, http.StatusForbidden, templates.NoRole(templates.NoRoleView{
		Page: s.page(c, "norole.title"), Name: visible(person.DisplayName()), Groups: visibleAll(person.Groups),
	}))
}
