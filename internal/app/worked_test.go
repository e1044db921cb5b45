//go:build browser

package app_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/app"
	"billportal/internal/sandbox"
)

// worked is a portal whose Billing API, identity provider and clock a test works
// by hand.
type worked struct {
	*portal
	sim   *sandbox.Sandbox
	ahead atomic.Int64 // of the tests' clock, in nanoseconds

	mu   sync.Mutex
	pdfs map[string][]byte // by the API's id of a bill
}

func (w *worked) now() time.Time { return clock().Add(time.Duration(w.ahead.Load())) }

// handWorked runs serve on a whole copy.
func handWorked(t *testing.T) *worked {
	t.Helper()
	w := &worked{pdfs: map[string][]byte{}}
	ctx, cancel := context.WithCancel(context.Background())
	sim, err := sandbox.Start(ctx, sandbox.Options{CallsPerMinute: -1, Today: dayZero, Now: w.now})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	dir, url := filled(t), "http://"+freeAddress(t)
	sim.RegisterRedirectURI(url + "/signin/callback")
	w.sim, w.portal = sim, &portal{url: url, dir: dir, log: &output{}}
	sim.API.Fail(w.answer)
	ended := make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, app.Command{
			Environ: app.DemoEnviron(sim, url, dir), Stdout: &output{}, Stderr: w.log, Version: "test", Now: w.now,
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v", err)
		}
		sim.Close()
	})
	await(t, "serve answers", func() (bool, error) {
		select {
		case err := <-ended:
			ended <- nil
			t.Fatalf("serve ended: %v\n%s", err, w.log)
		default:
		}
		return answers(url)
	})
	return w
}

// answer sends the document that was put in the place of a bill's own.
func (w *worked) answer(r *http.Request) *sandbox.Failure {
	if !strings.Contains(r.Header.Get("Accept")+r.URL.RawQuery, "pdf") {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	body, ok := w.pdfs[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
	if !ok {
		return nil
	}
	return &sandbox.Failure{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/pdf"}}, Body: body}
}

// sends makes the API send these bytes as the PDF of a bill.
func (w *worked) sends(b *sandbox.Bill, pdf []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pdfs[b.ID] = pdf
}

// find opens the page of a bill as its reader finds it.
func (w *tab) find(b *sandbox.Bill) {
	w.t.Helper()
	w.open("/bills?issued=any&q=" + b.Number)
	w.expect(rows, "1")
	w.open(w.read(`document.querySelector('#list tbody tr th a').getAttribute('href')`))
	w.expect(`document.querySelector('h1 .bill-number').textContent`, b.Number)
	w.until(`document.querySelectorAll('#bill-items tbody tr:not(.group)').length > 4`)
}

// within has a tab report to a part of the test until that part ends.
func (w *tab) within(t *testing.T) {
	whole := w.t
	w.t = t
	t.Cleanup(func() { w.t = whole })
}

// expectNoReport fails when a browser told the portal that a page broke its policy.
func (w *worked) expectNoReport(t *testing.T) {
	t.Helper()
	if log := w.log.String(); strings.Contains(log, "refused by the content security policy") {
		t.Errorf("a page broke its policy:\n%s", log)
	}
}
