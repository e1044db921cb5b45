package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"billportal/templates"
)

const (
	confirmPath   = "/signin/confirm"
	confirmedPath = "/signin/confirmed"
)

// proved reports whether the person of a request proved who they are a short while
// ago, or nobody has to. Whoever came by a link from the command line has nobody to
// prove it to; their session is short instead.
func (s *Server) proved(c echo.Context) bool {
	return s.settings.MaxAge == 0 || viewer(c).Person.ByLink() || currentSession(c).Proved(s.deps.Now(), s.settings.MaxAge)
}

// askForProof answers a request that may be met once the person has proved again
// who they are. A page to look at leads through the provider; a form waits in the
// answer with everything that was filled in, because a redirect would lose it.
func (s *Server) askForProof(c echo.Context) error {
	r := c.Request()
	back := r.URL.RequestURI()
	if isFragment(r) {
		back = currentPath(r)
	}
	location := withReturn(confirmPath, returnTarget(back))
	switch {
	case isFragment(r):
		c.Response().Header().Set("HX-Redirect", location)
		return c.NoContent(http.StatusUnauthorized)
	case r.Method != http.MethodPost && !wantsPage(r):
		return c.NoContent(http.StatusUnauthorized)
	case r.Method != http.MethodPost:
		return c.Redirect(http.StatusSeeOther, location)
	}
	fields, err := keepForm(r)
	if err != nil {
		return badRequest("", err)
	}
	return s.render(c, http.StatusUnauthorized, templates.ConfirmFirst(templates.ConfirmFirstView{
		Page: s.page(c, "confirm.title"), ConfirmURL: confirmPath, Action: r.URL.RequestURI(), Fields: fields,
	}))
}

// withReturn is one of the paths above with the way back.
func withReturn(path, target string) string {
	if target == "/" {
		return path
	}
	return path + "?" + url.Values{"return": {target}}.Encode()
}

// confirm sends the person to the provider to prove again who they are.
func (s *Server) confirm(c echo.Context) error {
	target := returnTarget(c.QueryParam("return"))
	if s.settings.MaxAge == 0 {
		return c.Redirect(http.StatusSeeOther, target)
	}
	return s.begin(c, s.settings.MaxAge, withReturn(confirmedPath, target))
}

// confirmed is where the provider's answer leads. It is a page with a link rather
// than one more redirect: a download would leave the browser on the provider's page.
func (s *Server) confirmed(c echo.Context) error {
	if !s.proved(c) {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	view := templates.ConfirmedView{Page: s.page(c, "confirmed.title")}
	if target := returnTarget(c.QueryParam("return")); target != "/" {
		view.ContinueURL = target
	}
	return s.render(c, http.StatusOK, templates.Confirmed(view))
}
