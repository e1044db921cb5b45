package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
)

// Route is a line of the map of the site, for tests that try every one.
type Route struct {
	Method, Path string
	Public       bool
	Right        access.Right // zero when a session is enough
}

// Routes is the map of the site.
func (s *Server) Routes() []Route {
	var routes []Route
	for _, r := range s.routes() {
		for _, method := range r.methods {
			routes = append(routes, Route{Method: method, Path: r.path, Public: r.rule.kind == rulePublic, Right: r.rule.right})
		}
	}
	return routes
}

// Handle adds a public route with a handler of the test's own.
func (s *Server) Handle(path string, handler func(http.ResponseWriter, *http.Request)) {
	s.echo.GET(path, echo.WrapHandler(http.HandlerFunc(handler)))
}
