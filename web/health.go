package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// health says that the process answers.
func (s *Server) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readiness says whether people can be served: the database answers, and nothing in
// the configuration keeps everybody from signing in. A provider that cannot be
// reached is no reason: those who are signed in can be served.
func (s *Server) readiness(c echo.Context) error {
	if err := s.deps.Ready(c.Request().Context()); err != nil {
		s.deps.Log.WarnContext(c.Request().Context(), "not ready", "request_id", requestID(c), "error", err)
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	if problem := s.deps.SignIn.Problem(); problem != nil {
		s.deps.Log.WarnContext(c.Request().Context(), "not ready", "request_id", requestID(c), "error", problem)
		return c.String(http.StatusServiceUnavailable, "not ready: "+problem.Error()+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// favicon leads browsers that ask for the old address to the new one.
func (s *Server) favicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, s.assets.Favicon)
}
