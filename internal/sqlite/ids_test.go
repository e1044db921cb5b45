package sqlite_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

// TestIDsOfBillsTellNothing_O5 makes many bills and looks for order, and for what is
// the API's, in their ids.
func TestIDsOfBillsTellNothing_O5(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	const n = 2000
	var records []billingapi.BillRecord
	for i := range n {
		records = append(records, bill(fmt.Sprint(1013390+i), "0071", "2026-09-01", "1.00"))
	}
	p.upsert(t, records...)
	form := regexp.MustCompile(`^[a-z0-9]{20}$`) // 96 bits or more
	seen, first, rising := map[billing.BillID]bool{}, map[byte]int{}, 0
	var before billing.BillID
	rows, err := p.Reader().QueryContext(t.Context(), `SELECT id, upstream_id FROM bills ORDER BY key`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var id billing.BillID
		var upstream string
		must(t, rows.Scan(&id, &upstream))
		if !form.MatchString(string(id)) || strings.Contains(string(id), upstream) || seen[id] {
			t.Fatalf("the bill %s has the id %s", upstream, id)
		}
		seen[id] = true
		first[id[0]]++
		if id > before {
			rising++
		}
		before = id
	}
	must(t, rows.Err())
	if len(seen) != n || len(first) < 20 || rising < n*4/10 || rising > n*6/10 {
		t.Errorf("%d ids begin with %d characters, and %d are greater than the one before", len(seen), len(first), rising)
	}
	if page, err := p.Bills(t.Context(), access.ScopeAll(), billing.BillFilter{}, billing.Page{Limit: 1}); err != nil || !seen[page.Bills[0].ID] {
		t.Errorf("a list gives another id: %+v, %v", page, err)
	}
}
