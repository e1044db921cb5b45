package billcache_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/documents"
	"billportal/internal/export"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
)

// world is a cache in front of the simulated API, with real database and
// documents and a clock that tests move.
type world struct {
	*billcache.Cache
	*sandbox.Sandbox
	db   *sqlite.DB
	api  *billingapi.Client
	dir  string
	logs chan string // messages of the cache's log

	mu  sync.Mutex
	now time.Time
}

var today = time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)

// newWorld has an empty copy and the company's register.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := start(t, nil)
	w.admit(t, w.World.RegisterCSV())
	return w
}

// synced has a copy of all accounts and bills, without items, and a token; no call
// is counted yet.
func synced(t *testing.T) *world {
	t.Helper()
	once.Do(func() {
		w := newWorld(t)
		w.syncLists(t)
		copied := filepath.Join(w.dir, "copy.db")
		db, err := sql.Open("sqlite", filepath.Join(w.dir, "portal.db"))
		must(t, err)
		_, err = db.ExecContext(t.Context(), "VACUUM INTO ?", copied)
		must(t, errors.Join(err, db.Close()))
		whole, err = os.ReadFile(copied)
		must(t, err)
	})
	w := start(t, whole)
	_, err := w.api.Status(t.Context())
	must(t, err)
	w.API.ForgetRequests()
	return w
}

// whole is the file of a synced copy, made once because it takes a while.
var (
	once  sync.Once
	whole []byte
)

// start opens a database with the given content, or an empty one.
func start(t *testing.T, database []byte) *world {
	t.Helper()
	w := &world{now: today, dir: t.TempDir(), logs: make(chan string, 10_000)}
	if database != nil {
		must(t, os.WriteFile(filepath.Join(w.dir, "portal.db"), database, 0o600))
	}
	var err error
	w.Sandbox, err = sandbox.Start(context.Background(), sandbox.Options{Seed: 7, Today: today, CallsPerMinute: -1, TokenCallsPerMinute: -1})
	must(t, err)
	t.Cleanup(w.Sandbox.Close)
	w.api, err = billingapi.New(billingapi.Options{
		BaseURL: w.BillingURL, TokenURL: w.TokenURL, ClientID: w.ClientID, ClientSecret: w.ClientSecret, APIKey: w.APIKey,
		CallsPerMinute: 1_000_000, CallsPerSecond: 1_000_000,
	})
	must(t, err)
	w.db, err = sqlite.Open(t.Context(), filepath.Join(w.dir, "portal.db"), w.clock)
	must(t, err)
	t.Cleanup(func() { must(t, w.db.Close()) })
	store, err := documents.NewStore(filepath.Join(w.dir, "documents"), filepath.Join(w.dir, "tmp"))
	must(t, err)
	w.Cache = billcache.New(billcache.Options{
		DB: w.db, Documents: store, API: w.api, SyncEvery: 30 * time.Minute, Now: w.clock, Log: slog.New(tell{w.logs}),
	})
	t.Cleanup(w.Cache.Close)
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) admit(t *testing.T, register string) {
	t.Helper()
	accounts, err := export.ParseRegister(strings.NewReader(register), nil)
	must(t, err)
	must(t, w.db.SetAccounts(t.Context(), ledger.Act{Actor: "test", Action: "register.import"}, accounts))
}

// itemsFail makes the API refuse items, for tests that need only the lists.
func itemsFail(r *http.Request) *sandbox.Failure {
	if strings.HasSuffix(r.URL.Path, "/items") {
		return sandbox.GatewayFailure(http.StatusServiceUnavailable, 5, "The service is unavailable", "for this test")
	}
	return nil
}

// syncLists syncs accounts and bills and leaves the items.
func (w *world) syncLists(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/items") {
			cancel()
		}
		return nil
	})
	defer w.API.Fail(nil)
	err := w.Sync(ctx)
	if run, runErr := w.db.LastRun(t.Context()); runErr != nil || run.Outcome != sqlite.SyncComplete {
		t.Fatalf("%+v, %v, %v", run, err, runErr)
	}
}

// bills is every bill that a scope holds, by the API's key.
func (w *world) bills(t *testing.T, scope access.Scope) map[string]billing.Bill {
	t.Helper()
	page, err := w.Bills(t.Context(), scope, billing.BillFilter{}, billing.Page{Limit: 10_000})
	must(t, err)
	found := make(map[string]billing.Bill, len(page.Bills))
	for _, b := range page.Bills {
		found[string(b.UpstreamID)] = b
	}
	return found
}

// count is the number that a query on the database returns.
func (w *world) count(t *testing.T, question string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "portal.db"))
	must(t, err)
	must(t, db.QueryRowContext(t.Context(), question).Scan(&n))
	must(t, db.Close())
	return n
}

// withoutItems counts the bills that can be seen and whose items are missing.
func (w *world) withoutItems(t *testing.T) int {
	t.Helper()
	n := 0
	for _, b := range w.bills(t, access.ScopeAll()) {
		if b.Items != billing.ItemsHeld {
			n++
		}
	}
	return n
}

func (w *world) bill(t *testing.T, ref sandbox.BillRef) billing.Bill {
	t.Helper()
	b, ok := w.bills(t, access.ScopeAll())[ref.ID]
	if !ok {
		t.Fatalf("no bill %s", ref.ID)
	}
	return b
}

// some is an ordinary bill that can be seen.
func (w *world) some(t *testing.T) billing.Bill {
	t.Helper()
	return w.bill(t, w.World.Stories.Spike)
}

// calls counts the calls of the API since the last forgetting, those for tokens not
// counted.
func (w *world) calls() int { return len(w.API.Requests()) - w.API.TokenCalls() }

// syncSome syncs accounts, bills and the items of the newest bills, and is stopped
// then.
func (w *world) syncSome(t *testing.T, bills int32) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/items") && asked.Add(1) > bills {
			cancel()
		}
		return nil
	})
	defer w.API.Fail(nil)
	if err := w.Sync(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// tell is a log of which tests hear the messages.
type tell struct{ messages chan<- string }

func (tell) Enabled(context.Context, slog.Level) bool { return true }

func (l tell) Handle(_ context.Context, r slog.Record) error {
	select {
	case l.messages <- r.Message:
	default:
	}
	return nil
}

func (l tell) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l tell) WithGroup(string) slog.Handler      { return l }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
