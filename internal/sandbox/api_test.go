package sandbox_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, TokenLifetime: time.Minute})
	refused(t, "no authorization", c.get("/bills", "Authorization", ""), 401, 40)
	refused(t, "no Bearer", c.get("/bills", "Authorization", c.token), 401, 40)
	refused(t, "another scheme", c.get("/bills", "Authorization", "Basic "+c.token), 401, 40)
	refused(t, "unknown token", c.get("/bills", "Authorization", "Bearer wrong"), 401, 41)
	refused(t, "no key", c.get("/bills", "X-API-Key", ""), 400, 25)
	refused(t, "wrong key", c.get("/bills", "X-API-Key", "wrong"), 401, 41)
	c.s.API.RevokeAPIKey(true)
	refused(t, "revoked key", c.get("/bills"), 403, 50)
	c.s.API.RevokeAPIKey(false)
	c.s.API.SetAPIKey("renewed")
	refused(t, "old key", c.get("/bills"), 401, 41)
	if r := c.get("/bills", "X-API-Key", "renewed"); r.status != http.StatusOK {
		t.Errorf("renewed key: %d %s", r.status, r.body)
	}
	now.advance(time.Minute)
	refused(t, "expired token", c.get("/bills", "X-API-Key", "renewed"), 401, 42)
	c.fetchToken()
	c.s.API.RevokeTokens()
	refused(t, "revoked token", c.get("/bills", "X-API-Key", "renewed"), 401, 41)
}

func TestEveryAnswerHasARequestID(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, r := range []reply{c.get("/bills"), c.get("/bills/1"), c.get("/nothing"), c.get("/bills", "Authorization", "")} {
		id := r.header.Get("X-OAPI-Request-Id")
		if !uuid.MatchString(id) || seen[id] {
			t.Errorf("request id %q", id)
		}
		seen[id] = true
	}
}

func TestWrongPathsAndMethods(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	refused(t, "snapshots", c.get("/snapshots"), 404, 60)
	refused(t, "unknown bill", c.get("/bills/1013999"), 404, 60)
	refused(t, "items of an unknown bill", c.get("/bills/1013999/items"), 404, 60)
	refused(t, "unknown account", c.get("/billingAccounts/BA-1"), 404, 60)
	refused(t, "DELETE a bill", c.do(http.MethodDelete, "/bills/1013999", ""), 405, 61)
	refused(t, "POST to the list", c.do(http.MethodPost, "/bills", "{}"), 405, 61)
	refused(t, "GET the search", c.get("/bills/search"), 404, 60)
	refused(t, "too long a body", c.do(http.MethodPost, "/bills/search", strings.Repeat(" ", 1<<17)), 400, 22)
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	bill := "/bills/" + c.s.World.Stories.Spike.ID
	for _, test := range []struct{ path, accept, want string }{
		{"/bills", "", "application/json; charset=UTF-8"},
		{"/bills", "*/*", "application/json; charset=UTF-8"},
		{"/bills", "text/csv", "text/csv; charset=UTF-8"},
		{"/bills", "text/*;q=0.5, application/json;q=0.4", "text/csv; charset=UTF-8"},
		{"/bills", "text/csv;q=0, */*", "application/json; charset=UTF-8"},
		{"/bills?overrideAccept=text/csv", "application/json", "text/csv; charset=UTF-8"},
		{bill + "/items", "text/csv", "text/csv; charset=UTF-8"},
		{bill, "application/pdf", "application/pdf"},
		{bill + "?overrideAccept=application/pdf", "application/json", "application/pdf"},
	} {
		r := c.get(test.path, "Accept", test.accept, "Accept-Language", "fr")
		if r.status != http.StatusOK || r.header.Get("Content-Type") != test.want {
			t.Errorf("%s as %q: %d %s, want %s", test.path, test.accept, r.status, r.header.Get("Content-Type"), test.want)
		}
	}
	for _, path := range []string{"/bills", bill, bill + "/items", "/billingAccounts", "/billingAccounts/BA-400217", "/status", "/version"} {
		refused(t, path+" as HTML", c.get(path, "Accept", "text/html"), 406, 62)
	}
	refused(t, "a list as PDF", c.get("/bills?overrideAccept=application/pdf"), 406, 62)
}

func TestLimitPerMinute(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, CallsPerMinute: 3})
	for range 3 {
		now.advance(10 * time.Second)
		if r := c.get("/version"); r.status != http.StatusOK {
			t.Fatal(r.body)
		}
	}
	refused(t, "fourth in a minute", c.get("/version"), 403, 53)
	now.advance(40*time.Second - 1)
	refused(t, "just before the first leaves the window", c.get("/version"), 403, 53)
	now.advance(1)
	if r := c.get("/version"); r.status != http.StatusOK {
		t.Errorf("after the window: %d %s", r.status, r.body)
	}
	refused(t, "the window rolls", c.get("/version"), 403, 53)
	c.s.API.SetCallsPerMinute(4)
	if r := c.get("/version"); r.status != http.StatusOK || c.s.API.PeakPerMinute() != 4 {
		t.Errorf("with a higher limit: %d, peak %d", r.status, c.s.API.PeakPerMinute())
	}
}

func TestLimitPerSecond(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, CallsPerSecond: 1})
	c.get("/version")
	refused(t, "second in a second", c.get("/version"), 403, 53)
	now.advance(time.Second)
	if r := c.get("/version"); r.status != http.StatusOK {
		t.Errorf("a second later: %d %s", r.status, r.body)
	}
}

func TestRequestLog(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	c.s.API.ForgetRequests()
	c.get("/bills?billingAccountId=BA-410072&limit=5")
	c.get("/bills/1")
	c.do(http.MethodPost, "/bills/search", `{"type":["invoice"]}`, "Content-Type", "application/json")
	c.fetchToken()
	seen := c.s.API.Requests()
	if len(seen) != 4 || c.s.API.Calls("GET /bills/{billId}") != 1 || c.s.API.TokenCalls() != 1 {
		t.Fatalf("%d requests seen", len(seen))
	}
	first := seen[0]
	if first.Route != "GET /bills" || first.Path != "/billing/b2b/v1/bills" || first.Query != "billingAccountId=BA-410072&limit=5" || first.Status != 200 {
		t.Errorf("the first request was %+v", first)
	}
	if seen[1].Status != 404 || seen[2].Body != `{"type":["invoice"]}` {
		t.Errorf("then came %+v", seen[1:])
	}
	for _, r := range seen {
		for name, values := range r.Header {
			text := strings.Join(values, " ")
			if strings.Contains(text, c.s.APIKey) || strings.Contains(text, c.token) || strings.Contains(r.Body, c.s.ClientSecret) {
				t.Errorf("%s holds a secret", name)
			}
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	c.s.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/version") {
			return sandbox.GatewayFailure(503, 5, "Service temporarily unavailable", "Maintenance.")
		}
		return nil
	})
	refused(t, "while failing", c.get("/version"), 503, 5)
	if r := c.get("/status"); r.status != http.StatusOK {
		t.Errorf("another route: %d %s", r.status, r.body)
	}
	c.s.API.Fail(nil)
	if r := c.get("/version"); r.status != http.StatusOK || r.body != `{"version":"2.4.0"}` {
		t.Errorf("afterwards: %d %s", r.status, r.body)
	}
}
