package billcache_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
)

// TestSyncBringsTheWholeWorld compares every text of every bill with what the
// simulator knows, and of the newest bills' items.
func TestSyncBringsTheWholeWorld(t *testing.T) {
	t.Parallel()
	const some = 100
	w := synced(t)
	w.syncSome(t, some)
	stories := w.World.Stories
	got := w.bills(t, access.ScopeAll())
	want, items := 0, 0
	for _, b := range w.World.Bills() {
		if b.AccountNumber == stories.NotAdmitted || b.ID == stories.Unlisted.ID {
			if _, ok := got[b.ID]; ok {
				t.Errorf("bill %s of account %s can be seen", b.ID, b.AccountNumber)
			}
			continue
		}
		want++
		sameBill(t, got[b.ID], b)
		if items < some {
			sameItems(t, w, got[b.ID], b)
			items++
		}
	}
	link, err := w.Link(t.Context())
	if err != nil || len(got) != want || w.withoutItems(t) != want-some || link.Accounts != len(w.World.Accounts()) {
		t.Errorf("%d bills, want %d; %+v, %v", len(got), want, link, err)
	}
}

func sameBill(t *testing.T, b billing.Bill, want *sandbox.Bill) {
	t.Helper()
	for _, pair := range [][2]string{
		{string(b.Number), want.Number}, {string(b.Account), want.AccountNumber}, {string(b.AccountUpstreamID), want.AccountID},
		{b.Type, want.Type}, {b.State, want.State}, {b.IssuedOn.String(), want.IssuedAt}, {b.DueOn.String(), want.DueAt},
		{b.Period.First.String(), want.PeriodStart}, {b.Period.Last.String(), want.PeriodEnd}, {b.Currency, want.Currency},
		{b.Net.Number(), want.Net}, {b.Tax.Number(), want.Tax}, {b.Gross.Number(), want.Gross}, {b.Due.Number(), want.AmountDue},
		{b.Gross.Currency(), want.Currency}, {b.PurchaseOrder, want.PurchaseOrder}, {b.SendingFormat, want.SendingFormat},
		{string(b.Original.UpstreamID), want.OriginalID}, {string(b.Original.Number), want.OriginalNumber},
		{b.UpdatedAt.Format(time.RFC3339), want.UpdatedAt},
	} {
		if pair[0] != pair[1] {
			t.Errorf("bill %s: got %q, want %q", want.ID, pair[0], pair[1])
		}
	}
}

func sameItems(t *testing.T, w *world, b billing.Bill, want *sandbox.Bill) {
	t.Helper()
	items, err := w.Items(t.Context(), access.ScopeAll(), b.ID)
	if err != nil || len(items) != len(want.Items) || b.Items != billing.ItemsHeld {
		t.Errorf("bill %s: %d items of %d, %q, %v", want.ID, len(items), len(want.Items), b.Items, err)
		return
	}
	for i, item := range items {
		x := want.Items[i]
		for _, pair := range [][2]string{
			{string(item.UpstreamID), x.ID}, {item.Label, x.Label}, {item.Category, x.Category}, {item.SiteName, x.SiteName},
			{string(item.Quantity), x.Quantity}, {string(item.UnitPrice), x.UnitPrice}, {item.Net.Number(), x.Net}, {item.Tax.Number(), x.Tax},
			{item.Gross.Number(), x.Gross}, {item.Gross.Currency(), x.Currency}, {string(item.TaxRate), x.TaxRate},
		} {
			if pair[0] != pair[1] {
				t.Errorf("item %s: got %q, want %q", x.ID, pair[0], pair[1])
			}
		}
	}
}

func TestBillsOfUnknownAccountsWaitAndOfHiddenOnesAreUnseen(t *testing.T) {
	t.Parallel()
	w := synced(t)
	stories := w.World.Stories
	waiting, err := w.db.Quarantined(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].Account != billing.AccountNumber(stories.Unlisted.AccountNumber) || waiting[0].Bills != 1 {
		t.Errorf("in quarantine: %+v, %v", waiting, err)
	}
	for _, number := range []string{stories.Unlisted.AccountNumber, stories.NotAdmitted} {
		if seen := w.bills(t, access.ScopeOf(billing.AccountNumber(number))); len(seen) != 0 {
			t.Errorf("%d bills of %s are seen", len(seen), number)
		}
		w.admit(t, "number,name,group,cost_centre,country,status\n"+number+",,,,,admitted\n")
		if seen := w.bills(t, access.ScopeOf(billing.AccountNumber(number))); len(seen) == 0 {
			t.Errorf("no bill of %s once it is admitted", number)
		}
	}
}

func TestTheSecondSyncAsksForLittle(t *testing.T) {
	t.Parallel()
	w := synced(t)
	w.wait(30 * time.Minute)
	w.syncLists(t)
	run, err := w.db.LastRun(t.Context())
	if err != nil || run.Full || run.Bills >= len(w.World.Bills())/5 || run.Bills == 0 {
		t.Errorf("%+v, %v", run, err)
	}
	if n := w.API.Calls("GET /bills") + w.API.Calls("GET /billingAccounts"); n != 2 {
		t.Errorf("%d calls", n)
	}
	w.wait(7 * 24 * time.Hour)
	w.syncLists(t)
	if run, err = w.db.LastRun(t.Context()); err != nil || !run.Full || run.Bills != len(w.World.Bills()) {
		t.Errorf("a week later: %+v, %v", run, err)
	}
	for id, b := range w.bills(t, access.ScopeAll()) {
		if b.Version != 1 {
			t.Fatalf("bill %s is version %d", id, b.Version)
		}
	}
}

