package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// direct is a sandbox without a network and a client for it, on one clock that
// sleeping moves.
func direct(t *testing.T, options sandbox.Options) (*sandbox.Sandbox, *http.Client, *clock) {
	t.Helper()
	now := newClock()
	options.Today, options.Now = testDay, now.Now
	options.Sleep = func(ctx context.Context, d time.Duration) error { now.advance(d); return ctx.Err() }
	s, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, &http.Client{Transport: s.RoundTripper()}, now
}

// ask sends one request and reads its answer.
func ask(t *testing.T, client *http.Client, request *http.Request) (reply, error) {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(body)}, errors.Join(err, response.Body.Close())
}

func directToken(t *testing.T, s *sandbox.Sandbox) *http.Request {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(s.ClientID, s.ClientSecret)
	return request
}

func directGet(ctx context.Context, t *testing.T, s *sandbox.Sandbox, token, path string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.BillingURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-API-Key", s.APIKey)
	return request
}

func tokenOf(t *testing.T, s *sandbox.Sandbox, client *http.Client) string {
	t.Helper()
	r, err := ask(t, client, directToken(t, s))
	_, rest, _ := strings.Cut(r.body, `"access_token":"`)
	token, _, ok := strings.Cut(rest, `"`)
	if err != nil || !ok {
		t.Fatalf("%d %s %v", r.status, r.body, err)
	}
	return token
}

func TestDirectCallsAreLikeOnesOverAWire(t *testing.T) {
	t.Parallel()
	s, client, now := direct(t, sandbox.Options{})
	token := tokenOf(t, s, client)
	r, err := ask(t, client, directGet(t.Context(), t, s, token, "/bills?limit=3"))
	if err != nil || r.status != http.StatusOK || len(r.ids(t)) != 3 || r.header.Get("Date") != now.Now().Format(http.TimeFormat) {
		t.Fatalf("%d %s %v", r.status, r.body, err)
	}
	for _, test := range []struct {
		fault string
		want  error
	}{
		{"api:drop", sandbox.ErrDropped}, {"api:reset", sandbox.ErrDropped},
		{"api:cut-length", io.ErrUnexpectedEOF}, {"api:cut-chunked", io.ErrUnexpectedEOF}, {"api:length-long", io.ErrUnexpectedEOF},
		{"api:cut-no-length", nil}, {"api:cut-short-length", nil}, {"api:length-short", nil}, {"api:close-after", nil},
	} {
		if _, err := s.API.Arm(test.fault); err != nil {
			t.Fatal(err)
		}
		got, err := ask(t, client, directGet(t.Context(), t, s, token, "/bills?limit=3"))
		if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) || test.want == nil && test.fault != "api:close-after" && len(got.body) != len(r.body)*6/10 {
			t.Errorf("%s: %d bytes of %d, %v", test.fault, len(got.body), len(r.body), err)
		}
		s.API.DisarmAll()
	}
}

func TestDirectCallsWaitByTheInjectedClock(t *testing.T) {
	t.Parallel()
	s, client, now := direct(t, sandbox.Options{TokenLifetime: 1000 * time.Hour})
	token := tokenOf(t, s, client)
	began := now.Now()
	if _, err := s.API.Arm("version:latency,arg=90s", "version:drip,arg=1m"); err != nil {
		t.Fatal(err)
	}
	r, err := ask(t, client, directGet(t.Context(), t, s, token, "/version"))
	want := 90*time.Second + time.Duration(len(r.body)-1)*time.Minute
	if took := now.Now().Sub(began); err != nil || r.body != `{"version":"2.4.0"}` || took != want {
		t.Errorf("%s after %s, %v", r.body, took, err)
	}
	s.API.DisarmAll()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.API.Arm("version:hang"); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := ask(t, client, directGet(ctx, t, s, token, "/version")); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that hangs ended with %v", err)
	}
}

// TestTenMinuteStormTakesNoTime sends ten calls a second for ten minutes, from
// many goroutines, and finds every one of them counted by every clock.
func TestTenMinuteStormTakesNoTime(t *testing.T) {
	t.Parallel()
	s, client, now := direct(t, sandbox.Options{CallsPerMinute: 60, TokenLifetime: time.Hour, StrictLimits: true})
	token := tokenOf(t, s, client)
	refusals := 0
	var mu sync.Mutex
	for range 600 {
		var wave sync.WaitGroup
		for range 10 {
			wave.Go(func() {
				r, err := ask(t, client, directGet(t.Context(), t, s, token, "/version"))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if r.status == http.StatusForbidden && r.code() == 53 {
					refusals++
				}
			})
		}
		wave.Wait()
		now.advance(time.Second)
	}
	worst := s.API.Worst()
	if s.API.AllCalls() != 6001 || worst.PerMinute() != 601 || worst.PerSecond() != 11 || worst.Month.Calls != 6001 {
		t.Errorf("%d calls, at worst %+v", s.API.AllCalls(), worst)
	}
	if refusals != 6000-59 { // a strict limit counts what it refused, so that a storm never ends it
		t.Errorf("%d were refused", refusals)
	}
}
