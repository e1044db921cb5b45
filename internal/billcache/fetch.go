package billcache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"billportal/internal/billingapi"
)

// fetching is what runs for readers and goes on when they leave, so that it can be
// ended.
type fetching struct {
	open context.Context // ends with the cache
	end  context.CancelFunc

	mu    sync.Mutex // held between looking whether it is open and counting a call
	calls sync.WaitGroup
}

func newFetching() *fetching {
	f := &fetching{}
	f.open, f.end = context.WithCancel(context.Background())
	return f
}

// begin makes a context for one call, which ends with done or with the cache. There
// are none once the cache is closed.
func (f *fetching) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open.Err(); err != nil {
		return nil, nil, err
	}
	f.calls.Add(1)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	detach := context.AfterFunc(f.open, cancel)
	return ctx, func() {
		detach()
		cancel()
		f.calls.Done()
	}, nil
}

// Close breaks off the calls that run for readers and waits until they have ended.
// There are no new ones from then on.
func (c *Cache) Close() {
	c.running.mu.Lock()
	c.running.end()
	c.running.mu.Unlock()
	c.running.calls.Wait()
}

// once runs fetch for all who ask for the same key at the same time. It does not
// end with the first of them: somebody who closes the page must not spoil it for
// the others. It ends with the cache.
func (c *Cache) once(ctx context.Context, key string, fetch func(context.Context) error) error {
	done := c.fetches.DoChan(key, func() (_ any, err error) {
		fetchCtx, ended, err := c.running.begin(ctx)
		if err != nil {
			return nil, err
		}
		defer ended()
		defer func() {
			if fault := recover(); fault != nil {
				err = fmt.Errorf("billcache: fetching %s: panic: %v\n%s", key, fault, debug.Stack())
			}
		}()
		return nil, fetch(billingapi.WithClass(fetchCtx, billingapi.Interactive))
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
