package sqlite_test

import (
	"slices"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
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
