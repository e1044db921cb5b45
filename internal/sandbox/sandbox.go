package sandbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Options says how a sandbox is started. The zero value is good: everything
// has a default.
type Options struct {
	Seed  uint64    // of the world, and of everything else that is drawn
	Today time.Time // the world's last day; default: the UTC day of Now

	// Now is the clock of token and code life, and of the limits; default
	// time.Now. The world does not move with it.
	Now func() time.Time

	// Sleep waits for latencies and between the bytes of a drip, or returns
	// early with an error when ctx ends; default a real timer. A test that moves
	// Now can move it here instead of waiting.
	Sleep func(ctx context.Context, d time.Duration) error

	Dialect  Dialect  // of the Billing API; default Native
	Switches Switches // of the Billing API, at the start
	Faults   []string // armed from the start, in the text form of Fault

	// BillingAddr and IdentityAddr are where the servers listen, as in
	// 127.0.0.1:8090; default a free port of 127.0.0.1. The host must be written
	// as a loopback address.
	BillingAddr  string
	IdentityAddr string

	// ControlAddr is where the control API listens, on the same terms; there is
	// none when it is empty.
	ControlAddr string

	// The limits, each over its own rolling window; a negative one is none.
	CallsPerMinute      int           // of the Billing API, 403/53 above; default 6000
	CallsPerSecond      int           // spike limit, 403/53 above; default none
	CallsPerMonth       int           // quota of the calendar month in UTC, 403/53 above; default none
	TokenCallsPerMinute int           // 429/53 above; default 60
	TokenLifetime       time.Duration // default one hour
	JobDelay            time.Duration // from an asynchronous call to its result; default 2 seconds

	// StrictLimits has the three limits of the Billing API count like Worst:
	// token requests and refused ones too, over fixed and rolling windows.
	StrictLimits bool

	// The credentials; the secrets are drawn at random when empty.
	ClientID         string // of the Billing API; default "meridian-billing"
	ClientSecret     string
	APIKey           string
	OIDCClientID     string // default "meridian-portal"
	OIDCClientSecret string

	// RedirectURIs and PostLogoutURIs are registered from the start; more can be
	// registered while running.
	RedirectURIs   []string
	PostLogoutURIs []string
}

// withDefaults fills what is not given.
func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = realSleep
	}
	if o.Today.IsZero() {
		o.Today = o.Now().UTC()
	}
	o.BillingAddr = cmp.Or(o.BillingAddr, "127.0.0.1:0")
	o.IdentityAddr = cmp.Or(o.IdentityAddr, "127.0.0.1:0")
	o.CallsPerMinute = cmp.Or(o.CallsPerMinute, 6000)
	o.TokenCallsPerMinute = cmp.Or(o.TokenCallsPerMinute, 60)
	o.TokenLifetime = cmp.Or(o.TokenLifetime, time.Hour)
	o.JobDelay = cmp.Or(o.JobDelay, 2*time.Second)
	o.Dialect = cmp.Or(o.Dialect, Native)
	o.ClientID = cmp.Or(o.ClientID, "meridian-billing")
	o.ClientSecret = cmp.Or(o.ClientSecret, rand.Text())
	o.APIKey = cmp.Or(o.APIKey, rand.Text())
	o.OIDCClientID = cmp.Or(o.OIDCClientID, "meridian-portal")
	o.OIDCClientSecret = cmp.Or(o.OIDCClientSecret, rand.Text())
	return o
}

// Sandbox is a running simulator: a Billing API and an identity provider, each
// on a loopback address of its own. API and Identity are http.Handlers as well.
type Sandbox struct {
	World    *World
	API      *API
	Identity *Identity

	BillingURL   string // http://127.0.0.1:port/billing/b2b/v1
	TokenURL     string // of the Billing API
	ClientID     string
	ClientSecret string
	APIKey       string

	ControlURL string // of the control API, http://127.0.0.1:port/control/; empty when there is none

	Issuer           string // of the identity provider
	OIDCClientID     string
	OIDCClientSecret string

	servers []*http.Server
	ended   []chan struct{}
	stop    func() bool
}

