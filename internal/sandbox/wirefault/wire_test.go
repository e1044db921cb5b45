package wirefault_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"billportal/internal/sandbox/wirefault"
)

const bodySize = 64 << 10

// get fetches 64 KiB through a wire over a connection of its own and says how
// much came, how long that took, and how it ended.
func get(t *testing.T, url string, patience time.Duration) (size int, took time.Duration, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return 0, time.Since(began), err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return len(body), time.Since(began), err
}

func wire(t *testing.T) (*wirefault.Wire, string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", bodySize)) // the client may have gone
	}))
	t.Cleanup(server.Close)
	wired := wirefault.New(t, server.URL+"/path")
	through := wired.URL(server.URL + "/path")
	return wired, through
}

func TestEveryWireFaultIsFelt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arm      func(w *wirefault.Wire)
		patience time.Duration
		felt     func(size int, took time.Duration, err error) bool
	}{
		"nothing": {func(*wirefault.Wire) {}, 20 * time.Second, func(size int, _ time.Duration, err error) bool { return err == nil && size == bodySize }},
		"latency": {func(w *wirefault.Wire) { w.Latency(150*time.Millisecond, 0) }, 20 * time.Second, func(size int, took time.Duration, err error) bool {
			return err == nil && size == bodySize && took >= 150*time.Millisecond
		}},
		"bandwidth": {func(w *wirefault.Wire) { w.Bandwidth(256) }, 20 * time.Second, func(size int, took time.Duration, err error) bool {
			return err == nil && size == bodySize && took >= 150*time.Millisecond
		}},
		"slices": {func(w *wirefault.Wire) { w.Slice(4<<10, 20*time.Millisecond) }, 20 * time.Second, func(size int, took time.Duration, err error) bool {
			return err == nil && size == bodySize && took >= 150*time.Millisecond
		}},
		"a limit": {func(w *wirefault.Wire) { w.Limit(20_000) }, 20 * time.Second, func(size int, _ time.Duration, err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && size < 20_000
		}},
		"a reset": {func(w *wirefault.Wire) { w.Reset(0) }, 20 * time.Second, func(_ int, _ time.Duration, err error) bool {
			return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
		}},
		"requests swallowed": {func(w *wirefault.Wire) { w.Swallow(0) }, 200 * time.Millisecond, func(size int, _ time.Duration, err error) bool {
			return errors.Is(err, context.DeadlineExceeded) && size == 0
		}},
		"answers swallowed": {func(w *wirefault.Wire) { w.Silence(100 * time.Millisecond) }, 20 * time.Second, func(_ int, _ time.Duration, err error) bool {
			return err != nil && !errors.Is(err, context.DeadlineExceeded)
		}},
		"a slow end": {func(w *wirefault.Wire) { w.SlowClose(50 * time.Millisecond) }, 20 * time.Second, func(size int, _ time.Duration, err error) bool { return err == nil && size == bodySize }},
		"refused":    {(*wirefault.Wire).Down, 20 * time.Second, func(_ int, _ time.Duration, err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, url := wire(t)
			c.arm(w)
			if size, took, err := get(t, url, c.patience); !c.felt(size, took, err) {
				t.Errorf("%d bytes after %s, %v", size, took, err)
			}
			if name == "refused" {
				w.Up()
			}
			w.Clear()
			if size, _, err := get(t, url, 20*time.Second); err != nil || size != bodySize {
				t.Errorf("afterwards: %d bytes, %v", size, err)
			}
		})
	}
}

func TestBlackholeAnswersNoSYN(t *testing.T) {
	t.Parallel()
	hole := wirefault.Blackhole(t)
	if _, err := net.DialTimeout("tcp", hole, 100*time.Millisecond); !os.IsTimeout(err) {
		t.Errorf("a connect ended with %v", err)
	}
}
