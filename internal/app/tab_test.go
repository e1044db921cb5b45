//go:build browser

package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is a running browser.
type chromium struct{ ctx context.Context }

// startChromium starts the browser of a test and opens nothing.
func startChromium(t *testing.T) chromium {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		// A page that comes back whole from the browser's memory is one that chromedp has let go of.
		chromedp.Flag("disable-features", "Translate,BackForwardCache"),
		chromedp.UserDataDir(folder(t)),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return chromium{ctx}
}

// tab is a window of somebody's own, with cookies of its own. It notes whatever
// the pages complain of and wherever they ask.
type tab struct {
	t       *testing.T
	ctx     context.Context
	portal  *portal
	scripts bool

	mu        sync.Mutex
	complains []string
	asked     []string
	documents []*network.Response
	refused   []string // addresses that are expected to be refused
}

// window opens a tab, with or without scripts.
func (c chromium) window(t *testing.T, p *portal, scripts bool) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	w := &tab{t: t, ctx: ctx, portal: p, scripts: scripts}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, w.note); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		call(ctx, network.Enable, network.EnableParams{}), call(ctx, log.Enable, cdp.Empty{}),
		call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(w.wasQuiet)
	return w
}

// note keeps what the test asks about later.
func (w *tab) note(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.asked = append(w.asked, e.Request.URL)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			w.documents = append(w.documents, e.Response)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelInfo && e.Entry.Level != log.EntryLevelVerbose && !slices.ContainsFunc(w.refused, func(path string) bool { return strings.HasSuffix(e.Entry.URL, path) }) {
			w.complains = append(w.complains, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		w.complains = append(w.complains, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		w.complains = append(w.complains, fmt.Sprintf("console %s: %v", e.Type, e.Args))
	}
}

// wasQuiet fails the test when a page complained, broke its policy, or asked
// anybody but the portal and the identity provider.
func (w *tab) wasQuiet() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.complains {
		w.t.Errorf("the browser says: %s", c)
	}
	origins := map[string]bool{}
	for _, address := range w.asked {
		scheme, rest, _ := strings.Cut(address, "://")
		host, _, _ := strings.Cut(rest, "/")
		if scheme == "http" || scheme == "https" {
			origins[scheme+"://"+host] = true
		}
	}
	delete(origins, w.portal.url)
	if len(origins) > 1 {
		w.t.Errorf("pages asked %v besides the portal; the identity provider alone may be", origins)
	}
	for origin := range origins {
		if !strings.HasPrefix(origin, "http://127.0.0.1:") {
			w.t.Errorf("a page asked %s", origin)
		}
	}
}

// step is how long one step of a person may take.
const step = 20 * time.Second

func (w *tab) do(what string, action chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, step)
	defer cancel()
	if err := chromedp.Do(ctx, action); err != nil {
		w.t.Fatalf("%s: %v\nat %s: %s", what, err, w.read(`location.href`), w.read(`document.body.innerText`))
	}
}

// open types an address.
func (w *tab) open(path string) {
	w.t.Helper()
	w.do("open "+path, chromedp.Navigate(w.portal.url+path))
}

// follow clicks on what leads to another page, and waits for that.
func (w *tab) follow(selector string) {
	w.t.Helper()
	w.do("follow "+selector, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
		return chromedp.Void{}, err
	})
}

func (w *tab) click(selector string) {
	w.t.Helper()
	w.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// fill replaces the text of a control by typing.
func (w *tab) fill(selector, text string) {
	w.t.Helper()
	w.do("clear "+selector, chromedp.Clear(chromedp.CSS(selector), chromedp.NodeVisible))
	w.do("type into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// choose picks an option as the keyboard does, by typing what it says.
func (w *tab) choose(selector, value string) {
	w.t.Helper()
	option := selector + ` option[value="` + value + `"]`
	w.until(`document.querySelector('` + option + `') !== null`)
	w.do("choose "+value, chromedp.SendKeys(chromedp.CSS(selector), w.read(`document.querySelector('`+option+`').text`), chromedp.NodeVisible))
	w.until(`document.querySelector('` + selector + `').value === '` + value + `'`)
}

// read evaluates an expression to text.
func (w *tab) read(expression string) string {
	ctx, cancel := context.WithTimeout(w.ctx, step)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`String(`+expression+`)`))
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return text
}

// until waits until an expression holds.
func (w *tab) until(expression string) {
	w.t.Helper()
	deadline := time.Now().Add(step)
	for w.read(expression) != "true" {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain for %s\nat %s: %.1500s", expression, w.read(`location.href`), w.read(`document.body.innerText`))
		}
	}
}

// expect fails unless an expression reads as wanted.
func (w *tab) expect(expression, want string) {
	w.t.Helper()
	if got := w.read(expression); got != want {
		w.t.Errorf("at %s %s is %q instead of %q", w.read(`location.href`), expression, got, want)
	}
}

// signIn goes to the portal and picks a persona at the provider.
func (w *tab) signIn(subject string) {
	w.t.Helper()
	w.open("/")
	w.expect(`location.pathname`, "/signin")
	w.follow(`main a[href^="/signin/start"]`)
	w.follow(`.people a[data-subject="` + subject + `"]`)
	w.until(`location.origin === '` + w.portal.url + `' && location.pathname === '/'`)
}

func (w *tab) signOut() {
	w.t.Helper()
	w.click(`header details summary`)
	w.follow(`header form[action="/signout"] button`)
	w.open("/bills")
	w.expect(`location.pathname`, "/signin")
}

// call runs one command of the protocol.
func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}
