package sandbox

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// keptRequests bounds the request log; the oldest are forgotten first.
const keptRequests = 50_000

// Request is one request the Billing API has seen.
type Request struct {
	At     time.Time
	Route  string // as in "GET /bills/{billId}", "POST /oauth/v3/token"; empty when no route matched
	Method string
	Path   string
	Query  string      // raw, without the question mark
	Header http.Header // the values of Authorization and X-Api-Key are "redacted"
	Body   string      // of POST requests but token requests, up to 64 KiB
	Status int         // 0 while it is being answered
}

// requestLog keeps what tests ask about afterwards.
type requestLog struct {
	mu    sync.Mutex
	seen  []*Request
	calls map[string]int
}

func (l *requestLog) add(r *Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.seen) == keptRequests {
		l.seen = slices.Delete(l.seen, 0, keptRequests/10)
	}
	l.seen = append(l.seen, r)
	l.calls[r.Route]++
}

func (l *requestLog) finish(r *Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Status = status
}

// Requests gives the requests seen so far, oldest first, at most the last 50,000.
func (a *API) Requests() []Request {
	a.log.mu.Lock()
	defer a.log.mu.Unlock()
	all := make([]Request, len(a.log.seen))
	for i, r := range a.log.seen {
		all[i] = *r
	}
	return all
}

// Calls counts the requests of one route since the start or the last
// ForgetRequests, refused ones included, as in Calls("GET /bills/{billId}").
func (a *API) Calls(route string) int {
	a.log.mu.Lock()
	defer a.log.mu.Unlock()
	return a.log.calls[route]
}

// TokenCalls counts the requests for a token.
func (a *API) TokenCalls() int { return a.Calls("POST " + tokenPath) }

// ForgetRequests empties the log and its counters.
func (a *API) ForgetRequests() {
	a.log.mu.Lock()
	defer a.log.mu.Unlock()
	a.log.seen, a.log.calls = nil, map[string]int{}
}

// PeakPerMinute is the greatest number of API calls that were let through in
// any 60 seconds, token requests not counted.
func (a *API) PeakPerMinute() int { return a.minute.most() }

// record starts a log entry for r.
func (a *API) record(r *http.Request, route, body string) *Request {
	header := r.Header.Clone()
	for _, secret := range []string{"Authorization", "X-Api-Key"} {
		if header.Get(secret) != "" {
			header.Set(secret, "redacted")
		}
	}
	entry := &Request{
		At: a.now(), Route: route, Method: r.Method, Path: r.URL.Path,
		Query: r.URL.RawQuery, Header: header, Body: body,
	}
	a.log.add(entry)
	return entry
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status and sends it on.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the writer underneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
