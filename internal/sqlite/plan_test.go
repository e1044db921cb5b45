package sqlite_test

import (
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/sqlite"
)

// TestListsAreReadThroughIndexes asks SQLite how it would go about the lists that
// people open first.
func TestListsAreReadThroughIndexes(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1", "2", "3")
	lately := billing.BillFilter{Issued: billing.Period{First: date("2025-10-01"), Last: date("2026-09-30")}}
	after := billing.Cursor{IssuedOn: date("2026-01-01"), ID: "x"}
	for _, c := range []struct {
		about  string
		scope  access.Scope
		filter billing.BillFilter
		page   billing.Page
		sorts  bool // the bills of some accounts are put in order, which is short
	}{
		{"an employee's last twelve months", access.ScopeOf("1", "2"), lately, billing.Page{Limit: 50}, true},
		{"an employee's bills of any time", access.ScopeOf("1", "2"), billing.BillFilter{}, billing.Page{Limit: 50}, true},
		{"an employee's next page", access.ScopeOf("1", "2"), lately, billing.Page{After: after, Limit: 50}, true},
		{"one account of an employee", access.ScopeOf("1", "2"), billing.BillFilter{Accounts: []billing.AccountNumber{"1"}}, billing.Page{Limit: 50}, true},
		{"an accountant's last twelve months", access.ScopeAll(), lately, billing.Page{Limit: 50}, false},
		{"an accountant's bills of any time", access.ScopeAll(), billing.BillFilter{}, billing.Page{Limit: 50}, false},
		{"an accountant's next page", access.ScopeAll(), lately, billing.Page{After: after, Limit: 50}, false},
		{"an accountant's page before", access.ScopeAll(), lately, billing.Page{Before: after, Limit: 50}, false},
		{"one account of an accountant", access.ScopeAll(), billing.BillFilter{Accounts: []billing.AccountNumber{"1"}}, billing.Page{Limit: 50}, true},
	} {
		steps, err := p.Plan(t.Context(), c.scope, c.filter, c.page)
		must(t, err)
		plan := strings.Join(steps, "\n\t")
		t.Logf("%s:\n\t%s", c.about, plan)
		sorts := strings.Contains(plan, "TEMP B-TREE FOR ORDER BY")
		if strings.Contains(plan, "SCAN b\n") || strings.HasSuffix(plan, "SCAN b") || sorts && (!c.sorts || !strings.Contains(plan, "SEARCH b ")) {
			t.Errorf("%s:\n\t%s", c.about, plan)
		}
	}
}

func TestWhatIsNewIsReadThroughItsIndex(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "1", "2")
	for _, scope := range []access.Scope{access.ScopeAll(), access.ScopeOf("1", "2")} {
		steps, err := sqlite.PlanOfNew(t.Context(), p.DB, scope)
		must(t, err)
		if len(steps) == 0 || !strings.HasPrefix(steps[0], "SEARCH b USING INDEX bills_by_first_seen (first_seen>?)") {
			t.Errorf("%s", strings.Join(steps, "\n\t"))
		}
	}
}

func TestAChunkDoesNotReadTheQuarantine(t *testing.T) {
	t.Parallel()
	steps, err := sqlite.PlanOfAttribution(t.Context(), newPortal(t).DB)
	must(t, err)
	if plan := strings.Join(steps, "\n\t"); !strings.Contains(plan, "SEARCH b USING INTEGER PRIMARY KEY") || strings.Contains(plan, "SCAN b") {
		t.Errorf("%s", plan)
	}
}
