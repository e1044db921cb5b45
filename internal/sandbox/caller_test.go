package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// clock is a time that only moves when a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   string
}

// code is the code inside an error body of the gateway.
func (r reply) code() int {
	var body struct {
		Code int `json:"code"`
	}
	if json.Unmarshal([]byte(r.body), &body) != nil {
		return -1
	}
	return body.Code
}

// ids reads the ids of a JSON list.
func (r reply) ids(t *testing.T) []string {
	t.Helper()
	var rows []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(r.body), &rows); err != nil || rows == nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// caller calls the API of one sandbox.
type caller struct {
	t     *testing.T
	s     *sandbox.Sandbox
	token string
}

func newCaller(t *testing.T, options sandbox.Options) *caller {
	t.Helper()
	c := &caller{t: t, s: start(t, options)}
	c.fetchToken()
	return c
}

func send(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

func (c *caller) request(method, target, body string) *http.Request {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	return request
}

// askToken asks for a token with the form and headers given.
func (c *caller) askToken(form url.Values, change func(*http.Request)) reply {
	c.t.Helper()
	request := c.request(http.MethodPost, c.s.TokenURL, form.Encode())
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(c.s.ClientID, c.s.ClientSecret)
	if change != nil {
		change(request)
	}
	return send(c.t, request)
}

func (c *caller) fetchToken() {
	c.t.Helper()
	var token struct {
		Token string `json:"access_token"`
	}
	r := c.askToken(url.Values{"grant_type": {"client_credentials"}}, nil)
	if err := json.Unmarshal([]byte(r.body), &token); err != nil || token.Token == "" {
		c.t.Fatalf("no token: %d %s", r.status, r.body)
	}
	c.token = token.Token
}

// do calls the API; headers come in pairs, an empty value takes one away.
func (c *caller) do(method, path, body string, headers ...string) reply {
	c.t.Helper()
	request := c.request(method, c.s.BillingURL+path, body)
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("X-API-Key", c.s.APIKey)
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	return send(c.t, request)
}

func (c *caller) get(path string, headers ...string) reply {
	c.t.Helper()
	return c.do(http.MethodGet, path, "", headers...)
}

// refused checks the status of an answer and the code inside it.
func refused(t *testing.T, what string, r reply, status, code int) {
	t.Helper()
	if r.status != status || r.code() != code {
		t.Errorf("%s: %d %s, want %d/%d", what, r.status, r.body, status, code)
	}
}
