package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
)

// requestIDLength keeps request ids short enough to be read out on the telephone;
// 16 letters and digits are 80 random bits.
const requestIDLength = 16

// use sets up what every request passes, outermost first. The order matters: the
// request id is in every log line and page, recover catches what comes after it,
// and nothing is done for a client outside of the internal networks.
func (s *Server) use() {
	s.echo.Use(
		nameRequests,
		hurryReaders,
		s.logRequests,
		s.recoverPanics,
		s.securityHeaders,
		s.internalOnly,
		withinLimits,
		ownPagesOnly(),
		s.paceSignIn,
		s.tellFolded,
	)
}

const (
	headerRequestID = "X-Portal-Request-Id"
	keyRequestID    = "request id"
	keyViewer       = "viewer"
	keySession      = "session"
)

// nameRequests gives a request its id. One that comes along from outside is not
// taken: it could be forged to point at another request.
func nameRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := strings.ToLower(rand.Text()[:requestIDLength])
		c.Set(keyRequestID, id)
		c.Response().Header().Set(headerRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string)
	return id
}

// recoverPanics turns a panic into an error with its stack for the log.
func (s *Server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}

// internalOnly refuses clients outside of the company's networks.
func (s *Server) internalOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		address, err := netip.ParseAddr(c.RealIP())
		if err != nil || !contains(s.settings.InternalNetworks, address.Unmap().WithZone("")) {
			return c.String(http.StatusForbidden, "This portal is open inside the company's network only.\n")
		}
		return next(c)
	}
}

func contains(networks []netip.Prefix, address netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(address) {
			return true
		}
	}
	return false
}

// logRequests writes one line a request: the pattern of its route, never its
// query.
func (s *Server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		begun := c.Response().Committed
		if err != nil {
			c.Error(err)
		}
		attrs := []slog.Attr{
			slog.String("request_id", requestID(c)), slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size), slog.Duration("took", time.Since(began)),
			slog.String("address", c.RealIP()),
		}
		if v, ok := viewerOf(c); ok {
			attrs = append(attrs, slog.Int64("person", int64(v.Person.ID)))
		}
		s.deps.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", attrs...)
		if begun && err != nil {
			// Closing the connection is the only way left to say that what was sent is
			// not whole.
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// guard lets a request through to a handler when its rule is met and its object is
// found.
func (s *Server) guard(r route, next echo.HandlerFunc) echo.HandlerFunc {
	if r.rule.kind == rulePublic {
		return next
	}
	return func(c echo.Context) error {
		viewer, err := s.identify(c)
		if errors.Is(err, errNoSession) {
			return s.askToSignIn(c)
		}
		if err != nil {
			return err
		}
		if err := s.refusePace(c); err != nil {
			return err
		}
		giveBack, err := s.places.take(c.Request().Context(), viewer.Person.ID, placeFor(r.path))
		if err != nil {
			return err
		}
		defer giveBack()
		err = s.enter(c, r, next)
		s.noteRefusal(c, err)
		if errors.Is(err, access.ErrRight) && len(viewer.Roles) == 0 {
			return s.noRole(c)
		}
		return err
	}
}

// enter decides on a request of somebody who is signed in: its form, then the right,
// then the object, then the proof, then the handler.
func (s *Server) enter(c echo.Context, r route, next echo.HandlerFunc) error {
	if err := readForm(c); err != nil {
		return err
	}
	if err := s.checkForm(c); err != nil {
		return err
	}
	if r.rule.kind == ruleRight && !viewer(c).Rights.Has(r.rule.right) {
		return forbidden(access.ErrRight)
	}
	if r.object.find != nil {
		if err := r.object.find(s, c); err != nil {
			return err
		}
	}
	if r.rule.proved && !s.proved(c) {
		return s.askForProof(c)
	}
	return next(c)
}

// viewerOf is the person of a request, if they are known by now.
func viewerOf(c echo.Context) (access.Viewer, bool) {
	v, ok := c.Get(keyViewer).(access.Viewer)
	return v, ok
}

// viewer is the person of a request behind a rule that asks for one.
func viewer(c echo.Context) access.Viewer {
	v, _ := viewerOf(c)
	return v
}
