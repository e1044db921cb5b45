package billingapi

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The credentials of every test: canaries that must show up nowhere else.
const (
	testID     = "canary-client-id"
	testSecret = "canary-client-secret"
	testKey    = "canary-api-key+/="
)

// upstream is a Billing API that answers what a test tells it to. It works as a
// server and, for tests under synctest, as a transport without a network.
type upstream struct {
	mu       sync.Mutex
	now      func() time.Time
	tokens   int
	requests []seen
	answerTo map[string]http.HandlerFunc // by escaped path
	tokenTo  http.HandlerFunc            // nil answers a token that lives an hour
}

type seen struct {
	path, query string
	header      http.Header
	body        string
	at          time.Time
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	u.mu.Lock()
	u.requests = append(u.requests, seen{r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), string(body), u.now()})
	answer := u.answerTo[r.URL.EscapedPath()]
	if r.URL.Path == "/token" {
		u.tokens++
		n := u.tokens
		answer = u.tokenTo
		if answer == nil {
			answer = say(200, fmt.Sprintf(`{"token_type":"Bearer","access_token":"canary-token-%d","expires_in":3600}`, n))
		}
	}
	u.mu.Unlock()
	if answer == nil {
		answer = say(404, `{"code":60,"message":"Resource not found"}`)
	}
	w.Header().Set("X-OAPI-Request-Id", "request-7")
	answer(w, r)
}

// RoundTrip serves a request without a network.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// to counts the requests for a path.
func (u *upstream) to(path string) (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.requests {
		if s.path == path {
			n++
		}
	}
	return n
}

func (u *upstream) last() seen {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.requests[len(u.requests)-1]
}

func (u *upstream) times() (at []time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.requests {
		at = append(at, s.at)
	}
	slices.SortFunc(at, time.Time.Compare)
	return at
}

// say answers a status and a body.
func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// sayInTurn answers one after the other, the last one for ever.
func sayInTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[min(n, len(answers)-1)]
		n++
		mu.Unlock()
		answer(w, r)
	}
}

// newTest is a client in front of an upstream on loopback, and the client's log.
func newTest(t testing.TB, answers map[string]http.HandlerFunc, change ...func(*Options)) (*Client, *upstream, *logBuffer) {
	t.Helper()
	u := &upstream{answerTo: answers, now: time.Now}
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	log := &logBuffer{}
	o := Options{
		BaseURL: server.URL + "/api/", TokenURL: server.URL + "/token",
		ClientID: testID, ClientSecret: testSecret, APIKey: testKey,
		CallsPerMinute: 100_000, CallsPerSecond: 100_000,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, u, log
}

// newBubble is a client without a network, for tests under synctest.
func newBubble(t testing.TB, u *upstream, perMinute, perSecond int) *Client {
	t.Helper()
	u.now = time.Now
	c, err := New(Options{
		BaseURL: "https://billing.test/api", TokenURL: "https://billing.test/token",
		ClientID: testID, ClientSecret: testSecret, APIKey: testKey,
		CallsPerMinute: perMinute, CallsPerSecond: perSecond, Transport: u,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// logBuffer is a log that may be written and read at the same time.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// noCanary fails when a text holds a credential or a token.
func noCanary(t testing.TB, where, text string) {
	t.Helper()
	if strings.Contains(text, "canary") {
		t.Errorf("%s holds a credential: %s", where, text)
	}
}

func equal[T cmp.Ordered](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
