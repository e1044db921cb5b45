package sandbox

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// apiBase is the base path of the Billing API.
const apiBase = "/billing/b2b/v1"

// maxBody is what is read of a request body.
const maxBody = 64 << 10

// API is the simulated Billing API, in its native dialect. It is an
// http.Handler; its methods may be called while it serves.
type API struct {
	world         *World
	now           func() time.Time
	clientID      string
	clientSecret  string
	tokenLifetime time.Duration

	tokens      tokens
	apiKey      atomic.Pointer[string]
	keyRevoked  atomic.Bool
	fail        atomic.Pointer[func(*http.Request) *Failure]
	minute      limiter
	second      limiter
	tokenMinute limiter
	log         requestLog
	mux         *http.ServeMux
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
		world: world, now: o.Now, clientID: o.ClientID, clientSecret: o.ClientSecret,
		tokenLifetime: o.TokenLifetime,
		tokens:        tokens{ends: map[string]time.Time{}},
		minute:        limiter{window: time.Minute, max: o.CallsPerMinute},
		second:        limiter{window: time.Second, max: o.CallsPerSecond},
		tokenMinute:   limiter{window: time.Minute, max: o.TokenCallsPerMinute},
		log:           requestLog{calls: map[string]int{}},
		mux:           http.NewServeMux(),
	}
	a.apiKey.Store(&o.APIKey)
	a.routes()
	return a
}

// routes is the map of the simulated API.
func (a *API) routes() {
	a.mux.HandleFunc("POST "+tokenPath, a.token)
	a.route("GET /bills", a.bills)
	a.route("POST /bills/search", a.searchBills)
	a.route("GET /bills/{billId}", a.bill)
	a.route("GET /bills/{billId}/items", a.items)
	a.route("GET /billingAccounts", a.billingAccounts)
	a.route("GET /billingAccounts/{id}", a.billingAccount)
	a.route("GET /status", a.status)
	a.route("GET /version", a.version)
}

// handler answers one API call, or says what is wrong with it.
type handler func(w http.ResponseWriter, r *http.Request) *problem

// route mounts h behind the checks every API call passes.
func (a *API) route(pattern string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	a.mux.HandleFunc(method+" "+apiBase+path, func(w http.ResponseWriter, r *http.Request) {
		p := a.credentials(r)
		if p == nil {
			p = h(w, r)
		}
		if p != nil {
			p.write(w)
		}
	})
}

// ServeHTTP records the call, takes it off the limits, and answers it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-OAPI-Request-Id", newUUID())
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		invalidBody("The body cannot be read or is too long.").write(w)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, pattern := a.mux.Handler(r)
	isToken := r.URL.Path == tokenPath
	if isToken {
		body = nil // it may hold the client's secret
	}
	entry := a.record(r, strings.Replace(pattern, apiBase, "", 1), string(body))
	out := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	defer func() { a.log.finish(entry, out.status) }()
	switch failure := a.failure(r); {
	case !isToken && !a.minute.take(a.now()):
		tooManyRequests(http.StatusForbidden, "quota of calls a minute").write(out)
	case !isToken && !a.second.take(a.now()):
		tooManyRequests(http.StatusForbidden, "spike limit of calls a second").write(out)
	case failure != nil:
		failure.write(out)
	case pattern == "":
		a.unrouted(out, r)
	default:
		a.mux.ServeHTTP(out, r)
	}
}

// unrouted tells a wrong method from a wrong path.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := a.mux.Handler(probe); pattern != "" {
			w.Header().Set("Allow", method)
			methodNotAllowed(method).write(w)
			return
		}
	}
	notFound("There is no resource at " + r.URL.Path + ".").write(w)
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
		return missingHeader("X-API-Key")
	case !same(key, *a.apiKey.Load()):
		return invalidCredentials("API key")
	case a.keyRevoked.Load():
		return accessDenied()
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

// SetCallsPerMinute changes the limit while running; 0 takes it away.
func (a *API) SetCallsPerMinute(n int) { a.minute.set(n) }

// SetCallsPerSecond changes the spike limit while running; 0 takes it away.
func (a *API) SetCallsPerSecond(n int) { a.second.set(n) }

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