// TestABillOfTheFarFutureHidesNoOther plants a bill with a wrong date of issue:
// later syncs must go on asking for today's.
func TestABillOfTheFarFutureHidesNoOther(t *testing.T) {
	t.Parallel()
	w := synced(t)
	_, err := w.db.UpsertBills(t.Context(), []billingapi.BillRecord{{
		Bill: billing.Bill{UpstreamID: "future", Kind: billing.Invoice, IssuedOn: billing.NewDate(9999, time.December, 31)}, Raw: []byte("{}"),
	}})
	must(t, err)
	w.syncLists(t)
	if run, err := w.db.LastRun(t.Context()); err != nil || run.Full || run.Bills == 0 {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestACorrectedBillIsASecondVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.World.HoldCorrection()
	w.syncLists(t)
	story := w.World.Stories
	before := w.bill(t, story.Corrected)
	if before.Version != 1 || before.Gross.Number() != story.AsIssued.Gross {
		t.Errorf("as issued: %+v", before)
	}
	items, err := w.FetchItems(t.Context(), access.ScopeAll(), before.ID)
	if err != nil || len(items) != len(story.AsIssued.Items) {
		t.Errorf("%d items, %v", len(items), err)
	}
	document := func() string {
		t.Helper()
		d, err := w.Document(t.Context(), access.ScopeAll(), before.ID)
		must(t, err)
		must(t, d.Close())
		return d.SHA256
	}
	asIssued := document()
	w.World.Correct()
	w.wait(8 * 24 * time.Hour)
	w.syncLists(t)
	w.API.Fail(func(*http.Request) *sandbox.Failure { return &sandbox.Failure{Status: 503} })
	if document() != asIssued {
		t.Error("while the API is down the document held before is not given")
	}
	w.API.Fail(nil)
	w.wait(time.Second)
	renewed := document()
	w.API.ForgetRequests()
	if renewed == asIssued || document() != renewed || w.calls() != 0 {
		t.Errorf("document %s, then %s, %d calls more", asIssued, renewed, w.calls())
	}
	corrected, _ := w.World.Bill(story.Corrected.ID)
	after := w.bill(t, story.Corrected)
	if after.ID != before.ID || after.Version != 2 || after.Gross.Number() != corrected.Gross || after.Items != billing.ItemsStale {
		t.Errorf("corrected: %+v", after)
	}
	if _, err := w.FetchItems(t.Context(), access.ScopeAll(), after.ID); err != nil {
		t.Fatal(err)
	}
	sameItems(t, w, w.bill(t, story.Corrected), corrected)
}

func TestASyncThatFailsKeepsWhatCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var pages atomic.Int32
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/bills") && pages.Add(1) > 1 {
			return sandbox.GatewayFailure(500, 1, "Internal error", "")
		}
		return nil
	})
	err := w.Sync(t.Context())
	run, runErr := w.db.LastRun(t.Context())
	if !errors.Is(err, billingapi.ErrUnavailable) || runErr != nil || run.Outcome != sqlite.SyncFailed || run.EndedAt.IsZero() ||
		!strings.Contains(run.Message, "500") || run.Bills == 0 || run.Bills >= len(w.World.Bills()) {
		t.Errorf("%v; %+v, %v", err, run, runErr)
	}
	if came := len(w.bills(t, access.ScopeAll())); came == 0 {
		t.Error("nothing of the first page stays")
	}
	link, err := w.Link(t.Context())
	if err != nil || link.FirstSyncDone() || link.Failure == "" || link.Syncing {
		t.Errorf("%+v, %v", link, err)
	}
}

func TestRecordsThatCannotBeReadAreKeptAndMakeASyncIncomplete(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"/bills", "/billingAccounts"} {
		w := newWorld(t)
		w.API.Fail(func(r *http.Request) *sandbox.Failure {
			if !strings.HasSuffix(r.URL.Path, list) {
				return itemsFail(r)
			}
			return &sandbox.Failure{
				Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "X-Total-Count": {"3"}},
				Body: []byte(`[{"id": "1"}, {"billNo": "no id"}, "no object"]`),
			}
		})
		err := w.Sync(t.Context())
		run, runErr := w.db.LastRun(t.Context())
		if must(t, runErr); run.Outcome != sqlite.SyncIncomplete {
			t.Errorf("%s: %+v, %v", list, run, err)
		}
		if n := w.count(t, `SELECT count(*) FROM malformed_records`); n != 2 {
			t.Errorf("%s: %d records are kept instead of 2", list, n)
		}
		for message := range w.logs {
			if message == "the API sent records that cannot be read" {
				break
			}
		}
	}
}

func TestASyncThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.API.Fail(func(r *http.Request) *sandbox.Failure {
		if strings.HasSuffix(r.URL.Path, "/bills") {
			cancel()
		}
		return nil
	})
	err := w.Sync(ctx)
	run, runErr := w.db.LastRun(t.Context())
	if !errors.Is(err, context.Canceled) || runErr != nil || run.Outcome != sqlite.SyncFailed || run.Message != "the portal stopped" {
		t.Errorf("%v; %+v, %v", err, run, runErr)
	}
}

func TestRunSyncsAtOnceAndWhenItIsAsked(t *testing.T) {
	t.Parallel()
	w := synced(t)
	w.API.Fail(itemsFail)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	again := func() {
		t.Helper()
		for message := range w.logs {
			if message == "sync failed" { // for want of items, the lists are there
				return
			}
		}
	}
	again()
	request, err := w.db.RequestSync(t.Context())
	must(t, err)
	again()
	if run, err := w.db.RequestedRun(t.Context(), request); err != nil || run.Outcome != sqlite.SyncComplete {
		t.Errorf("%+v, %v", run, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	link, err := w.Link(t.Context())
	if err != nil || !link.NextSync.Equal(today.Add(w.SyncEvery())) {
		t.Errorf("next sync: %v, %v", link.NextSync, err)
	}
}
