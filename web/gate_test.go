package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// gate stands between a portal and its identity provider.
type gate struct {
	tokens  atomic.Int64 // requests at the token endpoint
	mu      sync.Mutex
	wait    chan struct{}               // requests wait until it is closed
	down    bool                        // requests fail
	change  func(answer map[string]any) // of the token endpoint
	refusal string                      // the error code of the token endpoint in place of its answer, unless empty
	issuer  string                      // in place of what the discovery document says, unless empty
	paths   []string                    // of all requests
}

func (g *gate) set(f func(*gate)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g)
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	wait, down, change, issuer, refusal := g.wait, g.down, g.change, g.issuer, g.refusal
	g.paths = append(g.paths, r.URL.Path)
	g.mu.Unlock()
	token := strings.HasSuffix(r.URL.Path, "/token")
	if token {
		g.tokens.Add(1)
	}
	if wait != nil {
		<-wait
	}
	if down {
		return nil, errors.New("no route to the provider")
	}
	if token && refusal != "" {
		return &http.Response{
			StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(`{"error":"` + refusal + `"}`)), Request: r,
		}, nil
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if issuer != "" && strings.HasSuffix(r.URL.Path, "/openid-configuration") {
		token, change = true, func(answer map[string]any) { answer["issuer"] = issuer }
	}
	if err != nil || !token || change == nil {
		return answer, err
	}
	var body map[string]any
	if err := errors.Join(json.NewDecoder(answer.Body).Decode(&body), answer.Body.Close()); err != nil {
		return nil, err
	}
	change(body)
	text, err := json.Marshal(body)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return answer, err
}
