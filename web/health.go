package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// health says that the process answers.
func (s *Server) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readiness says whether people can be served, that is whether the database
// answers: those who are signed in need nothing else.
func (s *Server) readiness(c echo.Context) error {
	if err := s.deps.Ready(c.Request().Context()); err != nil {
		s.deps.Log.WarnContext(c.Request().Context(), "not ready", "request_id", requestID(c), "error", err)
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// favicon leads browsers that ask for the old address to the new one.
func (s *Server) favicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, s.assets.Favicon)
}
