package web

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	limit "golang.org/x/time/rate"
)

// The pace of the sign-in: a whole site behind one address signs in at nine, thirty
// a second, and is told from a program by much higher numbers alone.
const (
	signInsPerSecond = 100
	signInsAtOnce    = 800
	paceAddresses    = 10_000 // addresses that are told apart
	paceSweep        = time.Minute
)

// pace says how often each client may ask for something. Clients that have been
// quiet are forgotten; when too many are known, new ones share one pace.
type pace struct {
	perSecond limit.Limit
	atOnce    int
	most      int

	mu     sync.Mutex
	of     map[string]*limit.Limiter
	others *limit.Limiter
	swept  time.Time
}

func newPace(perSecond limit.Limit, atOnce, most int) *pace {
	return &pace{
		perSecond: perSecond, atOnce: atOnce, most: most,
		of: map[string]*limit.Limiter{}, others: limit.NewLimiter(perSecond, atOnce),
	}
}

// allow reports whether a client may go on now.
func (p *pace) allow(client string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if since := now.Sub(p.swept); since >= paceSweep || len(p.of) >= p.most && since >= time.Second {
		p.sweep(now)
	}
	limiter, known := p.of[client]
	switch {
	case !known && len(p.of) >= p.most:
		limiter = p.others
	case !known:
		limiter = limit.NewLimiter(p.perSecond, p.atOnce)
		p.of[client] = limiter
	}
	return limiter.AllowN(now, 1)
}

// sweep forgets the clients that are as good as new.
func (p *pace) sweep(now time.Time) {
	p.swept = now
	for client, limiter := range p.of {
		if limiter.TokensAt(now) >= float64(p.atOnce) {
			delete(p.of, client)
		}
	}
}

// client names the one whose pace counts: an IPv4 address, or the network of an
// IPv6 address, of which a client has as many as it likes.
func client(c echo.Context) string {
	a, err := netip.ParseAddr(c.RealIP())
	if err != nil || a.Is4() {
		return c.RealIP()
	}
	network, err := a.Prefix(64)
	if err != nil {
		return c.RealIP()
	}
	return network.String()
}

// paceSignIn holds each client to the pace of the sign-in, each step by itself. Its
// page begins nothing.
func (s *Server) paceSignIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Path(), "/signin/") && !s.signInPace.allow(c.Path()+" "+client(c), s.deps.Now()) {
			return &pageError{status: http.StatusTooManyRequests, cause: errors.New("too many sign-ins from this client")}
		}
		return next(c)
	}
}
