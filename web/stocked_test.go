package web_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/documents"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
	"billportal/web"

	_ "modernc.org/sqlite" // the driver of the portal's database
)

// copied is a database with the whole copy of the simulated company, every account
// admitted and open to readers and accountants.
var copied = sync.OnceValues(func() (database []byte, err error) {
	simulated, err := sim()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "billportal-web-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "portal.db")
	if err := fill(context.Background(), simulated, dir, path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func fill(ctx context.Context, simulated *sandbox.Sandbox, dir, path string) (err error) {
	db, err := sqlite.Open(ctx, path, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	docs, err := documents.NewStore(filepath.Join(dir, "documents"), filepath.Join(dir, "tmp"))
	if err != nil {
		return err
	}
	api, err := billingapi.New(billingapi.Options{
		BaseURL: simulated.BillingURL, TokenURL: simulated.TokenURL, ClientID: simulated.ClientID, ClientSecret: simulated.ClientSecret,
		APIKey: simulated.APIKey, CallsPerMinute: 6000, CallsPerSecond: 6000, Dialect: billingapi.BuiltInDialect(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	cache := billcache.New(billcache.Options{DB: db, Documents: docs, API: api, SyncEvery: time.Hour, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err := cache.Sync(ctx); err != nil {
		return err
	}
	register, err := db.Register(ctx)
	if err != nil {
		return err
	}
	for i := range register {
		register[i].Status = billing.Admitted
	}
	act := ledger.Act{Actor: "command line", Action: "register.import"}
	if err := db.SetAccounts(ctx, act, register); err != nil {
		return err
	}
	_, _, err = db.AddGrants(ctx, ledger.Act{Actor: "command line", Action: "grant.add"}, []access.Grant{
		{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAll},
		{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupAccounting, TargetKind: access.TargetAll},
	}, false)
	return err
}

// stocked serves a portal whose copy is whole.
func stocked(t *testing.T, change func(*web.Settings)) *site {
	t.Helper()
	simulated, err := sim()
	if err != nil {
		t.Fatal(err)
	}
	return stockedBefore(t, simulated, change)
}

// stockedBefore has a simulation of the test's own behind it, of the same world.
func stockedBefore(t *testing.T, simulated *sandbox.Sandbox, change func(*web.Settings)) *site {
	t.Helper()
	database, err := copied()
	if err != nil {
		t.Fatal(err)
	}
	return openWith(t, simulated, database, false, change)
}

// someBills are bills of the copy.
func (s *site) someBills(t *testing.T, n int) []billing.Bill {
	t.Helper()
	page, err := s.db.Bills(t.Context(), access.ScopeAll(), billing.BillFilter{}, billing.Page{Limit: n})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Bills) != n {
		t.Fatalf("%d bills instead of %d", len(page.Bills), n)
	}
	return page.Bills
}

// entries are the entries of the ledger since the first n.
func (s *site) entries(t *testing.T, since int) []ledger.Entry {
	t.Helper()
	var entries []ledger.Entry
	for e, err := range s.db.LedgerEntries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries[since:]
}

// other opens the database beside the portal.
func (s *site) other(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// contents is every row of every table but the ledger's and those named besides.
func contents(t *testing.T, db *sql.DB, besides ...string) string {
	t.Helper()
	var all strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		if table == "ledger" || slices.Contains(besides, table) {
			continue
		}
		columns := strings.Join(column(t, db, `SELECT 'quote("' || name || '")' FROM pragma_table_info(?)`, table), ` || '|' || `)
		rows := column(t, db, `SELECT `+columns+` FROM "`+table+`" ORDER BY 1`)
		fmt.Fprintf(&all, "%s %d\n%s\n", table, len(rows), strings.Join(rows, "\n"))
	}
	return all.String()
}

func column(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// token is a form token of the session of a browser.
func (s *site) token(t *testing.T, client *http.Client) string {
	t.Helper()
	token := s.get(t, client, "/profile").find(t, `input[name="csrf"]`).First().AttrOr("value", "")
	if token == "" {
		t.Fatal("no page has a form token")
	}
	return token
}
