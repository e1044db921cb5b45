package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
	"billportal/internal/sqlite"
)

// portal is a database with a clock that tests move.
type portal struct {
	*sqlite.DB
	path string

	mu  sync.Mutex
	now time.Time
}

func newPortal(t testing.TB) *portal {
	t.Helper()
	p := &portal{path: filepath.Join(t.TempDir(), "portal.db"), now: time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)}
	p.open(t)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *portal) open(t testing.TB) {
	t.Helper()
	var err error
	if p.DB, err = sqlite.Open(context.Background(), p.path, p.clock); err != nil {
		t.Fatal(err)
	}
}

func (p *portal) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *portal) wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

var act = ledger.Act{Actor: "person:1 Ada", Action: "test", RequestID: "r1"}

// admit sets accounts to admitted, in a group where one is given.
func (p *portal) admit(t testing.TB, group string, numbers ...billing.AccountNumber) {
	t.Helper()
	p.set(t, billing.Admitted, group, numbers...)
}

func (p *portal) set(t testing.TB, status billing.AccountStatus, group string, numbers ...billing.AccountNumber) {
	t.Helper()
	accounts := make([]billing.BillingAccount, 0, len(numbers))
	for _, n := range numbers {
		accounts = append(accounts, billing.BillingAccount{Number: n, Name: "Name of " + string(n), Group: group, Status: status})
	}
	must(t, p.SetAccounts(t.Context(), act, accounts))
}

// bill is a bill as the API sends it; change may alter it. Its payload is what it
// says.
func bill(id string, account billing.AccountNumber, issued, gross string, change ...func(*billing.Bill)) billingapi.BillRecord {
	b := billing.Bill{
		UpstreamID: billing.UpstreamID(id), Number: billing.BillNumber("FR26-" + id), Kind: billing.Invoice, Type: "invoice", State: "sent",
		Account: account, IssuedOn: date(issued), Currency: "EUR", Gross: billing.NewMoney(gross, "EUR"),
	}
	for _, c := range change {
		c(&b)
	}
	return billingapi.BillRecord{Bill: b, Raw: fmt.Appendf(nil, "%+v", b)}
}

func date(s string) billing.Date {
	d, err := billing.ParseDate(s)
	if err != nil {
		return billing.Date{}
	}
	return d
}

func (p *portal) upsert(t testing.TB, records ...billingapi.BillRecord) int {
	t.Helper()
	changed, err := p.UpsertBills(t.Context(), records)
	must(t, err)
	return changed
}

// list is every bill of a filtered list.
func (p *portal) list(t testing.TB, scope access.Scope, f billing.BillFilter) []billing.Bill {
	t.Helper()
	page, err := p.Bills(t.Context(), scope, f, billing.Page{Limit: 10_000})
	must(t, err)
	return page.Bills
}

// only is the one bill that anybody can see.
func (p *portal) only(t testing.TB) billing.Bill {
	t.Helper()
	bills := p.list(t, access.ScopeAll(), billing.BillFilter{})
	if len(bills) != 1 {
		t.Fatalf("%d bills can be seen", len(bills))
	}
	b, err := p.Bill(t.Context(), access.ScopeAll(), bills[0].ID)
	must(t, err)
	return b
}

func upstreamIDs(bills []billing.Bill) []string {
	ids := make([]string, 0, len(bills))
	for _, b := range bills {
		ids = append(ids, string(b.UpstreamID))
	}
	return ids
}

// entries is the whole ledger, which must be sound.
func (p *portal) entries(t testing.TB) []ledger.Entry {
	t.Helper()
	var all []ledger.Entry
	for e, err := range p.LedgerEntries(t.Context()) {
		must(t, err)
		all = append(all, e)
	}
	if n, err := ledger.Verify(p.LedgerEntries(t.Context())); err != nil || n != int64(len(all)) {
		t.Fatalf("the ledger is not sound: %v", err)
	}
	return all
}

// exec writes what no method of the portal writes.
func (p *portal) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := p.Writer().ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// limits are longer than any test but those of the limits.
var limits = access.SessionLimits{Idle: 1000 * time.Hour, Max: 1000 * time.Hour}

// signIn is a person with a session under a hash made of one letter.
func (p *portal) signIn(t testing.TB, letter byte, person access.Person) access.Person {
	t.Helper()
	signedIn, err := p.SignIn(t.Context(), person, access.Session{ID: string(letter)}, hash(letter), limits, ledger.Act{Action: "session.begin"})
	must(t, err)
	return signedIn
}

func hash(letter byte) []byte {
	h := make([]byte, 32)
	for i := range h {
		h[i] = letter
	}
	return h
}
