package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// testDay is the last day of the world that the tests look at.
var testDay = time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC)

// start runs a sandbox for one test.
func start(t *testing.T, options sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	if options.Today.IsZero() {
		options.Today = testDay
	}
	s, err := sandbox.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "localhost:0", "example.com:80"} {
		for _, options := range []sandbox.Options{{BillingAddr: addr}, {IdentityAddr: addr}} {
			s, err := sandbox.Start(t.Context(), options)
			if !errors.Is(err, sandbox.ErrNotLoopback) {
				t.Errorf("%+v: %v, want ErrNotLoopback", options, err)
			}
			if s != nil {
				s.Close()
			}
		}
	}
	s := start(t, sandbox.Options{BillingAddr: "127.0.0.2:0"})
	if !strings.HasPrefix(s.BillingURL, "http://127.0.0.2:") || !strings.HasSuffix(s.BillingURL, "/billing/b2b/v1") {
		t.Errorf("billing URL is %s", s.BillingURL)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := sandbox.Start(ctx, sandbox.Options{Today: testDay})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	s.Close()
	s.Close()
	response, err := http.Get(s.Issuer + "/.well-known/openid-configuration")
	if err == nil {
		_ = response.Body.Close()
		t.Error("the identity provider still answers")
	}
}
