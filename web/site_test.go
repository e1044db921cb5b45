package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/documents"
	"billportal/internal/i18n"
	"billportal/internal/sandbox"
	"billportal/internal/signin"
	"billportal/internal/sqlite"
	"billportal/web"
)

// sim is the Billing API and identity provider of all tests; it ends with them.
var sim = sync.OnceValues(func() (*sandbox.Sandbox, error) {
	return sandbox.Start(context.Background(), sandbox.Options{CallsPerMinute: -1})
})

// site is a portal on a test server, its copy empty.
type site struct {
	*httptest.Server
	web   *web.Server
	cache *billcache.Cache
	db    *sqlite.DB
	docs  *documents.Store
	log   *lines
	path  string       // of the database
	tight atomic.Bool  // whether new connections hold little that the reader has not taken
	began time.Time    // where the clock stands still; it is the real one when zero
	ahead atomic.Int64 // of that clock, in nanoseconds
	// provider is how the portal reaches the identity provider; nil is as in life.
	provider http.RoundTripper
	keeper   func(*sqlite.DB) web.SessionKeeper // of a test that stands between, else nil
}

// now is the clock of a site, which tests put forward.
func (s *site) now() time.Time {
	began := s.began
	if began.IsZero() {
		began = time.Now()
	}
	return began.Add(time.Duration(s.ahead.Load()))
}

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open serves a portal with the usual settings, changed as the test likes.
func open(t *testing.T, secure bool, change func(*web.Settings)) *site {
	t.Helper()
	s, err := sim()
	if err != nil {
		t.Fatal(err)
	}
	return openBefore(t, s, secure, change)
}

// openInTime serves a portal before a simulation of its own whose clock is the
// portal's, so that tokens age with it.
func openInTime(t *testing.T, change func(*web.Settings)) (*site, *sandbox.Sandbox) {
	t.Helper()
	return openBehind(t, nil, change)
}

// openBehind is openInTime with something of the test's own on the way to the
// identity provider.
func openBehind(t *testing.T, provider http.RoundTripper, change func(*web.Settings)) (*site, *sandbox.Sandbox) {
	t.Helper()
	portal := &site{log: &lines{}, path: filepath.Join(t.TempDir(), "portal.db"), provider: provider}
	s, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1, Now: portal.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	portal.open(t, s, false, change)
	return portal, s
}

// openBefore serves a portal that has a simulation of the test's own behind it.
func openBefore(t *testing.T, s *sandbox.Sandbox, secure bool, change func(*web.Settings)) *site {
	t.Helper()
	return openWith(t, s, nil, secure, change)
}

// openWith serves a portal whose database begins with the given bytes.
func openWith(t *testing.T, s *sandbox.Sandbox, database []byte, secure bool, change func(*web.Settings)) *site {
	t.Helper()
	portal := &site{log: &lines{}, path: filepath.Join(t.TempDir(), "portal.db")}
	if database != nil {
		if err := os.WriteFile(portal.path, database, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	portal.open(t, s, secure, change)
	return portal
}

func (s *site) open(t *testing.T, sim *sandbox.Sandbox, secure bool, change func(*web.Settings)) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config.MaxHeaderBytes = web.MaxHeader
	address, start := "http://"+server.Listener.Addr().String(), server.Start
	if secure {
		address, start = "https://"+server.Listener.Addr().String(), server.StartTLS
	}
	sim.RegisterRedirectURI(address + "/signin/callback")
	settings := web.Settings{
		URL: address, Secrets: [][]byte{[]byte("a secret of the tests, long enough")},
		InternalNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, SessionIdle: time.Hour, SessionMax: 10 * time.Hour,
		TimeZone: time.UTC, FinancialYear: time.January, Lang: i18n.En, Company: "Meridian Foods", Support: "help@meridian.example",
		Version: "test", BillingURL: sim.BillingURL,
		Policy: access.Policy{Groups: map[access.Role][]string{
			access.Employee: {sandbox.GroupReaders}, access.Accountant: {sandbox.GroupAccounting}, access.Admin: {sandbox.GroupAdmins},
		}},
	}
	if change != nil {
		change(&settings)
	}
	s.Server = server
	s.parts(t, sim, settings)
	server.Config.Handler = s.web
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if tcp, ok := c.(*net.TCPConn); ok && s.tight.Load() {
			_ = tcp.SetWriteBuffer(64 << 10)
		}
		return ctx
	}
	start()
	t.Cleanup(func() {
		server.Close()
		s.web.Close()
	})
}

