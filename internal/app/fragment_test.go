//go:build browser

package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// TestExpiredSessionLeadsFromAPartToTheSignInPage_H9 lets a session end while a
// list is open, and then filters it.
func TestExpiredSessionLeadsFromAPartToTheSignInPage_H9(t *testing.T) {
	p := handWorked(t)
	w := startChromium(t).window(t, p.portal, true)
	w.signIn(sandbox.SubjectEmployee)
	w.open("/bills")
	w.click(`details.filters summary`)
	p.ahead.Add(int64(31 * time.Minute))
	// The answer to the part is 401, which the browser notes.
	w.refused = append(w.refused, "")
	w.choose(`#f-kind`, "credit_note")
	w.until(`location.pathname === '/signin' && document.readyState === 'complete'`)
	w.expect(`document.querySelectorAll('html, body, main h1, main a[href^="/signin/start"], header nav a, #list').length`, "4")
	w.expect(`document.querySelector('main a[href^="/signin/start"]').getAttribute('href').includes('%2Fbills')`, "true")
}

// TestFailedPartsAreSeenAndHeard_H10 answers a part of the list with every kind of
// failure, the portal's own and a proxy's.
func TestFailedPartsAreSeenAndHeard_H10(t *testing.T) {
	p := handWorked(t)
	w := startChromium(t).window(t, p.portal, true)
	w.signIn(sandbox.SubjectEmployee)
	w.refused = append(w.refused, "")
	own := p.toast(t)
	var answer atomic.Pointer[fetch.FulfillRequestParams]
	w.intercept(&answer)
	for _, failure := range []struct {
		status int64 // 0 cuts the connection
		body   string
	}{
		{400, own}, {403, own}, {404, own}, {429, "slow down"}, {500, own}, {502, "<html><h1>nginx</h1></html>"}, {503, own}, {504, ""}, {0, ""},
	} {
		t.Run(fmt.Sprintf("%d with %d bytes", failure.status, len(failure.body)), func(t *testing.T) {
			w.within(t)
			w.open("/bills")
			before := w.read(firstRow)
			answer.Store(&fetch.FulfillRequestParams{ResponseCode: failure.status, Body: []byte(failure.body)})
			defer answer.Store(nil)
			w.click(`details.filters summary`)
			w.choose(`#f-kind`, "credit_note")
			w.until(`document.querySelector('#notices p') !== null`)
			text := w.read(`document.querySelector('#notices p').innerText.trim()`)
			w.expect(`(r => r.width > 50 && r.height > 10 && r.top >= 0 && r.bottom <= innerHeight)(document.querySelector('#notices p').getBoundingClientRect())`, "true")
			if len(text) < 10 || strings.Contains(text, "nginx") {
				t.Errorf("the message is %q", text)
			}
			w.expect(firstRow, before)
			await(t, "the message is in the accessibility tree", func() (bool, error) { return w.hears(text) })
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complains = nil // htmx reports what failed to the console
}

// toast is the portal's own answer to a part that fails.
func (w *worked) toast(t *testing.T) string {
	t.Helper()
	v := signedIn(t, w.portal, sandbox.SubjectAccountant)
	r := v.request(http.MethodGet, "/bills/nothing/items", nil)
	r.Header.Set("HX-Request", "true")
	a := v.do(r)
	if !strings.HasPrefix(string(a.body), `<div class="toast"`) {
		t.Fatalf("a part that fails is answered with %s", a.body)
	}
	return string(a.body)
}

// intercept gives what is asked of the list an answer of the test's, while there is
// one; one without a status cuts the connection.
func (w *tab) intercept(answer *atomic.Pointer[fetch.FulfillRequestParams]) {
	w.t.Helper()
	reply := func(id fetch.RequestID) error {
		given := answer.Load()
		switch {
		case given == nil:
			return call(w.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id})
		case given.ResponseCode == 0:
			return call(w.ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: id, ErrorReason: network.ErrorReasonConnectionReset})
		}
		fulfilled := *given
		fulfilled.RequestID = id
		return call(w.ctx, fetch.FulfillRequest, fulfilled)
	}
	if err := chromedp.Listen(w.ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			go func() { _ = reply(e.RequestID) }() // a request that gets no answer fails the test
		}
	}); err != nil {
		w.t.Fatal(err)
	}
	if err := call(w.ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: w.portal.url + "/bills?*"}}}); err != nil {
		w.t.Fatal(err)
	}
}

// hears reports whether assistive technology is told a text.
func (w *tab) hears(text string) (bool, error) {
	tree, err := chromedp.Call(w.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		return false, err
	}
	var said []string
	for _, node := range tree.Nodes {
		if node.Ignored || node.Name == nil {
			continue
		}
		said = append(said, strings.Trim(string(node.Name.Value), `"`))
	}
	heard := strings.Join(strings.Fields(strings.Join(said, " ")), " ")
	for _, word := range strings.Fields(text) {
		if !strings.Contains(heard, word) {
			return false, fmt.Errorf("%q is not in %q", word, heard)
		}
	}
	return true, nil
}
