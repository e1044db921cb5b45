package billingapi

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"billportal/internal/billing"
)

func TestEveryCallCarriesWhatTheGatewayWants(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, statusOK, func(o *Options) {
		o.Dialect = BuiltInDialect()
		o.Dialect.Headers["X-Contract"] = "7"
	})
	raw, err := c.Status(t.Context())
	if err != nil || string(raw) != `{"status":"OK"}` {
		t.Fatalf("got %s, %v", raw, err)
	}
	for name, want := range map[string]string{
		"Accept": "application/json", "Accept-Language": "en", "User-Agent": "billportal", "X-Contract": "7",
		"Authorization": "Bearer canary-token-1", "X-Api-Key": testKey, "Cookie": "", "Referer": "",
	} {
		equal(t, name, u.last().header.Get(name), want)
	}
}

func TestIDsStayWithinTheirSegment(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, nil)
	for id, path := range map[billing.UpstreamID]string{
		"../x": "/api/bills/..%2Fx/items", "a/b?c": "/api/bills/a%2Fb%3Fc/items", "é #%2F": "/api/bills/%C3%A9%20%23%252F/items",
	} {
		if _, err := c.Items(t.Context(), id, "EUR"); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
		equal(t, "path", u.last().path, path)
		equal(t, "query", u.last().query, "limit=500")
	}
	before := len(u.requests)
	for _, id := range []billing.UpstreamID{"", ".", ".."} {
		if _, err := c.Document(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	equal(t, "calls for ids that no path can hold", len(u.requests), before)
}

func TestRedirectIsNotFollowed_V4_C4_case31(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s reached another host with %v", r.Method, r.URL, r.Header)
	}))
	t.Cleanup(other.Close)
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}
	c, u, _ := newTest(t, map[string]http.HandlerFunc{statusPath: away, "/api/bills/7": away})
	if _, err := c.Status(t.Context()); !errors.Is(err, ErrMalformed) {
		t.Errorf("a redirect: %v", err)
	}
	if _, err := c.Document(t.Context(), "7"); !errors.Is(err, ErrMalformed) {
		t.Errorf("a redirected document: %v", err)
	}
	u.tokenTo = away
	c.tokens.hold(nil)
	if _, err := c.Status(t.Context()); !errors.Is(err, ErrMalformed) {
		t.Errorf("a redirected token request: %v", err)
	}
}

func TestCredentialsShowUpNowhere_L3_T5(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		say(400, fmt.Sprintf(`{"code":26,"message":"bad header %s","description":"%s %s %s"}`,
			r.Header.Get("X-API-Key"), r.Header.Get("Authorization"), testID, testSecret))(w, r)
	}
	c, _, log := newTest(t, map[string]http.HandlerFunc{statusPath: echo})
	_, err := c.Status(t.Context())
	if !errors.Is(err, ErrCredentials) {
		t.Fatalf("got %v", err)
	}
	slog.New(slog.NewTextHandler(log, nil)).Info("all", "client", c, "options", c.options, "error", err)
	noCanary(t, "the log", log.String())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{c, c.options, &c.options, err, errors.Unwrap(err), c.State()} {
			noCanary(t, verb, fmt.Sprintf(verb, value))
		}
	}
	if !strings.Contains(log.String(), "request-7") {
		t.Error("the log does not hold the request id")
	}
}

func TestLogHoldsTheRouteAndNoIDs(t *testing.T) {
	t.Parallel()
	c, _, log := newTest(t, map[string]http.HandlerFunc{"/api/bills/1013390/items": say(200, "[]")})
	if _, err := c.Items(t.Context(), "1013390", "EUR"); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, "1013390") || !strings.Contains(text, "/bills/{id}/items") {
		t.Errorf("log:\n%s", text)
	}
}

