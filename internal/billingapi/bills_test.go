package billingapi

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"billportal/internal/billing"
)

// nativeBill is a bill in Orange's own words.
const nativeBill = `{
  "id": "1013390", "number": "FR26-0091745", "type": "invoice", "sendingFormat": "paper",
  "customer": { "id": "9999", "name": "ACME Corp", "segment": "int" },
  "billingAccount": { "id": "BA-400217", "number": "400217", "name": "ACME Corp - WAN Europe" },
  "issuedAt": "2026-09-03", "period": { "start": "2026-08-01", "end": "2026-08-31" }, "dueAt": "2026-10-03",
  "state": "sent", "currency": "EUR",
  "amountExcludingTax": 18250.40, "taxAmount": 3650.08, "amountIncludingTax": 21900.48, "amountDue": 21900.48,
  "taxes": [ { "category": "VAT", "rate": 20.0, "base": 18250.40, "amount": 3650.08 } ],
  "purchaseOrder": "PO-77812", "originalBill": null,
  "documents": [ { "name": "FR26-0091745.pdf", "mimeType": "application/pdf", "size": 184213 } ],
  "updatedAt": "2026-09-03T04:12:55Z"
}`

// tmfBill is the same bill in the words of TMF678.
const tmfBill = `{
  "id": 1013390, "billNo": "FR26-0091745", "category": "Invoice", "state": "sent", "sendingFormat": "paper",
  "billingAccount": { "id": "BA-400217", "number": 400217, "name": "ACME Corp - WAN Europe" },
  "billDate": "2026-09-03T00:00:00+02:00", "paymentDueDate": "2026-10-03T23:59:59Z",
  "billingPeriod": { "startDateTime": "2026-08-01T00:00:00Z", "endDateTime": "2026-08-31T23:59:59Z" },
  "taxExcludedAmount": { "unit": "EUR", "value": 18250.40 }, "taxIncludedAmount": { "unit": "EUR", "value": "21900.48" },
  "amountDue": { "unit": "EUR", "value": 21900.48 },
  "taxItem": [ { "taxCategory": "VAT", "taxRate": 20.0, "taxAmount": { "unit": "EUR", "value": 3650.08 } } ],
  "purchaseOrder": { "number": "PO-77812" }, "lastUpdate": 1788408775000
}`

func wantBill() billing.Bill {
	eur := func(s string) billing.Money { return billing.NewMoney(s, "EUR") }
	return billing.Bill{
		UpstreamID: "1013390", Number: "FR26-0091745", Kind: billing.Invoice, Type: "invoice", State: "sent",
		Account: "400217", AccountUpstreamID: "BA-400217", AccountName: "ACME Corp - WAN Europe",
		IssuedOn: billing.NewDate(2026, 9, 3), DueOn: billing.NewDate(2026, 10, 3),
		Period:   billing.Period{First: billing.NewDate(2026, 8, 1), Last: billing.NewDate(2026, 8, 31)},
		Currency: "EUR", Net: eur("18250.40"), Tax: eur("3650.08"), Gross: eur("21900.48"), Due: eur("21900.48"),
		Taxes:         []billing.Tax{{Category: "VAT", Rate: "20.0", Base: eur("18250.40"), Amount: eur("3650.08")}},
		PurchaseOrder: "PO-77812", SendingFormat: "paper", UpdatedAt: time.Date(2026, 9, 3, 4, 12, 55, 0, time.UTC),
	}
}

func decodeBill(t testing.TB, raw string) billing.Bill {
	t.Helper()
	r, ok := decodeRecord([]byte(raw))
	if !ok {
		t.Fatalf("not an object: %s", raw)
	}
	d := BuiltInDialect()
	return d.bill(r)
}

