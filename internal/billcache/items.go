package billcache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sqlite"
)

// Items lists the items that the copy holds of a bill in scope, in the order of
// the bill. Bill.Items tells whether they are all there.
func (c *Cache) Items(ctx context.Context, scope access.Scope, id billing.BillID) ([]billing.Item, error) {
	return c.db.Items(ctx, scope, id)
}

// FetchItems asks the API for the items of a bill in scope unless the copy holds
// them, keeps them, and lists them. People who ask for the same bill at once
// share one call. Besides billing.ErrNotFound it returns ErrBusy and
// ErrUnavailable.
func (c *Cache) FetchItems(ctx context.Context, scope access.Scope, id billing.BillID) ([]billing.Item, error) {
	b, err := c.db.Bill(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	if b.Items != billing.ItemsHeld {
		fetch := func(ctx context.Context) error {
			// Somebody else's fetch may have ended since the bill was read.
			now, err := c.db.Bill(ctx, scope, id)
			if err != nil || now.Items == billing.ItemsHeld {
				return err
			}
			return c.fetchItems(ctx, now)
		}
		if err := c.once(ctx, "items "+string(id), fetch); err != nil {
			return nil, err
		}
	}
	return c.db.Items(ctx, scope, id)
}

// fetchItems brings the items of one bill into the copy. A list that the API
// itself calls incomplete is not kept.
func (c *Cache) fetchItems(ctx context.Context, b billing.Bill) error {
	list, err := c.api.Items(ctx, b.UpstreamID, b.Currency)
	if err != nil {
		return upstream(err)
	}
	if err := c.keepMalformed(ctx, sqlite.ItemList, list.Malformed); err != nil {
		return err
	}
	if !list.Complete {
		return errors.Join(ErrUnavailable, errIncomplete)
	}
	billing.TurnCreditNote(&b, list.Items)
	return c.db.SetItems(ctx, b, list.Items, list.Raw)
}

// pauses are how long a bill waits whose items cannot be had, the longer the more
// often it was tried: such bills must not use up the budget of every sync.
var pauses = []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour}

// syncItems fetches the items that the copy lacks, newest bill first, until the next
// sync is due or asked for, and leaves the rest to that one: items may take hours,
// and new bills do not wait for them. A bill whose items cannot be had is passed
// over for a while; when bill after bill fails the rest waits as well.
func (c *Cache) syncItems(ctx context.Context, next time.Time) error {
	var after billing.Cursor
	var failures failures
	for {
		bills, err := c.db.BillsWithoutItems(ctx, after, chunk)
		if err != nil || len(bills) == 0 {
			return err
		}
		for _, b := range bills {
			if over, err := c.itemsOver(ctx, next); over || err != nil {
				return err
			}
			after = billing.Cursor{IssuedOn: b.IssuedOn, ID: b.ID}
			err := c.fetchItems(ctx, b)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				c.log.WarnContext(ctx, "items not fetched", "bill", b.ID, "error", err)
			}
			if err := errors.Join(c.postpone(ctx, b, err), failures.add(err)); err != nil {
				return err
			}
		}
	}
}

// itemsOver reports whether it is time for the next sync.
func (c *Cache) itemsOver(ctx context.Context, next time.Time) (bool, error) {
	if !c.now().Before(next) {
		return true, nil
	}
	return c.db.SyncRequested(ctx)
}

// postpone remembers a bill whose items could not be had. For want of budget or of
// the bill itself there is nothing to remember.
func (c *Cache) postpone(ctx context.Context, b billing.Bill, failure error) error {
	if failure == nil || errors.Is(failure, ErrBusy) || errors.Is(failure, billing.ErrNotFound) {
		return nil
	}
	return c.db.PostponeItems(ctx, b.ID, pauses...)
}

// failures counts the bills in a row whose items could not be had: those that speak
// for an API that is down, and all.
type failures struct{ down, all int }

// maxDown and maxFailures are how many bills in a row may fail before the sync gives
// the API a rest: because it does not answer as usual, and for any reason.
const (
	maxDown     = 5
	maxFailures = 25
)

// add counts the outcome of one bill; the error says that it is time to rest.
func (f *failures) add(err error) error {
	switch {
	case err == nil:
		*f = failures{}
		return nil
	case ofThisBill(err):
		f.down = 0
	default:
		f.down++
	}
	if f.all++; f.down >= maxDown || f.all >= maxFailures {
		return fmt.Errorf("%d bills in a row without items: %w", f.all, err)
	}
	return nil
}

// ofThisBill reports whether a failure is about one bill's items while the API
// answers as usual.
func ofThisBill(err error) bool {
	return errors.Is(err, errIncomplete) || errors.Is(err, billingapi.ErrNotFound) || errors.Is(err, billingapi.ErrMalformed)
}
