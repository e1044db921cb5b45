package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/internal/signin"
	"billportal/templates"
)

// attemptLife is how long a sign-in may take from its beginning to its end.
const attemptLife = 10 * time.Minute

// signInPage is what an anonymous person sees first. Whoever sees it is signed
// out: somebody with a session is sent on, and a session that has expired is dead.
func (s *Server) signInPage(c echo.Context) error {
	_, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, returnTarget(c.QueryParam("return")))
	}
	if !errors.Is(err, errNoSession) {
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

// startSignIn sends the browser to the identity provider and remembers, bound to
// this browser, what the answer must match.
func (s *Server) startSignIn(c echo.Context) error {
	attempt, location, err := s.deps.SignIn.Begin(c.Request().Context(), 0)
	if err != nil {
		return s.signInPageAgain(c, err)
	}
	browser, ok := s.sessions.reference(c.Request(), s.sessions.browser)
	if !ok {
		browser = randomReference()
	}
	err = s.deps.Sessions.AddSignInAttempt(c.Request().Context(), access.SignInAttempt{
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: attempt.MaxAge, Begun: attempt.Begun,
		Browser: hashOf(browser), ReturnTo: returnTarget(c.QueryParam("return")),
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

// finishSignIn takes the identity provider's answer, in the browser that began,
// once, and opens a session under a new reference.
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
	if err := s.endSession(c, "session.replaced"); err != nil {
		return err
	}
	if err := s.openSession(c, identity); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, attempt.ReturnTo)
}

func (s *Server) openSession(c echo.Context, identity signin.Identity) error {
	session := sessions.NewSession(s.sessions, s.sessions.name)
	options := s.sessions.options
	session.Options, session.ID = &options, randomReference()
	person := access.Person{
		Issuer: identity.Issuer, Subject: identity.Subject, Name: identity.Name, Email: identity.Email, Groups: identity.Groups,
	}
	tokens, err := s.sessions.seal(providerTokens{ID: identity.IDToken}, session.ID)
	if err != nil {
		return err
	}
	record := access.Session{
		ID: randomReference(), ProvedAt: identity.AuthTime, AskedAt: s.deps.Now(), Rights: s.settings.Policy.Rights(s.settings.Policy.RolesOf(person)),
		ProviderSession: identity.SessionID, Tokens: tokens, Browser: clipped(c.Request().UserAgent()), Address: c.RealIP(),
	}
	act := ledger.Act{Action: "session.open", Detail: "groups: " + strings.Join(identity.Groups, ", "), RequestID: requestID(c)}
	if _, err := s.deps.Sessions.SignIn(c.Request().Context(), person, record, hashOf(session.ID), s.sessions.limits, act); err != nil {
		return err
	}
	return s.sessions.Save(c.Request(), c.Response(), session)
}

// maxUserAgent is how much of a browser's description of itself is kept, in bytes.
const maxUserAgent = 300

// clipped bounds what a browser says of itself.
func clipped(userAgent string) string {
	return strings.ToValidUTF8(userAgent[:min(len(userAgent), maxUserAgent)], "")
}

// signInFailed records that a sign-in which began here was refused. A request that
// belongs to none is not recorded: anybody can send any number of those.
func (s *Server) signInFailed(c echo.Context, cause error) error {
	act := ledger.Act{Actor: "anonymous", Action: "session.refuse", Object: "sign-in", RequestID: requestID(c)}
	if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
		return err
	}
	return s.signInPageAgain(c, cause)
}

// signInPageAgain is the sign-in page with a reference to the log. What went wrong
// and what the provider said is in the log alone.
func (s *Server) signInPageAgain(c echo.Context, cause error) error {
	status := http.StatusBadRequest
	switch {
	case errors.Is(cause, signin.ErrUnavailable):
		status = http.StatusServiceUnavailable
	case errors.Is(cause, signin.ErrToken):
		status = http.StatusUnauthorized
	}
	s.deps.Log.WarnContext(c.Request().Context(), "sign-in failed", "request_id", requestID(c), "error", cause)
	page := s.page(c, "signin.title")
	page.Notice = &templates.Notice{Kind: templates.NoticeBad, Text: page.Texts.S("notice.signinfailed", requestID(c))}
	return s.render(c, status, templates.SignIn(templates.SignInView{Page: page, StartURL: "/signin/start"}))
}

// signOut ends the session here and offers to end the provider's too. It cannot
// redirect there: browsers apply the form-action of the page's policy to the
// answer of a form as well.
func (s *Server) signOut(c echo.Context) error {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err != nil {
		return err
	}
	record, _ := session.Values[valueRecord].(access.Session)
	if err := s.endSession(c, "session.end"); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	c.Set(keyViewer, nil)
	return s.render(c, http.StatusOK, templates.SignedOut(templates.SignedOutView{
		Page: s.page(c, "signedout.title"), ProviderURL: s.deps.SignIn.SignOutURL(s.sessions.unseal(record.Tokens, session.ID).ID, s.settings.URL+"/signin"),
	}))
}

// endSession ends the session of a request, if there is one.
func (s *Server) endSession(c echo.Context, action string) error {
	reference, ok := s.sessions.reference(c.Request(), s.sessions.name)
	if !ok {
		return nil
	}
	actor := "anonymous"
	if session, err := s.sessions.Get(c.Request(), s.sessions.name); err == nil {
		person, _ := session.Values[valuePerson].(access.Person)
		actor = access.ActorName(person)
	}
	act := ledger.Act{Actor: actor, Action: action, RequestID: requestID(c)}
	if err := s.deps.Sessions.EndSession(c.Request().Context(), hashOf(reference), act); err != nil {
		return err
	}
	gone := sessions.NewSession(s.sessions, s.sessions.name)
	options := s.sessions.options
	options.MaxAge = -1
	gone.Options = &options
	return s.sessions.Save(c.Request(), c.Response(), gone)
}

// askToSignIn leads somebody without a session to the sign-in page and from there
// back to where they were going.
func (s *Server) askToSignIn(c echo.Context) error {
	r := c.Request()
	target := url.Values{}
	if _, err := r.Cookie(s.sessions.name); err == nil {
		target.Set("expired", "1")
	}
	back := r.URL.RequestURI()
	if isFragment(r) {
		back = currentPath(r)
	}
	if r.Method == http.MethodGet && back != "/" {
		target.Set("return", returnTarget(back))
	}
	location := "/signin"
	if len(target) > 0 {
		location += "?" + target.Encode()
	}
	if isFragment(r) {
		c.Response().Header().Set("HX-Redirect", location)
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, location)
}

// currentPath is the path and query of the page that an htmx request came from.
func currentPath(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return "/"
	}
	return u.RequestURI()
}

// returnTarget is where to go after signing in: a path of this portal with its
// query, or "/" for anything that a browser could take for another place.
func returnTarget(s string) string {
	if len(s) > 2000 || !strings.HasPrefix(s, "/") || strings.ContainsFunc(s, func(r rune) bool {
		return r == '\\' || r <= ' ' || r > '~'
	}) {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return "/"
	}
	for _, path := range []string{u.Path, u.EscapedPath()} {
		if strings.Contains(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") || strings.Contains(path, "/.") ||
			path == "/signin" || strings.HasPrefix(path, "/signin/") || path == "/signout" {
			return "/"
		}
	}
	return s
}

// noRole greets somebody whose groups give no role, and says whom to ask.
func (s *Server) noRole(c echo.Context) error {
	person := viewer(c).Person
	return s.render(c, http.StatusForbidden, templates.NoRole(templates.NoRoleView{
		Page: s.page(c, "norole.title"), Name: person.DisplayName(), Groups: person.Groups,
	}))
}
