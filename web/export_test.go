package web

import (
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
)

// BareRoutes are routes that forget to say who may touch what, by what they forget.
func BareRoutes() map[string]func(*Server) error {
	mount := func(path string, r rule, o object) func(*Server) error {
		return func(s *Server) error {
			return s.mount([]route{{methods: []string{http.MethodGet}, path: path, rule: r, object: o, handler: s.bill}})
		}
	}
	return map[string]func(*Server) error{
		"a right":                             mount("/forgotten", rule{}, billsInScope),
		"an object":                           mount("/forgotten", signedIn, object{}),
		"an object though public":             mount("/forgotten", public, object{}),
		"to look up its parameter":            mount("/forgotten/:id", signedIn, billsInScope),
		"to look up one of two":               mount("/forgotten/:account/:id", signedIn, oneBill),
		"that its object has another name":    mount("/forgotten/:number", signedIn, oneBill),
		"the parameter that its object needs": mount("/forgotten", signedIn, oneBill),
		"the way to look up":                  mount("/forgotten/:id", signedIn, object{name: "one", param: "id"}),
	}
}

// Route is a line of the map of the site, for tests that try every one.
type Route struct {
	Method, Path string
	Public       bool
	Right        access.Right // zero when a session is enough
	Proved       bool
}

// Routes is the map of the site.
func (s *Server) Routes() []Route {
	var routes []Route
	for _, r := range s.routes() {
		for _, method := range r.methods {
			routes = append(routes, Route{Method: method, Path: r.path, Public: r.rule.kind == rulePublic, Right: r.rule.right, Proved: r.rule.proved})
		}
	}
	return routes
}

// Handle adds a public route with a handler of the test's own.
func (s *Server) Handle(path string, handler func(http.ResponseWriter, *http.Request)) {
	s.echo.GET(path, echo.WrapHandler(http.HandlerFunc(handler)))
}

// BreakErrorPages has every page fail to be made, as if its template were broken.
func (s *Server) BreakErrorPages() { s.settings.TimeZone = nil }

// SessionCookie is a browser's cookie for a session, and what the database knows
// the session by.
func (s *Server) SessionCookie(reference string) (cookie *http.Cookie, hash []byte, err error) {
	value, err := securecookie.EncodeMulti(s.sessions.name, reference, s.sessions.codecs...)
	options := s.sessions.options
	return sessions.NewCookie(s.sessions.name, value, &options), hashOf(reference), err
}

// SetPatience changes how long a request waits for the identity provider.
func (s *Server) SetPatience(patience time.Duration) { s.asking.patience = patience }

// BulkExport is how many bills an export may hold without a fresh proof.
const BulkExport = bulkExport

// SessionHash is what the database knows the session of a cookie by.
func (s *Server) SessionHash(cookie *http.Cookie) []byte { return hashOf(s.Reference(cookie)) }

// Reference is what a session's cookie carries.
func (s *Server) Reference(cookie *http.Cookie) string {
	r := &http.Request{Header: http.Header{}}
	r.AddCookie(cookie)
	reference, _ := s.sessions.reference(r, s.sessions.name)
	return reference
}

// ForgiveRefusals lets people be refused as often as they like, for tests that ask for
// everything at once; CountRefusals undoes it.
func (s *Server) ForgiveRefusals() { s.refusals.most = 1 << 30 }

func (s *Server) CountRefusals() { s.refusals.most = refusalsMost }
