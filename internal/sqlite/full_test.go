package sqlite_test

import (
	"fmt"
	"testing"

	"billportal/internal/access"
	"billportal/internal/ledger"
)

// TestOnAFullDiskNothingIsHalfDone_L5 gives the database no further page: whatever
// writes fails and leaves neither change nor entry, and reading goes on.
func TestOnAFullDiskNothingIsHalfDone_L5(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	p.upsert(t, bill("1", "0071", "2026-09-01", "12.50"))
	person := p.signIn(t, 'a', access.Person{Issuer: "i", Subject: "u-1"})
	var pages int
	must(t, p.Writer().QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages))
	var most int
	must(t, p.Writer().QueryRowContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&most))
	if most != pages {
		t.Fatalf("the database may have %d pages instead of %d", most, pages)
	}
	var full error
	kept := 0
	for full == nil && kept < 10_000 {
		if full = p.Record(t.Context(), ledger.Act{Actor: "portal", Action: "document.view", Object: "b", Detail: "filling the last page"}); full == nil {
			kept++
		}
	}
	if full == nil {
		t.Fatal("the disk never becomes full")
	}
	before, grants := entriesOf(t, p), len(grantsOf(t, p))
	many := make([]access.Grant, 0, 500)
	for n := range 500 {
		many = append(many, access.Grant{GranteeKind: access.GranteeGroup, Grantee: fmt.Sprintf("group %d with a long name that takes its room", n), TargetKind: access.TargetAll})
	}
	if _, _, err := p.AddGrants(t.Context(), ledger.Act{Actor: "portal", Action: "grant.add"}, many, false); err == nil {
		t.Error("five hundred grants fit on a full disk")
	}
	if got := len(grantsOf(t, p)); got != grants {
		t.Errorf("%d grants are left of a change that failed", got-grants)
	}
	if got := entriesOf(t, p); got != before {
		t.Errorf("%d entries are left of a change that failed", got-before)
	}
	if got := p.only(t); got.Gross.Number() != "12.50" {
		t.Errorf("the bill reads as %+v", got)
	}
	if _, err := p.Person(t.Context(), person.ID); err != nil {
		t.Errorf("a person cannot be read: %v", err)
	}
	if err := p.Ready(t.Context()); err != nil {
		t.Errorf("the database is not ready to be read: %v", err)
	}
	must(t, p.Writer().QueryRowContext(t.Context(), `PRAGMA max_page_count = 1000000`).Scan(&most))
	must(t, p.Record(t.Context(), ledger.Act{Actor: "portal", Action: "document.view"}))
	if _, err := ledger.Verify(p.LedgerEntries(t.Context())); err != nil {
		t.Errorf("the chain is broken: %v", err)
	}
}

// entriesOf counts the entries of the ledger.
func entriesOf(t *testing.T, p *portal) (n int) {
	t.Helper()
	must(t, p.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM ledger`).Scan(&n))
	return n
}

func grantsOf(t *testing.T, p *portal) []access.Grant {
	t.Helper()
	grants, err := p.Grants(t.Context())
	must(t, err)
	return grants
}
