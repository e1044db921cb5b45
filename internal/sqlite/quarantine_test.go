package sqlite_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

func named(id string) func(*billing.Bill) {
	return func(b *billing.Bill) { b.AccountUpstreamID = billing.UpstreamID(id) }
}

func TestBillsAreAttributedByTheAccountTheyName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about   string
		number  billing.AccountNumber
		key     string
		account billing.AccountNumber
		reason  billing.QuarantineReason
	}{
		{"by number and key", "A", "BA-A", "A", ""},
		{"by number alone", "A", "", "A", ""},
		{"by key alone", "", "BA-A", "A", ""},
		{"by the number of an account without key", "ours", "BA-X", "ours", ""},
		{"no account", "", "", "", billing.NoAccount},
		{"an unknown number", "Z", "", "", billing.UnknownAccount},
		{"an unknown key", "", "BA-Z", "", billing.UnknownAccount},
		{"both unknown", "Z", "BA-Z", "", billing.UnknownAccount},
		{"number and key of two accounts", "A", "BA-B", "", billing.ContradictoryAccount},
		{"an unknown number with a known key", "Z", "BA-A", "", billing.ContradictoryAccount},
		{"a known number with an unknown key", "A", "BA-Z", "", billing.ContradictoryAccount},
		{"the number without its blanks", "AB", "", "", billing.UnknownAccount},
		{"the number in other case", "a", "", "", billing.UnknownAccount},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t)
			p.upsertAccounts(t, listed("A", "BA-A"), listed("B", "BA-B"), listed("A B", "BA-AB"))
			p.admit(t, "", "A", "B", "A B", "ours")
			p.upsert(t, bill("1", c.number, "2026-09-01", "1", named(c.key)))
			waiting, err := p.Quarantined(t.Context())
			must(t, err)
			if c.reason == "" {
				if b := p.only(t); b.Account != c.account || len(waiting) != 0 {
					t.Errorf("attributed to %q, in quarantine: %v", b.Account, waiting)
				}
				return
			}
			if !slices.Equal(waiting, []billing.Quarantine{{Reason: c.reason, Account: c.number, Bills: 1}}) {
				t.Errorf("in quarantine: %+v", waiting)
			}
			if seen := p.list(t, access.ScopeAll(), billing.BillFilter{}); len(seen) != 0 {
				t.Errorf("somebody sees %v", seen)
			}
		})
	}
}

func TestQuarantineEndsByItselfWhenTheAccountIsKnown(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.upsert(t, bill("1", "A", "2026-09-01", "1"), bill("2", "A", "2026-09-02", "1"), bill("3", "", "2026-09-03", "1", named("BA-A")), bill("4", "", "2026-09-03", "1"))
	waiting, err := p.Quarantined(t.Context())
	want := []billing.Quarantine{{Reason: billing.NoAccount, Bills: 1}, {Reason: billing.UnknownAccount, Bills: 1}, {Reason: billing.UnknownAccount, Account: "A", Bills: 2}}
	if err != nil || !slices.Equal(waiting, want) {
		t.Errorf("%+v, %v", waiting, err)
	}
	p.admit(t, "", "A")
	if seen := p.list(t, access.ScopeAll(), billing.BillFilter{}); !slices.Equal(upstreamIDs(seen), []string{"2", "1"}) {
		t.Errorf("after the account was admitted: %v", upstreamIDs(seen))
	}
	p.upsertAccounts(t, listed("A", "BA-A"))
	if seen := p.list(t, access.ScopeOf("A"), billing.BillFilter{}); len(seen) != 3 {
		t.Errorf("after the API told its key: %v", upstreamIDs(seen))
	}
	if waiting, err = p.Quarantined(t.Context()); err != nil || len(waiting) != 1 || waiting[0].Reason != billing.NoAccount {
		t.Errorf("%+v, %v", waiting, err)
	}
}

func TestAChangedBillIsAttributedAfresh(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "A", "B")
	p.upsert(t, bill("1", "A", "2026-09-01", "1"))
	p.upsert(t, bill("1", "B", "2026-09-01", "1"))
	if b := p.only(t); b.Account != "B" {
		t.Errorf("attributed to %q", b.Account)
	}
	p.upsert(t, bill("1", "", "2026-09-01", "1"))
	if seen := p.list(t, access.ScopeAll(), billing.BillFilter{}); len(seen) != 0 {
		t.Errorf("a bill that names no account any more is seen: %v", seen)
	}
}

