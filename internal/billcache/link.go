package billcache

import (
	"context"
	"errors"
	"time"

	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sqlite"
)

// Link is the state of the link to the Billing API and of the copy that it feeds.
type Link struct {
	AsOf       time.Time // when the last sound sync began; zero before the first
	Sound      bool      // that sync was complete by the API's own counts
	NextSync   time.Time // zero while one is running
	Syncing    bool
	Accounts   int    // received by the running or last sync
	Bills      int    // received by the running or last sync
	BillsTotal int    // announced by the API, -1 when it did not say
	Failure    string // why the last sync failed, for admins; "" when it did not
	API        billingapi.State
}

// FirstSyncDone reports whether the copy has been whole at least once.
func (l Link) FirstSyncDone() bool { return !l.AsOf.IsZero() }

// Link tells the state of the link as of now.
func (c *Cache) Link(ctx context.Context) (Link, error) {
	link := Link{BillsTotal: -1, API: c.api.State()}
	if next := c.nextSync.Load(); next != 0 {
		link.NextSync = time.UnixMilli(next).UTC()
	}
	last, err := c.db.LastRun(ctx)
	if errors.Is(err, billing.ErrNotFound) {
		return link, nil
	}
	if err != nil {
		return Link{}, err
	}
	link.Syncing = last.Outcome == sqlite.SyncRunning
	link.Accounts, link.Bills, link.BillsTotal = last.Accounts, last.Bills, last.BillsTotal
	if last.Outcome == sqlite.SyncFailed {
		link.Failure = last.Message
	}
	sound, err := c.db.LastSound(ctx, false)
	if err != nil && !errors.Is(err, billing.ErrNotFound) {
		return Link{}, err
	}
	link.AsOf, link.Sound = sound.StartedAt, sound.Outcome == sqlite.SyncComplete
	return link, nil
}