// ErrNotLoopback is what Start returns when it is asked to listen on anything
// but a loopback address.
var ErrNotLoopback = errors.New("sandbox: listens on loopback addresses only")

// New makes a sandbox that listens nowhere: API and Identity are called as
// handlers, or the API through RoundTripper. BillingURL and TokenURL name a
// loopback port at which nothing answers.
func New(options Options) (*Sandbox, error) {
	return newSandbox(options.withDefaults(), "127.0.0.1:9", "127.0.0.1:9")
}

func newSandbox(o Options, billing, identity string) (*Sandbox, error) {
	if err := o.Dialect.check(); err != nil {
		return nil, err
	}
	s := &Sandbox{
		BillingURL: "http://" + billing + apiBase,
		TokenURL:   "http://" + billing + tokenPath,
		ClientID:   o.ClientID, ClientSecret: o.ClientSecret, APIKey: o.APIKey,
		Issuer:       "http://" + identity,
		OIDCClientID: o.OIDCClientID, OIDCClientSecret: o.OIDCClientSecret,
		stop: func() bool { return true },
	}
	s.Identity = newIdentity(s.Issuer, &o)
	s.World = NewWorld(o.Seed, o.Today)
	s.API = newAPI(s.World, &o)
	if err := s.API.SetSwitches(o.Switches); err != nil {
		return nil, err
	}
	_, err := s.API.Arm(o.Faults...)
	return s, err
}

// Start makes the world and serves it until Close, or until ctx is done.
func Start(ctx context.Context, options Options) (*Sandbox, error) {
	o := options.withDefaults()
	var listeners []net.Listener
	for _, addr := range []string{o.BillingAddr, o.IdentityAddr, o.ControlAddr} {
		if addr == "" {
			continue
		}
		l, err := listen(ctx, addr)
		if err != nil {
			return nil, errors.Join(err, closeAll(listeners))
		}
		listeners = append(listeners, l)
	}
	s, err := newSandbox(o, listeners[0].Addr().String(), listeners[1].Addr().String())
	if err != nil {
		return nil, errors.Join(err, closeAll(listeners))
	}
	s.serve(listeners[0], s.API)
	s.serve(listeners[1], s.Identity)
	if len(listeners) > 2 {
		s.ControlURL = "http://" + listeners[2].Addr().String() + controlBase
		s.serve(listeners[2], s.API.Control())
	}
	s.stop = context.AfterFunc(ctx, s.shut)
	return s, nil
}

func closeAll(listeners []net.Listener) error {
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// listen opens addr, whose host must be a literal loopback address: a name
// could be made to mean another machine.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: listen on %q: %w", addr, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return nil, fmt.Errorf("%w, not on %q", ErrNotLoopback, addr)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return l, nil
}

func (s *Sandbox) serve(l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
	ended := make(chan struct{})
	s.servers, s.ended = append(s.servers, server), append(s.ended, ended)
	go func() {
		defer close(ended)
		_ = server.Serve(l) // ends when the server is closed
	}()
}

// shut closes listeners and connections at once; nothing here needs a graceful
// end.
func (s *Sandbox) shut() {
	for _, server := range s.servers {
		_ = server.Close()
	}
}

// Close stops both servers and waits until they have let go of their ports. It
// may be called more than once.
func (s *Sandbox) Close() {
	s.stop()
	s.shut()
	for _, ended := range s.ended {
		<-ended
	}
}

// RegisterRedirectURI lets the portal be called back at uri, compared exactly.
func (s *Sandbox) RegisterRedirectURI(uri string) { s.Identity.RegisterRedirectURI(uri) }

// RegisterPostLogoutURI lets the signed-out page link back to uri.
func (s *Sandbox) RegisterPostLogoutURI(uri string) { s.Identity.RegisterPostLogoutURI(uri) }
