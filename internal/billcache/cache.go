// Package billcache is the cached client of the Billing API: it keeps the local
// copy of bills fresh and answers every question about bills from it. Reading
// never waits for the API, except for what the copy has never held, one bill's
// items or document, and then within the budget.
package billcache

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/documents"
	"billportal/internal/sqlite"
)

// Options are the parts and settings of a Cache.
type Options struct {
	DB        *sqlite.DB
	Documents *documents.Store
	API       *billingapi.Client
	SyncEvery time.Duration    // from the start of one sync to the start of the next
	Now       func() time.Time // the clock
	Log       *slog.Logger
}

// Cache is the local copy and the client that keeps it. Its methods are safe for
// concurrent use.
type Cache struct {
	db        *sqlite.DB
	documents *documents.Store
	api       *billingapi.Client
	every     time.Duration
	now       func() time.Time
	log       *slog.Logger

	fetches  singleflight.Group
	running  *fetching
	nextSync atomic.Int64 // milliseconds since 1970
}

// New joins the parts; nothing runs until Run or Sync.
func New(o Options) *Cache {
	return &Cache{
		db: o.DB, documents: o.Documents, api: o.API, every: o.SyncEvery, now: o.Now, log: o.Log,
		running: newFetching(),
	}
}

// Bills is one page of the bills in scope that match a filter, newest first.
func (c *Cache) Bills(ctx context.Context, scope access.Scope, f billing.BillFilter, page billing.Page) (billing.BillPage, error) {
	return c.db.Bills(ctx, scope, f, page)
}

// Totals counts and sums the bills in scope that match a filter.
func (c *Cache) Totals(ctx context.Context, scope access.Scope, f billing.BillFilter) (billing.Totals, error) {
	return c.db.Totals(ctx, scope, f)
}

// MonthTotals sums the bills in scope by month of issue and currency.
func (c *Cache) MonthTotals(ctx context.Context, scope access.Scope, issued billing.Period) ([]billing.MonthTotal, error) {
	return c.db.MonthTotals(ctx, scope, issued)
}

// Bill is one bill in scope, or billing.ErrNotFound.
func (c *Cache) Bill(ctx context.Context, scope access.Scope, id billing.BillID) (billing.Bill, error) {
	return c.db.Bill(ctx, scope, id)
}

// Related lists the bills in scope that stand beside a bill: its invoice, its
// credit notes, and others with its number.
func (c *Cache) Related(ctx context.Context, scope access.Scope, b billing.Bill) ([]billing.Bill, error) {
	return c.db.Related(ctx, scope, b)
}

// Accounts lists the accounts in scope.
func (c *Cache) Accounts(ctx context.Context, scope access.Scope) ([]billing.BillingAccount, error) {
	return c.db.Accounts(ctx, scope)
}

// Activities tells how many bills each account in scope has, and its newest one.
func (c *Cache) Activities(ctx context.Context, scope access.Scope) (map[billing.AccountNumber]billing.AccountActivity, error) {
	return c.db.AccountActivities(ctx, scope)
}

// NewBills lists up to limit bills in scope that came into the copy after an
// instant, newest first.
func (c *Cache) NewBills(ctx context.Context, scope access.Scope, after time.Time, limit int) ([]billing.Bill, error) {
	return c.db.NewBills(ctx, scope, after, limit)
}

// SyncEvery is the time from the start of one sync to the start of the next.
func (c *Cache) SyncEvery() time.Duration { return c.every }

// Currencies lists the currencies of the bills in scope.
func (c *Cache) Currencies(ctx context.Context, scope access.Scope) ([]string, error) {
	return c.db.Currencies(ctx, scope)
}
