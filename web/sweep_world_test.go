package web_test

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"context"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
)

// sweepDay is the day of the sweep's world; its clock stands still but for the test.
var sweepDay = time.Date(2026, 9, 15, 10, 0, 0, 0, time.UTC)

// The accounts of the world, by letter. Side one and side two are who sees them; the
// bills of H are hidden though granted to side one, and those of Q are in quarantine.
const (
	sideOne = "AK"
	sideTwo = "BM"
	nobody  = "HQ"
)

// planted is a bill of the world with what can be asked of it.
type planted struct {
	billing.Bill
	pdf []byte
}

// world is a portal whose every text and amount about an account is a canary. The
// copy is written straight into the database; the simulated API is asked only for
// what the copy does not hold.
type world struct {
	*site
	sandbox  *sandbox.Sandbox
	canaries []canary
	bills    map[string][]planted // by account letter
	serial   int
	sums     map[string]*big.Int // gross in hundredths, by whose and currency
	scraps   map[string]string   // things that cells use up, by kind and cell
	finder   *aviary
}

// newWorld plants accounts, bills, items and documents. A first sync counts as done.
func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := sandbox.Start(context.Background(), sandbox.Options{Today: sweepDay, CallsPerMinute: -1, TokenCallsPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	w := &world{sandbox: s, bills: map[string][]planted{}, sums: map[string]*big.Int{}, scraps: map[string]string{}}
	w.site = &site{log: &lines{}, path: filepath.Join(inMemory(t), "portal.db"), began: sweepDay}
	w.open(t, s, false, nil)
	for i, letter := range strings.Split(sideOne+sideTwo+"H", "") {
		w.account(t, letter, cmp.Or(map[int]string{0: "One", 1: "One", 2: "Two", 3: "Two"}[i], "Hide"))
	}
	for _, letter := range strings.Split(sideOne+sideTwo+nobody, "") {
		for n := range 3 {
			w.bill(t, letter, n)
		}
	}
	w.creditNote(t)
	w.decide(t, "H", "Hide", billing.Hidden)
	w.decide(t, "K", "One", billing.Closed)
	w.sumCanaries()
	run, err := w.db.StartRun(t.Context(), true)
	if err == nil {
		run.Outcome, run.EndedAt, run.Bills, run.BillsTotal = sqlite.SyncComplete, w.now(), 20, 20
		err = w.db.SaveRun(t.Context(), run)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// inMemory is a folder that lasts no longer than the machine runs, where it has one:
// tens of thousands of refusals on record would mean as many waits for a disk.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sweep-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func (w *world) canary(of, what, text string) string {
	w.canaries = append(w.canaries, canary{text: string(folded([]byte(text))), what: what, of: of})
	return text
}

func numberOf(letter string) billing.AccountNumber {
	return billing.AccountNumber("QX71 " + strings.Repeat(letter, 3) + " 0001")
}

func (w *world) account(t *testing.T, letter, unit string) {
	t.Helper()
	a := billing.BillingAccount{
		Number: numberOf(letter), UpstreamID: billing.UpstreamID("BAQX71" + letter + "77"), UpstreamStatus: "active",
		UpstreamName: "QUIX ORANGE PLANT " + letter, UpstreamCountry: "FR", Currency: "EUR",
	}
	of := "register " + letter
	w.canary(of, "number of account "+letter, string(a.Number))
	w.canary(of, "upstream id of account "+letter, string(a.UpstreamID))
	w.canary(of, "Orange's name of account "+letter, a.UpstreamName)
	if err := w.db.UpsertAccounts(t.Context(), []billingapi.AccountRecord{{Account: a, Raw: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	w.canary(of, "name of account "+letter, "Quixotic works "+letter)
	w.canary(of, "cost centre of account "+letter, "QXCC"+letter+"0001")
	if letter == "A" || letter == "B" || letter == "H" {
		w.canary("register "+map[string]string{"A": sideOne, "B": sideTwo, "H": "H"}[letter], "name of group "+unit, unitName(unit))
	}
	w.decide(t, letter, unit, billing.Admitted)
}

func unitName(unit string) string { return "Quixunit of " + unit }

// decide is what the company says of an account.
func (w *world) decide(t *testing.T, letter, unit string, status billing.AccountStatus) {
	t.Helper()
	err := w.db.SetAccounts(t.Context(), ledger.Act{Actor: "test", Action: "account.change"}, []billing.BillingAccount{{
		Number: numberOf(letter), Name: "Quixotic works " + letter, Group: unitName(unit), CostCentre: "QXCC" + letter + "0001",
		Country: "FR", Status: status,
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// amount is a sum of money that stands nowhere else.
func (w *world) amount(letter, what, currency string) billing.Money {
	w.serial++
	whole := fmt.Sprint(731900000 + w.serial)
	w.canary("bill "+letter, what, whole)
	return billing.NewMoney(whole+".37", currency)
}

// bill plants the nth bill of an account. The first has items and document, the
// second no document and the third no items; the API is asked for those.
func (w *world) bill(t *testing.T, letter string, n int) {
	t.Helper()
	currency := "EUR"
	if n == 2 {
		currency = map[string]string{"A": "GBP", "K": "GBP", "B": "SEK", "M": "NOK", "H": "DKK", "Q": "PLN"}[letter]
	}
	key := fmt.Sprintf("%s%07d", letter, 1000001+n)
	of, which := "bill "+letter, fmt.Sprintf(" of bill %s%d", letter, n)
	b := billing.Bill{
		UpstreamID: billing.UpstreamID("QXUP" + key), Number: billing.BillNumber("QXNO26-" + key), Kind: billing.Invoice, Type: "invoice",
		State: "sent", Account: numberOf(letter), AccountUpstreamID: billing.UpstreamID("BAQX71" + letter + "77"), Currency: currency,
		IssuedOn: billing.NewDate(2026, time.September-time.Month(n), 3), DueOn: billing.NewDate(2026, time.October-time.Month(n), 3),
		Period: billing.MonthOf(billing.NewDate(2026, time.August-time.Month(n), 1)), PurchaseOrder: "QXPO" + key,
	}
	if n > 0 && letter != "Q" {
		at := 40 + 20*strings.Index(sideOne+sideTwo+nobody, letter) + n
		known := w.sandbox.World.Bills()[at]
		b.UpstreamID = billing.UpstreamID(known.ID)
		w.canary(of, "number in the API's document"+which, known.Number)
	}
	w.canary(of, "upstream id"+which, string(b.UpstreamID))
	w.canary(of, "number"+which, string(b.Number))
	w.canary(of, "purchase order"+which, b.PurchaseOrder)
	b.Net, b.Tax = w.amount(letter, "net"+which, currency), w.amount(letter, "tax"+which, currency)
	b.Gross, b.Due = w.amount(letter, "gross"+which, currency), w.amount(letter, "amount due"+which, currency)
	b.Taxes = []billing.Tax{{Category: "VAT", Rate: "20", Base: w.amount(letter, "tax base"+which, currency), Amount: w.amount(letter, "tax line"+which, currency)}}
	w.count(letter, b.Gross)
	p := w.plant(t, b)
	if letter == "Q" {
		return
	}
	w.canary(of, "id"+which, string(p.ID))
	if n != 2 {
		w.items(t, p.Bill, key, which)
	}
	if n != 1 {
		p.pdf = w.document(t, p.Bill, key, which)
	}
	w.bills[letter] = append(w.bills[letter], p)
}

// plant writes a bill into the copy and reads it back. Of one in quarantine there is
// nothing to read.
func (w *world) plant(t *testing.T, b billing.Bill) planted {
	t.Helper()
	if b.Account == numberOf("Q") {
		b.AccountUpstreamID = "BAQX71Q77"
	}
	if _, err := w.db.UpsertBills(t.Context(), []billingapi.BillRecord{{Bill: b, Raw: []byte(b.UpstreamID)}}); err != nil {
		t.Fatal(err)
	}
	page, err := w.db.Bills(t.Context(), access.ScopeAll(), billing.BillFilter{Text: string(b.Number)}, billing.Page{Limit: 2})
	if want := 1; err != nil || b.Account != numberOf("Q") && len(page.Bills) != want {
		t.Fatalf("bill %s: %d in the copy, %v", b.Number, len(page.Bills), err)
	}
	if len(page.Bills) == 0 {
		return planted{}
	}
	return planted{Bill: page.Bills[0]}
}

func (w *world) items(t *testing.T, b billing.Bill, key, which string) {
	t.Helper()
	letter := key[:1]
	item := billing.Item{
		UpstreamID: "QXIT" + billing.UpstreamID(key), Line: 1, Category: "recurring", Label: w.canary("bill "+letter, "item"+which, "Quixline "+key),
		OfferID: w.canary("bill "+letter, "offer"+which, "QXOFFER"+key), SiteName: w.canary("bill "+letter, "site"+which, "QXSITE"+key),
		Country: "FR", Quantity: "1", Unit: "piece", UnitPrice: "1.00",
		Net: b.Net, Tax: w.amount(letter, "item's tax"+which, b.Currency), Gross: w.amount(letter, "item's gross"+which, b.Currency),
	}
	if err := w.db.SetItems(t.Context(), b, []billing.Item{item}, []byte("[]")); err != nil {
		t.Fatal(err)
	}
}

// document keeps a PDF whose text is compressed and whose title is plain.
func (w *world) document(t *testing.T, b billing.Bill, key, which string) []byte {
	t.Helper()
	of := "bill " + key[:1]
	var text bytes.Buffer
	z := zlib.NewWriter(&text)
	_, err := fmt.Fprintf(z, "BT /F1 12 Tf (%s) Tj ET", w.canary(of, "text of the PDF"+which, "QXTEXT "+key))
	if err = cmp.Or(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	pdf := fmt.Appendf(nil, "%%PDF-1.7\n1 0 obj <</Title (%s)>> endobj\n2 0 obj <</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream\nendobj\n%%%%EOF\n",
		w.canary(of, "title of the PDF"+which, "QXTITLE "+key), text.Len(), text.Bytes())
	doc, err := w.docs.Put(t.Context(), bytes.NewReader(pdf), int64(len(pdf)))
	if err == nil {
		err = w.db.AddDocument(t.Context(), b, billing.HeldDocument{SHA256: doc.SHA256, Size: doc.Size})
	}
	if err != nil {
		t.Fatal(err)
	}
	w.canary(of, "digest of the PDF"+which, doc.SHA256[:12])
	return pdf
}

// creditNote gives side two a credit note for an invoice of side one: whoever reads
// that invoice must not learn of it.
func (w *world) creditNote(t *testing.T) {
	t.Helper()
	invoice := w.bills["A"][0]
	b := billing.Bill{
		UpstreamID: "QXUPB2000001", Number: "QXNO26-B2000001", Kind: billing.CreditNote, Type: "credit note", State: "sent",
		Account: numberOf("B"), AccountUpstreamID: "BAQX71B77", Currency: "EUR", IssuedOn: billing.NewDate(2026, time.September, 9),
		Original: billing.Reference{UpstreamID: invoice.UpstreamID},
	}
	b.Gross = w.amount("B", "gross of the credit note of B", "EUR").Neg()
	w.canary("bill B", "number of the credit note of B", string(b.Number))
	w.canary("bill B", "upstream id of the credit note of B", string(b.UpstreamID))
	w.count("B", b.Gross)
	p := w.plant(t, b)
	w.canary("bill B", "id of the credit note of B", string(p.ID))
	w.items(t, p.Bill, "B2000001", " of the credit note of B")
}

// count adds a gross amount to the sums that would give bills away: those of one side
// with anything else.
func (w *world) count(letter string, gross billing.Money) {
	units, _ := gross.TenThousandths()
	for _, whose := range []string{sideOne, sideTwo, sideOne + sideTwo, sideOne + "H", sideTwo + "H", sideOne + sideTwo + "H"} {
		if strings.Contains(whose, letter) {
			key := whose + " " + gross.Currency()
			if w.sums[key] == nil {
				w.sums[key] = new(big.Int)
			}
			w.sums[key].Add(w.sums[key], big.NewInt(units/100))
		}
	}
}

// sumCanaries makes canaries of the sums. A sum of side one is for side one.
func (w *world) sumCanaries() {
	for _, key := range slices.Sorted(maps.Keys(w.sums)) {
		whose, currency, _ := strings.Cut(key, " ")
		text := w.sums[key].String()
		if slices.ContainsFunc(w.canaries, func(c canary) bool { return strings.HasPrefix(text, c.text) }) {
			continue // the sum of one bill alone
		}
		w.canary("sum "+whose, "the sum of "+whose+" in "+currency, text)
	}
}
