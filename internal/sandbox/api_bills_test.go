package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// idsWhere gives the ids of the bills that keep says yes to, newest first.
func idsWhere(w *sandbox.World, keep func(*sandbox.Bill) bool) []string {
	ids := []string{}
	for _, b := range w.Bills() {
		if keep(b) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

func TestDateFilters(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	w := c.s.World
	edge := w.Bills()[len(w.Bills())/2].IssuedAt // a day on which a bill was issued
	for _, test := range []struct {
		value string
		from  string // empty is open
		to    string
	}{
		{edge + "/" + edge, edge, edge},
		{"2026-01-01/2026-03-31", "2026-01-01", "2026-03-31"},
		{"last30days", "2026-10-31", "2026-11-30"},
		{"last1days", "2026-11-29", "2026-11-30"},
		{"after" + edge, dayAfter(t, edge, 1), ""},
		{"atOrAfter" + edge, edge, ""},
		{"before" + edge, "", dayAfter(t, edge, -1)},
		{"atOrBefore" + edge, "", edge},
		{"1999-01-01/1999-12-31", "1999-01-01", "1999-12-31"},
	} {
		within := func(first, last string) bool {
			return (test.from == "" || last >= test.from) && (test.to == "" || first <= test.to)
		}
		issued := idsWhere(w, func(b *sandbox.Bill) bool { return within(b.IssuedAt, b.IssuedAt) })
		period := idsWhere(w, func(b *sandbox.Bill) bool { return within(b.PeriodStart, b.PeriodEnd) })
		for name, want := range map[string][]string{"issuedAt": issued, "period": period} {
			r := c.get("/bills?limit=1000&" + url.Values{name: {test.value}}.Encode())
			if r.status != http.StatusOK || r.header.Get("X-Total-Count") != strconv.Itoa(len(want)) ||
				!slices.Equal(r.ids(t), want[:min(1000, len(want))]) {
				t.Errorf("%s=%s: %d, %s bills, want %d", name, test.value, r.status, r.header.Get("X-Total-Count"), len(want))
			}
		}
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	for _, query := range []string{
		"issuedAt=2026-1-1/2026-02-01", "issuedAt=2026-02-30/2026-03-01", "issuedAt=2026-03-01/2026-02-01",
		"issuedAt=2026-03-01", "issuedAt=2026-03-01/", "issuedAt=yesterday", "issuedAt=", "issuedAt=last0days",
		"issuedAt=last-3days", "issuedAt=last%2B3days", "issuedAt=lastdays", "issuedAt=last5", "issuedAt=after",
		"period=after2026-13-01", "period=atOrBefore", "period=before20260101",
		"offset=-1", "offset=x", "limit=0", "limit=-1", "limit=1.5", "limit=", "sort=gross",
	} {
		refused(t, query, c.get("/bills?"+query), 400, 28)
	}
	if r := c.get("/bills?whatever=1"); r.status != http.StatusOK {
		t.Errorf("an unknown parameter: %d %s", r.status, r.body)
	}
}

func TestAccountAndTypeFilters(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	w := c.s.World
	two := idsWhere(w, func(b *sandbox.Bill) bool { return b.AccountID == "BA-410072" || b.AccountID == "BA-420055" })
	for _, query := range []string{"billingAccountId=BA-410072,BA-420055", "billingAccountId=BA-410072&billingAccountId=BA-420055"} {
		if got := c.get("/bills?limit=1000&" + query).ids(t); !slices.Equal(got, two) {
			t.Errorf("%s: %d bills, want %d", query, len(got), len(two))
		}
	}
	if got := c.get("/bills?billingAccountId=BA-1").ids(t); len(got) != 0 {
		t.Errorf("an unknown account has bills %v", got)
	}
	notes := idsWhere(w, func(b *sandbox.Bill) bool { return b.Type == sandbox.TypeCreditNote })
	if got := c.get("/bills?type=creditNote").ids(t); !slices.Equal(got, notes) || len(got) != 4 {
		t.Errorf("credit notes are %v, want %v", got, notes)
	}
	both := c.get("/bills?type=creditNote&billingAccountId=BA-420055&issuedAt=atOrAfter2026-01-01&issuedAt=before2026-12-01").ids(t)
	if len(both) != 1 || both[0] != w.Stories.CreditNotes[3].ID {
		t.Errorf("all filters together give %v", both)
	}
	if got := c.get("/bills?limit=1000&billingAccountId=BA-400999").ids(t); len(got) != 1 || got[0] != w.Stories.Unlisted.ID {
		t.Errorf("the unlisted account has bills %v", got)
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	all := idsWhere(c.s.World, func(*sandbox.Bill) bool { return true })
	total := strconv.Itoa(len(all))
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"", all[:10]},
		{"?offset=7&limit=5", all[7:12]},
		{"?limit=5000", all[:1000]},
		{"?offset=" + total, nil},
		{"?offset=99999999", nil},
		{"?offset=1000&limit=1000", all[1000:]},
		{"?sort=-issuedAt&limit=3", all[:3]},
	} {
		r := c.get("/bills" + test.query)
		if got := r.ids(t); r.status != 200 || !slices.Equal(got, test.want) || r.header.Get("X-Total-Count") != total ||
			r.header.Get("X-Result-Count") != strconv.Itoa(len(test.want)) {
			t.Errorf("%q: %d with %d bills, counts %s of %s", test.query, r.status, len(got), r.header.Get("X-Result-Count"), r.header.Get("X-Total-Count"))
		}
	}
	oldest := c.get("/bills?sort=issuedAt&limit=2").ids(t)
	slices.Reverse(oldest)
	if !slices.Equal(oldest, all[len(all)-2:]) {
		t.Errorf("oldest first begins with %v", oldest)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	search := func(query, body string) reply {
		return c.do(http.MethodPost, "/bills/search"+query, body, "Content-Type", "application/json; charset=UTF-8")
	}
	want := c.get("/bills?limit=7&offset=2&billingAccountId=BA-410072,BA-420055&issuedAt=last400days").ids(t)
	got := search("?limit=7&offset=2", `{"billingAccountId":["BA-410072","BA-420055"],"issuedAt":"last400days","other":[]}`)
	if !slices.Equal(got.ids(t), want) || len(want) != 7 {
		t.Errorf("search finds %s, the list %v", got.body, want)
	}
	refused(t, "no body", search("", ""), 400, 21)
	refused(t, "no JSON", search("", "{"), 400, 22)
	refused(t, "an array", search("", "[]"), 400, 22)
	refused(t, "null", search("", "null"), 400, 22)
	refused(t, "a number", search("", `{"type":7}`), 400, 24)
	refused(t, "a bad day", search("", `{"period":["after2026-99-99"]}`), 400, 24)
	refused(t, "a bad limit", search("?limit=0", `{}`), 400, 28)
	refused(t, "no JSON type", c.do(http.MethodPost, "/bills/search", "{}", "Content-Type", "text/plain"), 415, 68)
}

// TestBillOnTheWire compares the raw JSON with the truth, text by text.
func TestBillOnTheWire(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	w := c.s.World
	for _, ref := range append(w.Stories.CreditNotes[:], w.Stories.Spike, w.Stories.BrokenSum, sandbox.BillRef{ID: idsOf(w, "KWD")[0]}, sandbox.BillRef{ID: idsOf(w, "JPY")[0]}) {
		b, _ := w.Bill(ref.ID)
		r := c.get("/bills/" + b.ID)
		for _, part := range []string{
			`{"id":"` + b.ID + `","number":"` + b.Number + `","type":"` + b.Type + `","sendingFormat":"`,
			`"customer":{"id":"70114","name":"Meridian Foods SA","segment":"int"}`,
			`"billingAccount":{"id":"` + b.AccountID + `","number":"` + b.AccountNumber + `","name":"` + b.AccountName + `"}`,
			`"issuedAt":"` + b.IssuedAt + `","period":{"start":"` + b.PeriodStart + `","end":"` + b.PeriodEnd + `"}`,
			`"currency":"` + b.Currency + `","amountExcludingTax":` + b.Net + `,"taxAmount":` + b.Tax + `,"amountIncludingTax":` + b.Gross + `,"amountDue":` + b.AmountDue + `,`,
			`"taxes":[{"category":"` + b.Taxes[0].Category + `","rate":` + b.Taxes[0].Rate + `,"base":` + b.Taxes[0].Base + `,"amount":` + b.Taxes[0].Amount + `}]`,
			`"documents":[{"name":"` + b.Number + `.pdf","mimeType":"application/pdf"}]`,
			`"updatedAt":"` + b.UpdatedAt + `"`,
		} {
			if !strings.Contains(r.body, part) {
				t.Errorf("bill %s: no %s in %s", b.Number, part, r.body)
			}
		}
		original := `"originalBill":null`
		if b.OriginalID != "" {
			original = `"originalBill":{"id":"` + b.OriginalID + `","number":"` + b.OriginalNumber + `"}`
		}
		if !strings.Contains(r.body, original) || !json.Valid([]byte(r.body)) {
			t.Errorf("bill %s: no %s", b.Number, original)
		}
	}
}

func idsOf(w *sandbox.World, currency string) []string {
	return idsWhere(w, func(b *sandbox.Bill) bool { return b.Currency == currency })
}

func TestItemsOnTheWire(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	b := mustBill(t, c.s.World, c.s.World.Stories.Spike)
	r := c.get("/bills/" + b.ID + "/items?limit=1000")
	if got := r.ids(t); len(got) != len(b.Items) || r.header.Get("X-Total-Count") != strconv.Itoa(len(b.Items)) {
		t.Fatalf("%d items, want %d", len(got), len(b.Items))
	}
	for _, i := range b.Items {
		amounts := fmt.Sprintf(`"quantity":%s,"unit":%q,"unitPrice":%s,"amountExcludingTax":%s,"taxRate":%s,"taxAmount":%s,"amountIncludingTax":%s,"currency":%q}`,
			i.Quantity, i.Unit, i.UnitPrice, i.Net, i.TaxRate, i.Tax, i.Gross, i.Currency)
		if !strings.Contains(r.body, `{"id":"`+i.ID+`","billId":"`+b.ID+`","lineNumber":`+strconv.Itoa(i.LineNumber)) || !strings.Contains(r.body, amounts) {
			t.Errorf("item %s is not in %s", i.ID, r.body)
		}
	}
	if got := c.get("/bills/" + b.ID + "/items?offset=3&limit=2").ids(t); len(got) != 2 || got[0] != b.Items[3].ID {
		t.Errorf("a page of items is %v", got)
	}
	rows := readCSV(t, c.get("/bills/"+b.ID+"/items?limit=1000", "Accept", "text/csv").body)
	if len(rows) != len(b.Items)+1 || rows[1][13] != b.Items[0].Net || rows[0][13] != "amountExcludingTax" {
		t.Errorf("the items as CSV are %v", rows)
	}
	bills := readCSV(t, c.get("/bills?limit=3", "Accept", "text/csv").body)
	if len(bills) != 4 || bills[1][13] != c.s.World.Bills()[0].Gross || bills[0][13] != "amountIncludingTax" {
		t.Errorf("the bills as CSV are %v", bills)
	}
}

func TestAccountsOnTheWire(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	r := c.get("/billingAccounts?limit=100")
	ids := r.ids(t)
	if len(ids) != 24 || slices.Contains(ids, "BA-400999") || r.header.Get("X-Total-Count") != "24" {
		t.Errorf("%d accounts: %v", len(ids), ids)
	}
	if got := c.get("/billingAccounts?status=closed").ids(t); len(got) != 1 || got[0] != "BA-400241" {
		t.Errorf("closed accounts are %v", got)
	}
	if got := c.get("/billingAccounts?offset=20").ids(t); !slices.Equal(got, ids[20:]) {
		t.Errorf("the last page is %v", got)
	}
	one := c.get("/billingAccounts/BA-410072")
	const want = `{"id":"BA-410072","number":"0049 2210 72","name":"MERIDIAN FOODS GMBH - WERK LEIPZIG","status":"active",` +
		`"customer":{"id":"70114","name":"Meridian Foods SA","segment":"int"},"currency":"EUR","country":"DE",` +
		`"sendingFormat":"electronic","billingCycle":"monthly","paymentTermDays":30,` +
		`"address":{"lines":["Torgauer Straße 231"],"postCode":"04347","city":"Leipzig","country":"DE"}}`
	if one.body != want {
		t.Errorf("got  %s\nwant %s", one.body, want)
	}
	refused(t, "the unlisted account", c.get("/billingAccounts/BA-400999"), 404, 60)
}

func TestDocumentOnTheWire(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	for _, ref := range []sandbox.BillRef{c.s.World.Stories.Spike, c.s.World.Stories.CutPDF} {
		pdf := document(t, c.s.World, ref.ID)
		r := c.get("/bills/"+ref.ID, "Accept", "application/pdf")
		if r.body != string(pdf) || r.header.Get("Content-Length") != strconv.Itoa(len(pdf)) ||
			r.header.Get("Content-Disposition") != `attachment; filename="`+ref.Number+`.pdf"` {
			t.Errorf("document of %s: %v", ref.Number, r.header)
		}
	}
	refused(t, "of an unknown bill", c.get("/bills/1", "Accept", "application/pdf"), 404, 60)
}
