// Package app_test drives the portal as people and programs do: through the same
// functions as the command line, the real router, sign-in, client and database.
// The simulated Billing API and identity provider are the only doubles.
package app_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// dayZero is the day on which the tests take place; the worlds end on it.
var (
	dayZero = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	began   = time.Now()
)

// clock runs from dayZero on, as fast as the real one.
func clock() time.Time { return dayZero.Add(time.Since(began)) }

// world is the truth behind every portal of these tests.
var world = sandbox.NewWorld(0, dayZero)

// root holds every folder of the tests. Portals point TMPDIR into their own
// data, so folders made by t.TempDir could end up in one that goes away.
var root string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) (code int) {
	var err error
	if root, err = os.MkdirTemp("", "billportal-app-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := errors.Join(stopShared(), os.RemoveAll(root)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	return m.Run()
}

// folder is a new folder that goes with the tests.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(root, "data-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// patience is how long a condition may take to come true; only a fault or a very
// slow machine needs that long.
const patience = 2 * time.Minute

// await waits until a condition holds.
func await(t testing.TB, what string, holds func() (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var err error
	for {
		var ok bool
		if ok, err = holds(); ok {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain until %s: %v", patience, what, err)
		case <-tick.C:
		}
	}
}
