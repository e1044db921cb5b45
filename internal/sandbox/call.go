package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// call is one request on its way through the API, with what faults make of it.
type call struct {
	api   *API
	r     *http.Request
	route string // one of Routes; empty when none matched
	out   *answer

	fault *Fault // whose turn it is
	turn  int    // how often that fault was served, this time included

	ignored []string // filters of a search that do nothing
	total   int      // what faults add to the total count
	job     *job     // that is being started
	wait    time.Duration
	send    func(http.ResponseWriter) // instead of sending it as it is
}

// callKey is where a handler finds its call in the request's context.
type callKey struct{}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	return c
}

// ServeHTTP counts the request, records it, takes it off the limits, and
// answers it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	over := a.meter.count(a.now)
	w.Header().Set("X-OAPI-Request-Id", newUUID())
	w.Header().Set("Date", a.now().UTC().Format(http.TimeFormat))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		invalidBody("The body cannot be read or is too long.").write(w, a.Switches().ErrorShape)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, pattern := a.mux.Handler(r)
	if r.URL.Path == tokenPath {
		body = nil // it may hold the client's secret
	}
	entry := a.record(r, strings.Replace(pattern, apiBase, "", 1), string(body))
	sent := &statusWriter{ResponseWriter: w}
	defer func() { a.log.finish(entry, sent.status) }()
	c := &call{api: a, r: r, route: a.routeName(r, pattern), out: newAnswer()}
	if a.limited(c, over) {
		c.out.send(sent)
		return
	}
	if failure := a.failure(r); failure != nil {
		failure.write(sent)
		return
	}
	c.serve(pattern)
	c.deliver(sent)
}

// limited refuses a call that is above a limit.
func (a *API) limited(c *call, over string) bool {
	isToken := c.route == RouteToken
	status := http.StatusForbidden
	if isToken {
		status = http.StatusTooManyRequests
	}
	switch {
	case over != "":
		a.throttled(c.out, status, over)
	case isToken:
		return false // counted by its handler
	case !a.month.take(a.now()):
		a.throttled(c.out, status, "quota of calls a month")
	case !a.minute.take(a.now()):
		a.throttled(c.out, status, "quota of calls a minute")
	case !a.second.take(a.now()):
		a.throttled(c.out, status, "spike limit of calls a second")
	default:
		return false
	}
	return true
}

// routeName is the word for a route; every way to a PDF is RouteDocument.
func (a *API) routeName(r *http.Request, pattern string) string {
	name := a.routeNames[pattern]
	if name == RouteBill {
		if media, p := negotiate(r, typeJSON, typePDF); p == nil && media == typePDF {
			return RouteDocument
		}
	}
	return name
}

// serve makes the answer, and lets faults have their turns at it.
func (c *call) serve(pattern string) {
	faults := &c.api.faults
	faults.apply(c, onRequest, false)
	faults.apply(c, onAnswer, true)
	if c.out.status == 0 {
		c.r = c.r.WithContext(context.WithValue(c.r.Context(), callKey{}, c))
		if pattern == "" {
			c.api.unrouted(c.out, c.r)
		} else {
			c.api.mux.ServeHTTP(c.out, c.r)
		}
		c.out.WriteHeader(http.StatusOK)
		c.addTotal(c.total)
		faults.apply(c, onBody, false)
	}
	faults.apply(c, onHead, false)
	faults.apply(c, onWire, false)
}

// deliver sends the answer the way a fault wants, or as it is.
func (c *call) deliver(w http.ResponseWriter) {
	if c.wait > 0 || c.out.stream != nil {
		(&delivery{call: c, w: w}).patient()
	}
	if c.wait > 0 {
		if c.api.sleep(c.r.Context(), c.wait) != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if c.send != nil {
		c.send(w)
		return
	}
	c.out.send(w)
}

// unrouted tells a wrong method from a wrong path.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request) {
	shape := a.Switches().ErrorShape
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := a.mux.Handler(probe); pattern != "" {
			w.Header().Set("Allow", method)
			methodNotAllowed(method).write(w, shape)
			return
		}
	}
	notFound("There is no resource at "+r.URL.Path+".").write(w, shape)
}

// realSleep waits by the clock on the wall.
func realSleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
