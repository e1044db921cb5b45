// Package web is everything of the portal that speaks HTTP, and the only package
// that knows Echo. Handlers decide from the request, the viewer and the local copy
// what a page shows, fill a view struct with finished text and return; errors
// become pages in one place.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/internal/signin"
	"billportal/static"
	"billportal/templates"
)

// Settings are what the company chose.
type Settings struct {
	URL              string   // public base URL without a slash at its end
	Secrets          [][]byte // the first signs cookies, all verify
	InternalNetworks []netip.Prefix
	TrustedProxies   []netip.Prefix
	SessionIdle      time.Duration
	SessionMax       time.Duration
	MaxAge           time.Duration // how long ago whoever administers may have proved who they are; 0 is any time
	TimeZone         *time.Location
	FinancialYear    time.Month
	Lang             i18n.Lang
	Company, Support string
	Version          string
	Policy           access.Policy
	BillingURL       string // shown to admins
}

// Deps are the parts that the pages ask.
type Deps struct {
	Cache      *billcache.Cache
	SignIn     *signin.Provider
	Sessions   SessionKeeper
	AdminLinks AdminLinkKeeper
	Register   RegisterKeeper
	Grants     GrantKeeper
	People     PeopleKeeper
	Ledger     Recorder
	Entries    LedgerReader
	Ready      func(context.Context) error // nil when the parts below answer
	Now        func() time.Time
	Log        *slog.Logger
}

// Recorder keeps ledger entries for acts that change nothing else.
type Recorder interface {
	Record(ctx context.Context, act ledger.Act) error
}

// Server answers the requests of the portal.
type Server struct {
	settings   Settings
	deps       Deps
	echo       *echo.Echo
	sessions   *sessionStore
	turns      turns
	asking     asking
	assets     templates.Assets
	places     *places
	openings   *openings
	readings   *readings
	refusals   *refusals
	signInPace *pace
	reportPace *pace
	ticks      func(every time.Duration) (<-chan time.Time, func())
	lastResort []byte
	secure     bool // whether browsers reach the portal by https
}

// New joins the parts and lays out the routes. It fails on a route without a
// rule and on a page of last resort that cannot be made.
func New(settings Settings, deps Deps) (*Server, error) {
	s := &Server{settings: settings, deps: deps, echo: echo.New(), secure: isSecure(settings.URL)}
	s.places, s.openings, s.readings, s.refusals, s.ticks = newPlaces(), newOpenings(), newReadings(), newRefusals(), realTicks
	s.signInPace, s.reportPace = newPace(signInsPerSecond, signInsAtOnce, paceAddresses), newPace(reportsPerSecond, reportsAtOnce, paceAddresses)
	s.asking.patience = askPatience
	s.settings.Policy.Issuer = deps.SignIn.Issuer()
	s.sessions = newSessionStore(deps.Sessions, settings, s.secure, deps.Now)
	s.assets = templates.Assets{
		CSS: static.Path("css/portal.css"), Script: static.Path("js/portal.js"), HTMX: static.Path("js/htmx.js"),
		Icons: static.Path("icons/icons.svg"), Favicon: static.Path("icons/favicon.svg"),
	}
	page, err := s.renderLastResort()
	if err != nil {
		return nil, err
	}
	s.lastResort = page
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.IPExtractor = clientAddress(settings.TrustedProxies)
	s.echo.HTTPErrorHandler = s.handleError
	s.use()
	if err := s.mount(s.routes()); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }
