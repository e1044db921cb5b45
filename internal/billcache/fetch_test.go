package billcache_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/sandbox"
)

const readers = 20

// together lets many ask for the same thing while the API holds its answer back
// until all of them wait.
func together(t *testing.T, w *world, ask func() error) {
	t.Helper()
	release := make(chan struct{})
	w.API.Fail(func(*http.Request) *sandbox.Failure {
		<-release
		return nil
	})
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			if err := ask(); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting(t.Name()) < readers {
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	w.API.Fail(nil)
}

// waiting counts the goroutines of a test that wait for a shared call.
func waiting(test string) int {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	n := 0
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		header, _, _ := strings.Cut(stack, "\n")
		if strings.Contains(header, "[select") && strings.Contains(stack, "(*Cache).once(") && strings.Contains(stack, test) {
			n++
		}
	}
	return n
}

func TestManyReadersShareOneCallForItems(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	w.API.ForgetRequests()
	together(t, w, func() error {
		items, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID)
		if len(items) == 0 {
			return errors.Join(err, errors.New("no items"))
		}
		return err
	})
	if _, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID); err != nil || w.calls() != 1 {
		t.Errorf("%d calls, %v", w.calls(), err)
	}
}

func TestManyReadersShareOneCallForADocument(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	want, err := w.World.PDF(string(b.UpstreamID))
	must(t, err)
	if _, err := w.HeldDocument(t.Context(), access.ScopeAll(), b.ID); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("%v", err)
	}
	w.API.ForgetRequests()
	read := func() error {
		d, err := w.Document(t.Context(), access.ScopeAll(), b.ID)
		if err != nil {
			return err
		}
		defer d.Close()
		content, err := io.ReadAll(d)
		if string(content) != string(want) || d.Size != int64(len(want)) {
			return errors.Join(err, errors.New("another document"))
		}
		return err
	}
	together(t, w, read)
	must(t, read())
	if n := w.calls(); n != 1 {
		t.Errorf("%d calls", n)
	}
	held, err := w.HeldDocument(t.Context(), access.ScopeAll(), b.ID)
	if err != nil || held.Size != int64(len(want)) || !held.FetchedAt.Equal(w.clock()) {
		t.Errorf("%+v, %v", held, err)
	}
}

func TestOneReaderWhoLeavesDoesNotSpoilItForTheOthers(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	ctx, leave := context.WithCancel(t.Context())
	release := make(chan struct{})
	w.API.Fail(func(*http.Request) *sandbox.Failure {
		leave()
		<-release
		return nil
	})
	if _, err := w.FetchItems(ctx, access.ScopeAll(), b.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.API.ForgetRequests()
	stays := make(chan error, 1)
	go func() {
		_, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID)
		stays <- err
	}()
	close(release)
	if err := <-stays; err != nil || w.calls() != 0 {
		t.Errorf("%d calls more, %v", w.calls(), err)
	}
}

func (w *world) files(t *testing.T) (kept []string) {
	t.Helper()
	for _, folder := range []string{"documents", "tmp"} {
		must(t, filepath.WalkDir(filepath.Join(w.dir, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				kept = append(kept, path)
			}
			return err
		}))
	}
	return kept
}

func TestWhatIsNoWholePDFIsNeitherKeptNorGiven(t *testing.T) {
	t.Parallel()
	w := synced(t)
	answer := func(status int, body string) func(*http.Request) *sandbox.Failure {
		return func(*http.Request) *sandbox.Failure {
			return &sandbox.Failure{Status: status, Header: http.Header{"Content-Type": {"application/pdf"}}, Body: []byte(body)}
		}
	}
	for _, c := range []struct {
		about string
		bill  billing.Bill
		fail  func(*http.Request) *sandbox.Failure
		want  error
	}{
		{"a PDF that ends early", w.bill(t, w.World.Stories.CutPDF), nil, billcache.ErrNoDocument},
		{"a page in place of a PDF", w.some(t), answer(200, "<html>%PDF- %%EOF"), billcache.ErrNoDocument},
		{"nothing at all", w.some(t), answer(200, ""), billcache.ErrNoDocument},
		{"no such document", w.some(t), answer(404, "{}"), billcache.ErrNoDocument},
		{"not as PDF", w.some(t), answer(406, "{}"), billcache.ErrNoDocument},
		{"a server in trouble", w.some(t), answer(503, "%PDF-1.7 %%EOF"), billcache.ErrUnavailable},
		{"a refusal", w.some(t), answer(403, "{}"), billcache.ErrUnavailable},
		{"a connection that is cut", w.some(t), func(*http.Request) *sandbox.Failure { panic(http.ErrAbortHandler) }, billcache.ErrUnavailable},
		{"a body shorter than announced", w.some(t), func(*http.Request) *sandbox.Failure {
			return &sandbox.Failure{Status: 200, Header: http.Header{"Content-Length": {"5000"}}, Body: []byte("%PDF-1.7\n%%EOF")}
		}, billcache.ErrUnavailable},
	} {
		w.API.Fail(c.fail)
		d, err := w.Document(t.Context(), access.ScopeAll(), c.bill.ID)
		if !errors.Is(err, c.want) || d != nil {
			t.Errorf("%s: %v, %v", c.about, d, err)
		}
		if files := w.files(t); len(files) != 0 {
			t.Errorf("%s leaves %v", c.about, files)
		}
		if _, err := w.HeldDocument(t.Context(), access.ScopeAll(), c.bill.ID); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("%s counts as held: %v", c.about, err)
		}
	}
}