func TestBillInOrangesWords(t *testing.T) {
	t.Parallel()
	if got, want := decodeBill(t, nativeBill), wantBill(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestBillInTMFWords(t *testing.T) {
	t.Parallel()
	want := wantBill()
	want.Type = "Invoice"
	want.Taxes[0].Base = billing.Money{}
	if got := decodeBill(t, tmfBill); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSparseBillSuppliesNothingElse(t *testing.T) {
	t.Parallel()
	got := decodeBill(t, `{"id":"1","customer":{"id":"9999","name":"ACME","segment":"int"},"type":"invoice","sendingFormat":"paper"}`)
	want := billing.Bill{UpstreamID: "1", Kind: billing.Invoice, Type: "invoice", SendingFormat: "paper"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestAmountIsKeptAsReceived(t *testing.T) {
	t.Parallel()
	for received, want := range map[string]billing.Money{
		`0.1`:                           billing.NewMoney("0.1", "EUR"),
		`1240.00`:                       billing.NewMoney("1240.00", "EUR"),
		`-12`:                           billing.NewMoney("-12", "EUR"),
		`1.5e3`:                         billing.NewMoney("1500", "EUR"),
		`90071992547409.93`:             billing.NewMoney("90071992547409.93", "EUR"),
		`"12.30"`:                       billing.NewMoney("12.30", "EUR"),
		`{"unit":"USD","value":5}`:      billing.NewMoney("5", "USD"),
		`{"value":"5.10"}`:              billing.NewMoney("5.10", "EUR"),
		`{"amount":7,"currency":"JPY"}`: billing.NewMoney("7", "JPY"),
		`[{"value":3}]`:                 billing.NewMoney("3", "EUR"),
		`"1 234,56"`:                    billing.NewMoney("1 234,56", "EUR"),
		`"n/a"`:                         billing.NewMoney("n/a", "EUR"),
		`true`:                          billing.NewMoney("true", "EUR"),
		`{"cents":5}`:                   billing.NewMoney(`{"cents":5}`, "EUR"),
		`null`:                          {},
		`""`:                            {},
		`{}`:                            {},
		`{"unit":"EUR","value":null}`:   {},
		`[]`:                            {},
	} {
		if got := decodeBill(t, `{"id":"1","currency":"EUR","amountIncludingTax":`+received+`}`).Gross; got != want {
			t.Errorf("%s reads as %v, want %v", received, got, want)
		}
	}
	if got := decodeBill(t, `{"id":"1","amountIncludingTax":{"unit":"CHF","value":1},"taxAmount":2}`); got.Currency != "CHF" || got.Tax != billing.NewMoney("2", "CHF") {
		t.Errorf("a bill without currency of its own: %+v", got)
	}
}

func TestAccountIsNamedInManyWays(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string][2]string{
		`"billingAccount":{"id":"BA-1","number":"0071 44"}`:   {"0071 44", "BA-1"},
		`"billingAccount":{"id":1,"number":20}`:               {"20", "1"},
		`"billingAccount":{"id":"BA-1","href":"/x"}`:          {"", "BA-1"},
		`"billingAccount":[{"id":"BA-1","number":"2"}]`:       {"2", "BA-1"},
		`"billingAccount":[{"id":"BA-1"},{"id":"BA-2"}]`:      {"", ""},
		`"billingAccount":"0071"`:                             {"0071", ""},
		`"billingAccount":7100000000000000001`:                {"7100000000000000001", ""},
		`"billingAccountId":"BA-1"`:                           {"", "BA-1"},
		`"accountNumber":"2","accountId":"BA-1"`:              {"2", "BA-1"},
		`"account":"2"`:                                       {"2", ""},
		`"billingAccount":null,"account":{"id":1,"number":2}`: {"2", "1"},
		`"billingAccount":{"number":""},"accountNumber":"2"`:  {"2", ""},
		`"customer":{"id":"9999"}`:                            {"", ""},
	} {
		b := decodeBill(t, `{"id":"1",`+fields+`}`)
		if got := [2]string{string(b.Account), string(b.AccountUpstreamID)}; got != want {
			t.Errorf("%s: number and id %q, want %q", fields, got, want)
		}
	}
}

func TestKindIsReadWithoutCaseOrSeparators(t *testing.T) {
	t.Parallel()
	d := BuiltInDialect()
	for word, want := range map[string]billing.Kind{
		"invoice": billing.Invoice, "INVOICE": billing.Invoice, "Facture": billing.Invoice, "bill": billing.Invoice,
		"creditNote": billing.CreditNote, "credit_note": billing.CreditNote, "Credit note": billing.CreditNote,
		"CREDIT-NOTE": billing.CreditNote, "credit": billing.CreditNote, "avoir": billing.CreditNote,
		"pro forma": billing.Other, "": billing.Other, "-": billing.Other, "creditor": billing.Other,
	} {
		equal(t, "kind of "+word, d.kind(word), want)
	}
	if b := decodeBill(t, `{"id":"1","type":"Pro Forma"}`); b.Kind != billing.Other || b.Type != "Pro Forma" {
		t.Errorf("an unknown word is not kept: %+v", b)
	}
}

func TestCreditNoteIsTurned(t *testing.T) {
	t.Parallel()
	b := decodeBill(t, `{"id":"1","type":"credit_note","currency":"EUR","amountIncludingTax":10,"taxAmount":2,
		"taxes":{"rate":"20","amount":2},"originalBill":{"id":7,"number":"FR-7"}}`)
	if !b.SignTurned || b.Gross.Number() != "-10" || b.Taxes[0].Amount.Number() != "-2" {
		t.Errorf("a credit note that came positive: %+v", b)
	}
	if b.Original != (billing.Reference{UpstreamID: "7", Number: "FR-7"}) {
		t.Errorf("it refers to %+v", b.Original)
	}
	if b := decodeBill(t, `{"id":"1","type":"avoir","currency":"EUR","amountIncludingTax":-10}`); b.SignTurned || b.Gross.Number() != "-10" {
		t.Errorf("a credit note that came negative: %+v", b)
	}
}

func TestBillsAsksWideAndFiltersHere(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills": counted(4, `[
		{"id":"1","issuedAt":"2026-03-31"},{"id":"2","issuedAt":"2026-04-01"},{"id":"3","issuedAt":"2026-02-28"},{"id":"4"}]`)})
	q := BillQuery{Account: "BA 1&x=2", Issued: billing.MonthOf(billing.NewDate(2026, 3, 1))}
	var ids []billing.UpstreamID
	for page, err := range c.Bills(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Bills {
			ids = append(ids, r.Bill.UpstreamID)
		}
		if page.Total != 4 || !page.Complete {
			t.Errorf("page %+v", page)
		}
	}
	if !reflect.DeepEqual(ids, []billing.UpstreamID{"1", "4"}) {
		t.Errorf("bills %v", ids)
	}
	equal(t, "query", u.last().query, "billingAccountId=BA+1%26x%3D2&issuedAt=2026-02-28%2F2026-04-01&limit=500&sort=-issuedAt")
}

func TestDateRange(t *testing.T) {
	t.Parallel()
	day := billing.NewDate(2026, 1, 1)
	equal(t, "open", dateRange(billing.Period{}), "")
	equal(t, "from", dateRange(billing.Period{First: day}), "atOrAfter2025-12-31")
	equal(t, "to", dateRange(billing.Period{Last: day}), "atOrBefore2026-01-02")
}

func TestAccountsInBothVocabularies(t *testing.T) {
	t.Parallel()
	c, _, _ := newTest(t, map[string]http.HandlerFunc{"/api/billingAccounts": counted(2, `[
		{"id":"BA-400217","number":"0071 4420 18","name":"ACME","status":"active","currency":"EUR","country":"FR","x":1.50},
		{"id":"BA-2","state":"Closed","address":{"country":"ES"}}]`)})
	for page, err := range c.Accounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want := []AccountRecord{{
			Account: billing.BillingAccount{Number: "0071 4420 18", UpstreamID: "BA-400217", UpstreamName: "ACME", UpstreamStatus: "active", UpstreamCountry: "FR", Currency: "EUR"},
			Raw:     []byte(`{"id":"BA-400217","number":"0071 4420 18","name":"ACME","status":"active","currency":"EUR","country":"FR","x":1.50}`),
		}, {
			Account: billing.BillingAccount{UpstreamID: "BA-2", UpstreamStatus: "Closed", UpstreamCountry: "ES"},
			Raw:     []byte(`{"id":"BA-2","state":"Closed","address":{"country":"ES"}}`),
		}}
		if !reflect.DeepEqual(page.Accounts, want) || !page.Complete {
			t.Errorf("page %+v", page)
		}
	}
}

func BenchmarkDecodeBill(b *testing.B) {
	d := BuiltInDialect()
	for b.Loop() {
		r, _ := decodeRecord([]byte(nativeBill))
		d.bill(r)
	}
}