func TestNetworkFailures(t *testing.T) {
	t.Parallel()
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	c, _, _ := newTest(t, map[string]http.HandlerFunc{statusPath: cut, "/api/bills": cut})
	for _, err := range c.Bills(t.Context(), BillQuery{Account: "BA-400217"}) {
		if !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "BA-400217") {
			t.Errorf("a cut listing: %v, which must not hold the query", err)
		}
	}
	_, err := c.Status(t.Context())
	var failure *APIError
	if !errors.Is(err, ErrUnavailable) || !errors.As(err, &failure) || failure.Status != 0 {
		t.Errorf("a cut connection: %v", err)
	}
	if s := c.State(); s.LastError.Kind != "unavailable" || s.LastFailure.IsZero() || s.LastSuccess.IsZero() || !s.TokenHeld {
		t.Errorf("state %+v", s)
	}
	canceled, cancel := context.WithCancel(t.Context())
	c, _, _ = newTest(t, map[string]http.HandlerFunc{statusPath: func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}})
	if _, err := c.Status(canceled); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("a caller who left: %v", err)
	}
	if s := c.State(); s.LastError != (Failure{}) {
		t.Errorf("a caller who left counts as a failure: %+v", s)
	}
}

func TestWholeCallHasATimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		c := newBubble(t, &upstream{answerTo: map[string]http.HandlerFunc{statusPath: hang, "/api/bills/7": hang}}, 100, 100)
		start := time.Now()
		if _, err := c.Status(t.Context()); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		equal(t, "time-out of a call", time.Since(start), time.Minute)
		start = time.Now()
		if _, err := c.Document(t.Context(), "7"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		equal(t, "time-out of a document", time.Since(start), 5*time.Minute)
	})
}

func TestCertificatesAreVerified_K3(t *testing.T) {
	t.Parallel()
	u := &upstream{answerTo: statusOK, now: time.Now}
	server := httptest.NewTLSServer(u)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(server.Close)
	o := Options{BaseURL: server.URL + "/api", TokenURL: server.URL + "/token", ClientID: testID, ClientSecret: testSecret, APIKey: testKey}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var unknown x509.UnknownAuthorityError
	if _, err := c.Status(t.Context()); !errors.Is(err, ErrUnavailable) || !errors.As(err, &unknown) {
		t.Errorf("an unknown authority: %v", err)
	}
	o.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(o.CAFile, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err = New(o); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Status(t.Context()); err != nil {
		t.Errorf("an authority of the CA file: %v", err)
	}
}

func TestProxyIsUsedAndTheEnvironmentIsNot_C4(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	for _, proxy := range []string{"", "http://proxy.test:3128"} {
		client, err := newHTTPClient(Options{Proxy: proxy})
		if err != nil {
			t.Fatal(err)
		}
		choose := client.Transport.(*http.Transport).Proxy
		if proxy == "" {
			if choose != nil {
				t.Error("a proxy is used that nobody configured")
			}
			continue
		}
		request := httptest.NewRequest(http.MethodGet, "https://billing.test/", nil)
		if u, err := choose(request); err != nil || u.String() != proxy {
			t.Errorf("proxy %v, %v", u, err)
		}
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := Options{BaseURL: "https://api.test/v1", TokenURL: "https://api.test/token", ClientID: testID, ClientSecret: testSecret, APIKey: testKey}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Options){
		"BaseURL":      func(o *Options) { o.BaseURL = "http://api.test" },
		"TokenURL":     func(o *Options) { o.TokenURL = "https://canary:x@api.test" },
		"ClientID":     func(o *Options) { o.ClientID = "" },
		"ClientSecret": func(o *Options) { o.ClientSecret = "canary\n" },
		"APIKey":       func(o *Options) { o.APIKey = "canary canary" },
		"Proxy":        func(o *Options) { o.Proxy = "http://canary:canary@%zz" },
		"CAFile":       func(o *Options) { o.CAFile = "/dev/null" },
		"pageSize":     func(o *Options) { o.Dialect = BuiltInDialect(); o.Dialect.PageSize = 0 },
	} {
		o := good
		spoil(&o)
		_, err := New(o)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		noCanary(t, name, err.Error())
	}
}
