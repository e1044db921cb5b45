package billcache

import (
	"context"
	"errors"
	"slices"
	"time"

	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sqlite"
)

const (
	// chunk is how many bills one write transaction takes; it keeps the
	// transaction well below 50 ms.
	chunk = 100
	// overlap is how many days before the newest bill an incremental sync begins,
	// so that bills which arrive late or are corrected are seen.
	overlap = 45
	// fullEvery is how often everything is read again, for corrections that come
	// later than that.
	fullEvery = 7 * 24 * time.Hour
	// requestsEvery is how often Run looks for a sync asked for by another process.
	requestsEvery = time.Second
)

// Run syncs at once and then on schedule, or when another process asks for it,
// until its context ends. A failed sync is logged; what had come until then stays.
func (c *Cache) Run(ctx context.Context) error {
	requests := time.NewTicker(requestsEvery)
	defer requests.Stop()
	for {
		began := c.now()
		c.nextSync.Store(0)
		if err := c.Sync(ctx); err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "sync failed", "error", err)
		}
		next := began.Add(c.every)
		c.nextSync.Store(next.UnixMilli())
		if !c.waitUntil(ctx, next, requests.C) {
			return nil
		}
	}
}

// waitUntil returns true when the next sync is due or asked for, false when ctx
// ends.
func (c *Cache) waitUntil(ctx context.Context, next time.Time, requests <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-requests:
			if !c.now().Before(next) {
				return true
			}
			asked, err := c.db.SyncRequested(ctx)
			if err != nil && ctx.Err() == nil {
				c.log.ErrorContext(ctx, "looking for sync requests", "error", err)
			}
			if asked {
				return true
			}
		}
	}
}

// Sync brings the copy up to date once: accounts, then bills, newest first, then
// the items that the copy lacks, until the next sync is due or asked for. The error
// says why it could not; what had come until then stays.
func (c *Cache) Sync(ctx context.Context) error {
	next := c.now().Add(c.every)
	ctx = billingapi.WithClass(ctx, billingapi.Sync)
	query, full, err := c.due(ctx)
	if err != nil {
		return err
	}
	run, err := c.db.StartRun(ctx, full)
	if err != nil {
		return err
	}
	err = c.syncLists(ctx, &run, query)
	run.EndedAt = c.now()
	if err != nil {
		run.Outcome, run.Message = sqlite.SyncFailed, reason(err)
	}
	if saveErr := c.db.SaveRun(context.WithoutCancel(ctx), run); saveErr != nil || err != nil {
		return errors.Join(err, saveErr)
	}
	c.log.InfoContext(ctx, "bills synced", "outcome", run.Outcome, "full", full, "bills", run.Bills)
	return c.syncItems(ctx, next)
}

// due decides what a sync asks for: everything, when the last full and complete
// one is a week old or missing, or else what was issued lately. A bill that was
// issued tomorrow by mistake must not hide today's.
func (c *Cache) due(ctx context.Context) (billingapi.BillQuery, bool, error) {
	last, err := c.db.LastSound(ctx, true)
	if errors.Is(err, billing.ErrNotFound) {
		return billingapi.BillQuery{}, true, nil
	}
	if err != nil || c.now().Sub(last.StartedAt) >= fullEvery {
		return billingapi.BillQuery{}, true, err
	}
	newest, err := c.db.NewestIssue(ctx)
	if err != nil || newest.IsZero() {
		return billingapi.BillQuery{}, true, err
	}
	if today := billing.DateOf(c.now().UTC()); today.Before(newest) {
		newest = today
	}
	return billingapi.BillQuery{Issued: billing.Period{First: newest.AddDays(-overlap)}}, false, nil
}

func (c *Cache) syncLists(ctx context.Context, run *sqlite.SyncRun, query billingapi.BillQuery) error {
	accountsComplete, err := c.syncAccounts(ctx, run)
	if err != nil {
		return err
	}
	billsComplete, err := c.syncBills(ctx, run, query)
	if err != nil {
		return err
	}
	run.Outcome = sqlite.SyncIncomplete
	if accountsComplete && billsComplete {
		run.Outcome = sqlite.SyncComplete
	}
	return nil
}

func (c *Cache) syncAccounts(ctx context.Context, run *sqlite.SyncRun) (complete bool, err error) {
	var listed []billing.AccountNumber
	for page, err := range c.api.Accounts(ctx) {
		if err != nil {
			return false, err
		}
		if err := c.keepMalformed(ctx, sqlite.AccountList, page.Malformed); err != nil {
			return false, err
		}
		for _, r := range page.Accounts {
			listed = append(listed, r.Account.Number)
		}
		if err := c.db.UpsertAccounts(ctx, page.Accounts); err != nil {
			return false, err
		}
		run.Accounts, complete = len(listed), page.Complete
		if err := c.db.SaveRun(ctx, *run); err != nil {
			return false, err
		}
	}
	if complete {
		err = c.db.SetListed(ctx, listed)
	}
	return complete, err
}

func (c *Cache) syncBills(ctx context.Context, run *sqlite.SyncRun, query billingapi.BillQuery) (complete bool, err error) {
	for page, err := range c.api.Bills(ctx, query) {
		if err != nil {
			return false, err
		}
		if err := c.keepMalformed(ctx, sqlite.BillList, page.Malformed); err != nil {
			return false, err
		}
		for records := range slices.Chunk(page.Bills, chunk) {
			if _, err := c.db.UpsertBills(ctx, records); err != nil {
				return false, err
			}
			run.Bills += len(records)
		}
		run.BillsTotal, complete = page.Total, page.Complete
		if err := c.db.SaveRun(ctx, *run); err != nil {
			return false, err
		}
	}
	return complete, nil
}

// keepMalformed tells of records that cannot be read and keeps them. A list that
// holds some is not complete, by the API client's own count.
func (c *Cache) keepMalformed(ctx context.Context, list sqlite.RecordList, records [][]byte) error {
	if len(records) == 0 {
		return nil
	}
	c.log.WarnContext(ctx, "the API sent records that cannot be read", "list", list, "records", len(records))
	return c.db.KeepMalformed(ctx, list, records)
}

// reason is the text of a failure for admins: the API's status and code, never a
// payload.
func reason(err error) string {
	var api *billingapi.APIError
	if errors.As(err, &api) {
		return api.Error()
	}
	if errors.Is(err, context.Canceled) {
		return "the portal stopped"
	}
	return err.Error()
}