func TestABillThatNamesAnotherAccountLeavesWhatItsOldReadersHadOfIt(t *testing.T) {
	t.Parallel()
	for about, again := range map[string]billingapi.BillRecord{
		"another number": bill("1", "B", "2026-09-01", "1", named("BA-B")),
		"number alone":   bill("1", "A", "2026-09-01", "1"),
		"key alone":      bill("1", "", "2026-09-01", "1", named("BA-B")),
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t)
			p.upsertAccounts(t, listed("A", "BA-A"), listed("B", "BA-B"))
			p.admit(t, "", "A", "B")
			p.upsert(t, bill("1", "A", "2026-09-01", "1", named("BA-A")))
			before := p.only(t)
			must(t, p.AddDocument(t.Context(), before, billing.HeldDocument{SHA256: strings.Repeat("a", 64), Size: 1}))
			must(t, p.SetItems(t.Context(), before, []billing.Item{{Line: 1}}, []byte("[]")))
			p.wait(time.Hour)
			p.upsert(t, again)
			after := p.only(t)
			if _, err := p.Document(t.Context(), access.ScopeAll(), after.ID); !errors.Is(err, billing.ErrNotFound) {
				t.Errorf("the document of the account before is still given: %v", err)
			}
			if items, err := p.Items(t.Context(), access.ScopeAll(), after.ID); err != nil || len(items) != 0 || after.Items != billing.ItemsUnknown {
				t.Errorf("the items of the account before are still given: %v, %q, %v", items, after.Items, err)
			}
			if before.Account == after.Account {
				return
			}
			if err := p.AddDocument(t.Context(), before, billing.HeldDocument{SHA256: strings.Repeat("b", 64), Size: 1}); !errors.Is(err, billing.ErrNotFound) {
				t.Errorf("a document that was on its way came to the new account: %v", err)
			}
			if err := p.SetItems(t.Context(), before, []billing.Item{{Line: 1}}, []byte("[]")); !errors.Is(err, billing.ErrNotFound) {
				t.Errorf("items that were on their way came to the new account: %v", err)
			}
		})
	}
}

// TestABillWhoseKeyChangedHandsIsNotShownOn lets a key of the API move to another
// account while bills name it, whatever the order in which that becomes known.
func TestABillWhoseKeyChangedHandsIsNotShownOn(t *testing.T) {
	t.Parallel()
	type listing = []billingapi.AccountRecord
	for _, c := range []struct {
		about string
		pages []listing
		stays bool
	}{
		{"at once", []listing{{listed("B", "BA-A"), listed("A", "BA-2")}}, false},
		{"at once, in other order", []listing{{listed("A", "BA-2"), listed("B", "BA-A")}}, false},
		{"first the one that takes it", []listing{{listed("B", "BA-A")}, {listed("A", "BA-2")}}, false},
		{"first the one that leaves it", []listing{{listed("A", "BA-2")}, {listed("B", "BA-A")}}, false},
		{"a new number for the account", []listing{{listed("B", "BA-A")}}, true},
		{"a new key for the account", []listing{{listed("A", "BA-2")}}, true},
		{"nothing new", []listing{{listed("A", "BA-A"), listed("B", "BA-B")}}, true},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t)
			p.upsertAccounts(t, listed("A", "BA-A"), listed("B", "BA-B"), listed("C", "BA-C"))
			p.admit(t, "", "A", "B", "C")
			p.upsert(t, bill("1", "A", "2026-09-01", "1", named("BA-A")), bill("2", "C", "2026-09-01", "1", named("BA-C")), bill("3", "A", "2026-09-01", "1"))
			for _, page := range c.pages {
				p.upsertAccounts(t, page...)
			}
			want := []string{"2", "3"}
			if c.stays {
				want = []string{"1", "2", "3"}
			}
			seen := upstreamIDs(p.list(t, access.ScopeAll(), billing.BillFilter{}))
			if slices.Sort(seen); !slices.Equal(seen, want) {
				t.Errorf("bills %v are seen, want %v", seen, want)
			}
			waiting, err := p.Quarantined(t.Context())
			if must(t, err); !c.stays && !slices.Equal(waiting, []billing.Quarantine{{Reason: billing.ContradictoryAccount, Account: "A", Bills: 1}}) {
				t.Errorf("in quarantine: %+v", waiting)
			}
			p.upsertAccounts(t, listed("B", "BA-B"), listed("A", "BA-A"))
			if seen := p.list(t, access.ScopeAll(), billing.BillFilter{}); len(seen) != 3 {
				t.Errorf("with its key back, bills %v are seen", upstreamIDs(seen))
			}
		})
	}
}

func TestOnlyTheBillsOfAChunkAreAttributed(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "A")
	p.upsert(t, bill("1", "A", "2026-09-01", "1"))
	p.exec(t, `UPDATE bills SET account = NULL, quarantine = 'no-account'`)
	p.upsert(t, bill("2", "A", "2026-09-01", "1"))
	if seen := upstreamIDs(p.list(t, access.ScopeAll(), billing.BillFilter{})); !slices.Equal(seen, []string{"2"}) {
		t.Errorf("the quarantine was read for one bill: %v", seen)
	}
}
