package billcache

import (
	"context"
	"errors"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
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
		if err := c.once(ctx, "items "+string(id), func(ctx context.Context) error { return c.fetchItems(ctx, b) }); err != nil {
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
	if !list.Complete {
		return errors.Join(ErrUnavailable, errIncomplete)
	}
	billing.TurnCreditNote(&b, list.Items)
	return c.db.SetItems(ctx, b, list.Items, list.Raw)
}

// once runs fetch for all who ask for the same key at the same time. It does not
// end with the first of them: somebody who closes the page must not spoil it for
// the others.
func (c *Cache) once(ctx context.Context, key string, fetch func(context.Context) error) error {
	done := c.fetches.DoChan(key, func() (any, error) {
		fetchCtx := billingapi.WithClass(context.WithoutCancel(ctx), billingapi.Interactive)
		return nil, fetch(fetchCtx)
	})
	select {
	case result := <-done:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Errors of fetching what the copy does not hold.
var (
	// ErrBusy says that the budget had no call free in time; asking again later
	// helps.
	ErrBusy = errors.New("billcache: the budget of calls is used up for the moment")
	// ErrUnavailable says that the API did not answer as it should.
	ErrUnavailable = errors.New("billcache: the Billing API does not answer as it should")
	// ErrNoDocument says that the API has no readable PDF of the bill.
	ErrNoDocument = errors.New("billcache: no readable document")
)

// errIncomplete says that the API's own counts of a bill's items disagree.
var errIncomplete = errors.New("billcache: the list of items is incomplete")

// upstream joins an error of the API with the sentinel that readers act on.
func upstream(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, billingapi.ErrBusy), errors.Is(err, billingapi.ErrLimited):
		return errors.Join(ErrBusy, err)
	case errors.Is(err, context.Canceled):
		return err
	}
	return errors.Join(ErrUnavailable, err)
}