func TestADiskThatFailsIsNotTheAPIsFault(t *testing.T) {
	t.Parallel()
	w := synced(t)
	must(t, os.RemoveAll(filepath.Join(w.dir, "tmp")))
	_, err := w.Document(t.Context(), access.ScopeAll(), w.some(t).ID)
	if err == nil || errors.Is(err, billcache.ErrUnavailable) || errors.Is(err, billcache.ErrNoDocument) || errors.Is(err, billcache.ErrBusy) {
		t.Errorf("%v", err)
	}
}

func TestADocumentThatWasLostOrDamagedIsFetchedAgain(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	for _, harm := range []func(string) error{os.Remove, func(path string) error { return os.Truncate(path, 10) }, func(string) error { return nil }} {
		d, err := w.Document(t.Context(), access.ScopeAll(), b.ID)
		must(t, err)
		must(t, d.Close())
		files := w.files(t)
		if len(files) != 1 {
			t.Fatalf("files: %v", files)
		}
		must(t, harm(files[0]))
	}
	if n := w.API.Calls("GET /bills/{billId}"); n != 3 {
		t.Errorf("%d calls", n)
	}
}

func TestOutOfScopeIsNotFoundAndCostsNoCall(t *testing.T) {
	t.Parallel()
	w := synced(t)
	stories := w.World.Stories
	b := w.some(t)
	hidden := billing.AccountNumber(stories.NotAdmitted)
	w.admit(t, "number,name,group,cost_centre,country,status\n"+string(hidden)+",,,,,admitted\n")
	var unseen billing.Bill
	for _, h := range w.bills(t, access.ScopeOf(hidden)) {
		unseen = h
	}
	w.admit(t, "number,name,group,cost_centre,country,status\n"+string(hidden)+",,,,,hidden\n")
	w.API.ForgetRequests()
	for about, c := range map[string]struct {
		scope access.Scope
		id    billing.BillID
	}{
		"nobody's scope":             {access.Scope{}, b.ID},
		"another account's scope":    {access.ScopeOf("0041 5120 07"), b.ID},
		"a bill nobody knows":        {access.ScopeAll(), "unknown"},
		"the API's key":              {access.ScopeAll(), billing.BillID(b.UpstreamID)},
		"a hidden account":           {access.ScopeAll(), unseen.ID},
		"a hidden account's own one": {access.ScopeOf(hidden), unseen.ID},
	} {
		if d, err := w.Document(t.Context(), c.scope, c.id); !errors.Is(err, billing.ErrNotFound) || d != nil {
			t.Errorf("%s: document %v, %v", about, d, err)
		}
		if items, err := w.FetchItems(t.Context(), c.scope, c.id); !errors.Is(err, billing.ErrNotFound) || items != nil {
			t.Errorf("%s: items %v, %v", about, items, err)
		}
		if _, err := w.Bill(t.Context(), c.scope, c.id); !errors.Is(err, billing.ErrNotFound) {
			t.Errorf("%s: bill, %v", about, err)
		}
	}
	if requests := w.API.Requests(); len(requests) != 0 {
		t.Errorf("%d requests", len(requests))
	}
}

func TestWithoutBudgetReadersAreToldSoAtOnce(t *testing.T) {
	t.Parallel()
	w := synced(t)
	b := w.some(t)
	w.api.SetThreshold(1, 1_000_000)
	w.API.ForgetRequests()
	if _, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID); !errors.Is(err, billcache.ErrBusy) {
		t.Errorf("items: %v", err)
	}
	if _, err := w.Document(t.Context(), access.ScopeAll(), b.ID); !errors.Is(err, billcache.ErrBusy) {
		t.Errorf("document: %v", err)
	}
	if requests := w.API.Requests(); len(requests) != 0 {
		t.Errorf("%d requests", len(requests))
	}
	w.api.SetThreshold(1_000_000, 1_000_000)
	w.API.Fail(func(*http.Request) *sandbox.Failure {
		return sandbox.GatewayFailure(403, 53, "Too many requests", "Quota")
	})
	if _, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID); !errors.Is(err, billcache.ErrBusy) {
		t.Errorf("a limit of the API's: %v", err)
	}
	w.API.Fail(nil)
	if items, err := w.FetchItems(t.Context(), access.ScopeAll(), b.ID); err != nil || len(items) == 0 {
		t.Errorf("later: %d items, %v", len(items), err)
	}
}
