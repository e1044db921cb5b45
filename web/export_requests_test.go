package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Recheck has the right to files under way looked at again when the test says so.
func (s *Server) Recheck(ticks <-chan time.Time) {
	s.ticks = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
}

// Impatient has nobody wait for a place.
func (s *Server) Impatient() { s.places.patience = 0 }

// Places is how many places somebody holds or waits for.
func (s *Server) Places() int {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	n := 0
	for _, p := range s.places.of {
		n += p.users
	}
	return n
}

// HandleSignedIn adds a route for everybody with a session, whose handler is the
// test's own.
func (s *Server) HandleSignedIn(path string, handler func(http.ResponseWriter, *http.Request)) error {
	return s.mount([]route{{methods: []string{http.MethodGet}, path: path, rule: signedIn, object: nothing, handler: echo.WrapHandler(http.HandlerFunc(handler))}})
}

// PanicInEveryHandler puts a handler that panics in the place of every one.
func (s *Server) PanicInEveryHandler(cause string) error {
	routes := s.routes()
	for i := range routes {
		routes[i].handler = func(echo.Context) error { panic(cause) }
	}
	return s.mount(routes)
}
