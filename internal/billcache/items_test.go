package billcache_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/sandbox"
)

func TestItemsThatCannotBeHadDoNotHoldUpTheRest(t *testing.T) {
	t.Parallel()
	w := synced(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if !strings.HasSuffix(r.URL.Path, "/items") {
			return nil
		}
		switch n := asked.Add(1); {
		case n <= 20:
			return sandbox.GatewayFailure(404, 60, "Resource not found", "")
		case n > 30:
			cancel()
		}
		return nil
	})
	if err := w.Sync(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	missing := len(w.bills(t, access.ScopeAll())) - 10
	if got := w.withoutItems(t); got != missing {
		t.Errorf("items of %d bills are missing, want %d", got, missing)
	}
	w.API.ForgetRequests()
	w.syncSome(t, 5)
	if got := w.withoutItems(t); got != missing-5 || w.API.Calls("GET /bills/{billId}/items") > 6 {
		t.Errorf("bills that failed are tried again at once: items of %d bills are missing, want %d", got, missing-5)
	}
}

func TestWhateverFailsBillAfterBillIsLeftInPeace(t *testing.T) {
	t.Parallel()
	w := synced(t)
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/items") {
			return sandbox.GatewayFailure(404, 60, "Resource not found", "")
		}
		return nil
	})
	if err := w.Sync(t.Context()); !errors.Is(err, billingapi.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if n := w.API.Calls("GET /bills/{billId}/items"); n != 25 {
		t.Errorf("%d calls for items in vain", n)
	}
}

func TestItemsDoNotHoldUpTheNextSync(t *testing.T) {
	t.Parallel()
	for about, next := range map[string]func(*testing.T, *world){
		"it is due": func(_ *testing.T, w *world) { w.wait(w.SyncEvery()) },
		"it is asked for": func(t *testing.T, w *world) {
			_, err := w.db.RequestSync(t.Context())
			must(t, err)
		},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			w := synced(t)
			var asked atomic.Int32
			w.API.Fail(func(r *http.Request) *sandbox.Failure {
				if strings.HasSuffix(r.URL.Path, "/items") && asked.Add(1) == 3 {
					next(t, w)
				}
				return nil
			})
			missing := w.withoutItems(t)
			if err := w.Sync(t.Context()); err != nil || asked.Load() != 3 || w.withoutItems(t) != missing-3 {
				t.Errorf("%v; %d bills asked for, items of %d bills of %d are missing", err, asked.Load(), w.withoutItems(t), missing)
			}
			w.syncSome(t, 2)
			if got := w.withoutItems(t); got != missing-5 {
				t.Errorf("the next sync does not go on: items of %d bills of %d are missing", got, missing)
			}
		})
	}
}

func TestAnAPIThatIsDownIsLeftInPeace(t *testing.T) {
	t.Parallel()
	w := synced(t)
	w.API.Fail(itemsFail)
	if err := w.Sync(t.Context()); !errors.Is(err, billcache.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	if n := w.API.Calls("GET /bills/{billId}/items"); n > 10 {
		t.Errorf("%d calls for items in vain", n)
	}
}
