package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

// ForeignAccount is the billing account number of another customer, whose bills
// the hostile dialect, and the fault rows-foreign, mix among the company's.
const ForeignAccount = "0033 9999 01"

// foreignBills is how many bills of ForeignAccount there are.
const foreignBills = 8

// ForeignBill is the n-th bill of ForeignAccount, n from 0 to 7: a bill of
// the world under another customer's name.
func (w *World) ForeignBill(n int) *Bill {
	bills := w.Bills()
	b := *bills[n%foreignBills*len(bills)/foreignBills]
	b.ID = "9" + b.ID
	b.Number = "XX" + b.Number[2:]
	b.AccountID, b.AccountNumber, b.AccountName = "BA-999901", ForeignAccount, "ANOTHER CUSTOMER SA"
	b.OriginalID, b.OriginalNumber, b.PurchaseOrder = "", "", ""
	b.Items = slices.Clone(b.Items)
	for i := range b.Items {
		b.Items[i].BillID, b.Items[i].ID = b.ID, itemID(b.ID, b.Items[i].LineNumber)
	}
	return &b
}

// accountOf is the account a bill is printed for.
func (w *World) accountOf(b *Bill) *Account {
	if a, ok := w.byNumber[b.AccountNumber]; ok {
		return a
	}
	return &Account{
		ID: b.AccountID, Number: b.AccountNumber, Name: b.AccountName, Entity: "Another Customer SA", Status: StatusActive,
		Currency: b.Currency, Country: "FR", AddressLine: "1 rue des Tests", PostCode: "75015", City: "Paris",
	}
}

// hostileBills tells every bill of all, some more than once, not quite in
// order, and those of ForeignAccount among them. It is the same each time.
func hostileBills(w *World, all []*Bill) []*Bill {
	told := hostileOrder(w.seed, "bills", all)
	if len(all) == 0 {
		return told
	}
	d := roll(w.seed, "hostile", "foreign")
	for n := range foreignBills {
		told = slices.Insert(told, d.below(len(told)+1), w.ForeignBill(n))
	}
	return told
}

// hostileOrder tells every one of all, some again a little or much later, and
// now and then one before its neighbour.
func hostileOrder[T any](seed uint64, name string, all []T) []T {
	d := roll(seed, "hostile", "order", name, strconv.Itoa(len(all)))
	told := make([]T, 0, len(all)+len(all)/20)
	for i, one := range all {
		told = append(told, one)
		if n := len(told); n > 1 && d.below(8) == 0 {
			told[n-1], told[n-2] = told[n-2], told[n-1]
		}
		if i > 0 && d.below(20) == 0 {
			told = append(told, all[max(0, i-d.between(1, 600))])
		}
	}
	return told
}

// hostileCounts spoils the counts of one page, each page in its own way.
func hostileCounts(seed uint64, h http.Header, r *http.Request, rows int) {
	query := r.URL.Query()
	d := roll(seed, "hostile", "counts", r.URL.Path, query.Get("offset"))
	switch d.below(6) {
	case 0:
		h.Del("X-Total-Count")
		h.Del("X-Result-Count")
	case 1:
		h.Set("X-Total-Count", strconv.Itoa(rows/2))
	case 2:
		h.Set("X-Total-Count", strconv.Itoa(rows*7+3))
	case 3:
		h.Set("X-Result-Count", strconv.Itoa(rows+1))
	case 4:
		h.Set("X-Total-Count", "many")
	}
}

// hostileList gives a page another shape: bare, inside an object, or null.
func hostileList(seed uint64, r *http.Request, name string, rows []any) any {
	d := roll(seed, "hostile", "shape", r.URL.Path, r.URL.Query().Get("offset"))
	wrapped := d.below(2) == 0
	switch {
	case len(rows) == 0 && wrapped:
		return map[string]any{name: nil}
	case len(rows) == 0:
		return nil
	case wrapped:
		return map[string]any{name: rows, "page": map[string]any{"size": len(rows)}}
	}
	return rows
}

// object turns a wire type into something to spoil.
func object(v any) map[string]any {
	m, _ := generic(v).(map[string]any)
	return m
}

// textual writes some of the numbers of m as text.
func textual(d *dice, m map[string]any, names ...string) {
	for _, name := range names {
		if n, ok := m[name].(interface{ String() string }); ok && d.below(3) == 0 {
			m[name] = n.String()
		}
	}
}

// hostileTypes are spellings of the types that a client should know.
var hostileTypes = map[string][]string{
	TypeInvoice:    {"invoice", "invoice", "INVOICE", "Facture"},
	TypeCreditNote: {"creditNote", "CREDIT_NOTE", "credit-note", "avoir"},
}

func hostileBill(seed uint64, b *Bill) any {
	m := object(b.wire())
	d := roll(seed, "hostile", "bill", b.ID)
	m["type"] = hostileTypes[b.Type][d.below(4)]
	if b.Type == TypeInvoice && d.below(40) == 0 {
		m["type"] = "proForma"
	}
	if d.below(6) == 0 {
		m["state"] = "inDispute"
	}
	if d.below(6) == 0 {
		m["sendingFormat"] = "peppol"
	}
	if d.below(5) == 0 {
		m["taxes"] = nil
	}
	if d.below(5) == 0 {
		m["documents"] = nil
	}
	textual(d, m, "amountExcludingTax", "taxAmount", "amountIncludingTax", "amountDue")
	m["_links"] = map[string]any{"self": map[string]any{"href": apiBase + "/bills/" + b.ID}}
	m["loyaltyPoints"] = d.below(1000)
	return m
}

func hostileItem(seed uint64, i *Item) any {
	m := object(i.wire())
	d := roll(seed, "hostile", "item", i.ID)
	if d.below(12) == 0 {
		m["category"] = "surcharge"
	}
	textual(d, m, "lineNumber", "quantity", "unitPrice", "amountExcludingTax", "taxRate", "taxAmount", "amountIncludingTax")
	m["remarks"] = nil
	return m
}

func hostileAccount(seed uint64, a *Account) any {
	m := object(a.wire())
	d := roll(seed, "hostile", "account", a.ID)
	textual(d, m, "paymentTermDays")
	m["contacts"] = nil
	m["riskClass"] = "B" + strconv.Itoa(d.below(5))
	return m
}
