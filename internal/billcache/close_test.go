package billcache_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/sandbox"
)

func TestCallsForReadersEndWithTheCache(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	reader, leave := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	w.API.Fail(func(*http.Request) *sandbox.Failure {
		leave()
		<-release
		return nil
	})
	if _, err := w.FetchItems(reader, access.ScopeAll(), b.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.Cache.Close() // would wait for the API, which never answers
	w.Cache.Close()
	if _, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func TestAPanicInACallForReadersIsAnError(t *testing.T) {
	t.Parallel()
	w := synced(t)
	err := w.Once(t.Context(), "x", func(context.Context) error { panic("a fault") })
	if err == nil || !strings.Contains(err.Error(), "a fault") {
		t.Errorf("%v", err)
	}
	must(t, w.Once(t.Context(), "x", func(context.Context) error { return nil }))
}
