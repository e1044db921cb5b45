package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// apiBase is the base path of the Billing API.
const apiBase = "/billing/b2b/v1"

// maxBody is what is read of a request body.
const maxBody = 64 << 10

// API is the simulated Billing API, in one Dialect. It is an http.Handler; its
// methods may be called while it serves.
type API struct {
	world         *World
	dialect       Dialect
	now           func() time.Time
	sleep         func(context.Context, time.Duration) error
	clientID      string
	clientSecret  string
	tokenLifetime time.Duration
	jobDelay      time.Duration

	tokens      tokens
	apiKey      atomic.Pointer[string]
	keyRevoked  atomic.Bool
	fail        atomic.Pointer[func(*http.Request) *Failure]
	switches    atomic.Pointer[Switches]
	faults      faultSet
	jobs        jobs
	minute      limiter
	second      limiter
	month       limiter
	tokenMinute limiter
	meter       meter
	log         requestLog
	mux         *http.ServeMux
	routeNames  map[string]string // by pattern
}

// Failure is an answer that takes the place of the real one.
type Failure struct {
	Status int // 0 means 500
	Header http.Header
	Body   []byte
}

// GatewayFailure is a Failure in the words of the gateway's error catalogue,
// such as 403, 53, "Too many requests".
func GatewayFailure(status, code int, message, description string) *Failure {
	p := problem{status, code, message, description}
	return &Failure{
		Status: status,
		Header: http.Header{"Content-Type": {typeJSON + "; charset=UTF-8"}},
		Body:   p.body(),
	}
}

func newAPI(world *World, o *Options) *API {
	a := &API{
		world: world, dialect: o.Dialect, now: o.Now, sleep: o.Sleep, clientID: o.ClientID, clientSecret: o.ClientSecret,
		tokenLifetime: o.TokenLifetime, jobDelay: o.JobDelay,
		tokens:      tokens{ends: map[string]time.Time{}},
		faults:      faultSet{seed: o.Seed, served: map[string]int{}},
		jobs:        jobs{byID: map[string]*job{}},
		minute:      limiter{window: time.Minute, max: o.CallsPerMinute},
		second:      limiter{window: time.Second, max: o.CallsPerSecond},
		month:       limiter{window: calendarMonth, max: o.CallsPerMonth},
		tokenMinute: limiter{window: time.Minute, max: o.TokenCallsPerMinute},
		meter:       newMeter(o),
		log:         requestLog{calls: map[string]int{}},
		mux:         http.NewServeMux(),
		routeNames:  map[string]string{},
	}
	a.apiKey.Store(&o.APIKey)
	a.switches.Store(&Switches{})
	a.routes()
	return a
}

// routes is the map of the simulated API.
func (a *API) routes() {
	a.mux.HandleFunc("POST "+tokenPath, a.token)
	a.routeNames["POST "+tokenPath] = RouteToken
	a.route(RouteBills, "GET /bills", a.async(a.bills))
	a.route(RouteSearch, "POST /bills/search", a.async(a.searchBills))
	a.route(RouteBill, "GET /bills/{billId}", a.async(a.bill))
	a.route(RouteItems, "GET /bills/{billId}/items", a.async(a.items))
	a.route(RouteDocument, "GET /bills/{billId}/document", a.documentPath)
	a.route(RouteDocument, "GET /files/{billId}", a.file)
	a.route(RouteAccounts, "GET /billingAccounts", a.billingAccounts)
	a.route(RouteAccount, "GET /billingAccounts/{id}", a.billingAccount)
	a.route(RouteReports, "GET /reports", a.listReports(monthlyReports))
	a.route(RouteReports, "GET /reports/{id}", a.async(a.oneReport(monthlyReports)))
	a.route(RouteReports, "GET /customerSpecificReports", a.listReports(accountReports))
	a.route(RouteReports, "GET /customerSpecificReports/{id}", a.async(a.oneReport(accountReports)))
	a.route(RouteOffers, "GET /installedOfferIds", a.installedOfferIDs)
	a.route(RouteAsync, "GET /asyncJobs", a.listJobs)
	a.route(RouteAsync, "GET /asyncJobs/{jobId}", a.oneJob)
	a.route(RouteAsync, "GET /asyncJobs/{jobId}/result", a.jobResult)
	a.route(RouteStatus, "GET /status", a.status)
	a.route(RouteVersion, "GET /version", a.version)
}

// handler answers one API call, or says what is wrong with it.
type handler func(w http.ResponseWriter, r *http.Request) *problem

// route mounts h behind the checks every API call passes.
func (a *API) route(name, pattern string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	mounted := method + " " + apiBase + path
	a.routeNames[mounted] = name
	a.mux.HandleFunc(mounted, func(w http.ResponseWriter, r *http.Request) {
		var p *problem
		if name != RouteStatus || !a.Switches().OpenStatus {
			p = a.credentials(r)
		}
		if p == nil {
			p = a.strict(r, name)
		}
		if p == nil {
			p = h(w, r)
		}
		if p != nil {
			p.write(w, a.Switches().ErrorShape)
		}
	})
}

// credentials checks the bearer token and the API key.
func (a *API) credentials(r *http.Request) *problem {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return missingCredentials()
	}
	if p := a.tokens.check(token, a.now()); p != nil {
		return p
	}
	key := r.Header.Get("X-Api-Key")
	switch {
	case key == "":
		return insteadOf(a.Switches().MissingKey, missingHeader("X-API-Key"))
	case !same(key, *a.apiKey.Load()):
		return insteadOf(a.Switches().WrongKey, invalidCredentials("API key"))
	case a.keyRevoked.Load():
		return insteadOf(a.Switches().RevokedKey, accessDenied())
	}
	return nil
}

// Fail asks f before each request is answered; what f returns is sent in place
// of the real answer, nil lets the request through. f may block to delay the
// answer, or panic with http.ErrAbortHandler to cut the connection; it is
// called from many goroutines. Fail(nil) ends it. Failed calls count against
// the limits like others.
func (a *API) Fail(f func(*http.Request) *Failure) {
	if f == nil {
		a.fail.Store(nil)
		return
	}
	a.fail.Store(&f)
}

func (a *API) failure(r *http.Request) *Failure {
	if f := a.fail.Load(); f != nil {
		return (*f)(r)
	}
	return nil
}

func (f *Failure) write(w http.ResponseWriter) {
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	_, _ = w.Write(f.Body) // the client may have gone
}

// RevokeTokens makes every token given out so far unknown, as if the client's
// secret had been changed.
func (a *API) RevokeTokens() { a.tokens.revoke() }

// SetAPIKey replaces the API key; the old one is then unknown.
func (a *API) SetAPIKey(key string) { a.apiKey.Store(&key) }

// RevokeAPIKey makes the API key refused (403/50), or good again.
func (a *API) RevokeAPIKey(revoked bool) { a.keyRevoked.Store(revoked) }

// newUUID is a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
