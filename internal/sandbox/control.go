package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strconv"
)

// controlBase is the path of the control API, which has a listener of its own.
const controlBase = "/control/"

// ControlManual lists the control API's calls, one a line.
const ControlManual = `
GET    /control/faults          armed faults, and how often each word was served
POST   /control/faults          {"fault": "bills:503/5,for=10m"} or {"faults": ["…", "…"]}
DELETE /control/faults[/{id}]   take all away, or one
GET    /control/words           every word, route and shape
GET    /control/switches        the switches
PATCH  /control/switches        {"partialContent": true, "maxLimit": 40}; others stay
PATCH  /control/limits          {"callsPerMinute": 60}, callsPerSecond, callsPerMonth, tokenCallsPerMinute; 0 is none
GET    /control/calls           requests by route, and the worst minute, second and month by every clock
DELETE /control/calls           count anew
PUT    /control/correction      {"held": true} serves the corrected bill as it was first issued
PUT    /control/api-key         {"revoked": true} has the API key refused
POST   /control/revoke-tokens   every token given out so far is unknown
`

// Control is the control API, for who cannot call the methods of API. It is
// JSON under /control/ (ControlManual lists it), answers on literal
// loopback hosts only, and takes changes only as application/json: a page in a
// browser can send neither.
func (a *API) Control() http.Handler {
	mux := http.NewServeMux()
	mount := func(pattern string, do func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { control(w, r, do) })
	}
	mount("GET /control/faults", func(*http.Request) (any, error) { return a.controlFaults(), nil })
	mount("POST /control/faults", a.controlArm)
	mount("DELETE /control/faults", func(*http.Request) (any, error) { a.DisarmAll(); return a.controlFaults(), nil })
	mount("DELETE /control/faults/{id}", a.controlDisarm)
	mount("GET /control/words", func(*http.Request) (any, error) {
		return map[string]any{"words": Words(), "routes": Routes(), "shapes": Shapes()}, nil
	})
	mount("GET /control/calls", func(*http.Request) (any, error) { return a.controlCalls(), nil })
	mount("DELETE /control/calls", func(*http.Request) (any, error) {
		a.ForgetRequests()
		a.ForgetWorst()
		return a.controlCalls(), nil
	})
	mount("GET /control/switches", func(*http.Request) (any, error) { return a.Switches(), nil })
	mount("PATCH /control/switches", a.controlSwitches)
	mount("PATCH /control/limits", a.controlLimits)
	mount("PUT /control/correction", a.controlCorrection)
	mount("POST /control/revoke-tokens", func(*http.Request) (any, error) { a.RevokeTokens(); return struct{}{}, nil })
	mount("PUT /control/api-key", a.controlKey)
	return mux
}

// control answers with what do returns, or with its error as 400.
func control(w http.ResponseWriter, r *http.Request, do func(*http.Request) (any, error)) {
	fail := func(status int, err error) {
		w.Header().Set("Content-Type", typeJSON)
		w.WriteHeader(status)
		_, _ = w.Write(jsonText(map[string]string{"error": err.Error()})) // the client may have gone
	}
	if !loopbackHost(r.Host) || r.Header.Get("Origin") != "" {
		fail(http.StatusForbidden, errors.New("sandbox: the control API is for programs on this machine"))
		return
	}
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodGet && r.ContentLength != 0 && (err != nil || name != typeJSON) {
		fail(http.StatusUnsupportedMediaType, errors.New("sandbox: the body must be "+typeJSON))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	result, err := do(r)
	if err != nil {
		fail(http.StatusBadRequest, err)
		return
	}
	writeBytes(w, typeJSON, jsonText(result))
}

// loopbackHost says whether a Host header names a loopback address itself; a
// name could have been made to mean this machine.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// controlBody reads the body into v and refuses what v does not know.
func controlBody(r *http.Request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("sandbox: the body: %w", err)
	}
	return nil
}

// controlFault is a fault as the control API tells it.
type controlFault struct {
	ID     int    `json:"id"`
	Fault  string `json:"fault"`
	Served int    `json:"served"`
	Over   bool   `json:"over"`
}

func (a *API) controlFaults() any {
	list := []controlFault{}
	for _, f := range a.Faults() {
		list = append(list, controlFault{f.ID, f.Fault.String(), f.Served, f.Over})
	}
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	served := map[string]int{}
	for name, n := range a.faults.served {
		served[name] = n
	}
	return map[string]any{"faults": list, "served": served}
}

func (a *API) controlArm(r *http.Request) (any, error) {
	var body struct {
		Fault  string   `json:"fault"`
		Faults []string `json:"faults"`
	}
	if err := controlBody(r, &body); err != nil {
		return nil, err
	}
	if body.Fault != "" {
		body.Faults = append(body.Faults, body.Fault)
	}
	if len(body.Faults) == 0 {
		return nil, errors.New(`sandbox: the body wants {"fault": "ROUTE:WORD"} or {"faults": […]}`)
	}
	if _, err := a.Arm(body.Faults...); err != nil {
		return nil, err
	}
	return a.controlFaults(), nil
}

func (a *API) controlDisarm(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !a.Disarm(id) {
		return nil, fmt.Errorf("sandbox: no fault is number %q", r.PathValue("id"))
	}
	return a.controlFaults(), nil
}

func (a *API) controlCalls() any {
	a.log.mu.Lock()
	defer a.log.mu.Unlock()
	routes := map[string]int{}
	for route, n := range a.log.calls {
		routes[route] = n
	}
	return map[string]any{"calls": a.AllCalls(), "worst": a.Worst(), "routes": routes}
}

func (a *API) controlSwitches(r *http.Request) (any, error) {
	s := a.Switches()
	if err := controlBody(r, &s); err != nil {
		return nil, err
	}
	return s, a.SetSwitches(s)
}

func (a *API) controlLimits(r *http.Request) (any, error) {
	var body struct {
		Minute      *int `json:"callsPerMinute"`
		Second      *int `json:"callsPerSecond"`
		Month       *int `json:"callsPerMonth"`
		TokenMinute *int `json:"tokenCallsPerMinute"`
	}
	if err := controlBody(r, &body); err != nil {
		return nil, err
	}
	for _, limit := range []struct {
		n   *int
		set func(int)
	}{
		{body.Minute, a.SetCallsPerMinute}, {body.Second, a.SetCallsPerSecond},
		{body.Month, a.SetCallsPerMonth}, {body.TokenMinute, a.SetTokenCallsPerMinute},
	} {
		if limit.n != nil {
			limit.set(*limit.n)
		}
	}
	return body, nil
}

func (a *API) controlCorrection(r *http.Request) (any, error) {
	var body struct {
		Held bool `json:"held"`
	}
	if err := controlBody(r, &body); err != nil {
		return nil, err
	}
	if body.Held {
		a.world.HoldCorrection()
	} else {
		a.world.Correct()
	}
	return body, nil
}

func (a *API) controlKey(r *http.Request) (any, error) {
	var body struct {
		Revoked bool `json:"revoked"`
	}
	if err := controlBody(r, &body); err != nil {
		return nil, err
	}
	a.RevokeAPIKey(body.Revoked)
	return body, nil
}
