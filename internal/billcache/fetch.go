package billcache

import (
	"context"
	"errors"

	"billportal/internal/billingapi"
)

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