// parts joins a portal as the program does.
func (s *site) parts(t *testing.T, sim *sandbox.Sandbox, settings web.Settings) {
	t.Helper()
	dir := filepath.Dir(s.path)
	db, err := sqlite.Open(t.Context(), s.path, s.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	docs, err := documents.NewStore(filepath.Join(dir, "documents"), filepath.Join(dir, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewJSONHandler(s.log, nil))
	api, err := billingapi.New(billingapi.Options{
		BaseURL: sim.BillingURL, TokenURL: sim.TokenURL, ClientID: sim.ClientID, ClientSecret: sim.ClientSecret, APIKey: sim.APIKey,
		CallsPerMinute: 6000, CallsPerSecond: 6000, Dialect: billingapi.BuiltInDialect(), Log: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	var client *http.Client
	if s.provider != nil {
		client = &http.Client{Transport: s.provider}
	}
	provider, err := signin.New(signin.Options{
		Client: client,
		Issuer: sim.Issuer, ClientID: sim.OIDCClientID, ClientSecret: sim.OIDCClientSecret, Scopes: []string{"openid", "profile", "email", "groups"},
		GroupsClaim: "groups", RedirectURL: settings.URL + "/signin/callback", Now: s.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.db, s.docs = db, docs
	s.cache = billcache.New(billcache.Options{
		DB: db, Documents: docs, API: api, SyncEvery: time.Hour, Now: s.now, Log: logger,
	})
	keeper := web.SessionKeeper(db)
	if s.keeper != nil {
		keeper = s.keeper(db)
	}
	s.web, err = web.New(settings, web.Deps{
		Cache: s.cache, SignIn: provider, Sessions: keeper, AdminLinks: db, Register: db, Grants: db, People: db, Ledger: db, Entries: db, Ready: db.Ready, Now: s.now, Log: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.web.ForgiveRefusals()
}

// browser is an HTTP client with cookies that shows redirects instead of
// following them.
func (s *site) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *s.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// placeholder is a gap of a text that nothing was put into.
var placeholder = regexp.MustCompile(`\{(\d+|n)\}`)

// answer is a response, read whole.
type answer struct {
	*http.Response
	body string
}

func (s *site) request(t *testing.T, method, path string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func do(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if gap := placeholder.Find(body); gap != nil && strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s shows %s, into which nothing was put", r.URL, gap)
	}
	return answer{response, string(body)}
}

func (s *site) get(t *testing.T, client *http.Client, path string) answer {
	t.Helper()
	return do(t, client, s.request(t, http.MethodGet, path, nil))
}

func (a answer) find(t *testing.T, selector string) *goquery.Selection {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return d.Find(selector)
}

// signIn goes through the provider as one of its people and returns the portal's
// answers on the way: to the start, and to the end.
func (s *site) signIn(t *testing.T, client *http.Client, subject, returnTo string) (began, ended answer) {
	t.Helper()
	began = s.get(t, client, "/signin/start?"+url.Values{"return": {returnTo}}.Encode())
	if began.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in begins with status %d: %s", began.StatusCode, began.body)
	}
	at, _ := began.Location()
	for step := range 5 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ended = do(t, client, r)
		if strings.HasPrefix(at.String(), s.URL) {
			return began, ended
		}
		next := ended.Header.Get("Location")
		if next == "" {
			next = ended.find(t, `.people a[data-subject="`+subject+`"]`).AttrOr("href", "")
		}
		if at, err = at.Parse(next); err != nil || next == "" {
			t.Fatalf("step %d of the sign-in leads to %q, %v", step, next, err)
		}
	}
	t.Fatal("the sign-in does not end")
	return began, ended
}

// as is a browser in which somebody has signed in.
func (s *site) as(t *testing.T, subject string) *http.Client {
	t.Helper()
	client := s.browser(t)
	if _, ended := s.signIn(t, client, subject, "/"); ended.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: status %d\n%s", subject, ended.StatusCode, s.log)
	}
	return client
}
