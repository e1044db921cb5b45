package billcache_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/sandbox"
)

func TestLinkTellsHowTheCopyStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.Link(t.Context())
	if err != nil || link.FirstSyncDone() || link.Syncing || link.BillsTotal != -1 || link.Failure != "" || !link.NextSync.IsZero() {
		t.Errorf("before: %+v, %v", link, err)
	}
	during := make(chan billcache.Link, 100)
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/bills") {
			if l, err := w.Link(context.Background()); err == nil {
				during <- l
			}
		}
		return itemsFail(r)
	})
	_ = w.Sync(t.Context()) // for want of items
	if l := <-during; !l.Syncing || l.FirstSyncDone() || l.Accounts != len(w.World.Accounts()) {
		t.Errorf("during: %+v", l)
	}
	link, err = w.Link(t.Context())
	if err != nil || link.Syncing || !link.Sound || !link.AsOf.Equal(w.clock()) || link.BillsTotal != len(w.World.Bills()) {
		t.Errorf("after: %+v, %v", link, err)
	}
	asOf := link.AsOf
	w.wait(time.Hour)
	w.API.RevokeAPIKey(true)
	if err := w.Sync(t.Context()); !errors.Is(err, billingapi.ErrDenied) {
		t.Errorf("%v", err)
	}
	link, err = w.Link(t.Context())
	if err != nil || link.Failure == "" || !link.AsOf.Equal(asOf) || !link.FirstSyncDone() || strings.Contains(link.Failure, w.APIKey) {
		t.Errorf("after a failure: %+v, %v", link, err)
	}
}
