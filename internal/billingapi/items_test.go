package billingapi

import (
	"errors"
	"net/http"
	"reflect"
	"testing"

	"billportal/internal/billing"
)

const nativeItem = `{
  "id": "1013390-0004", "billId": "1013390", "lineNumber": 4, "category": "recurring",
  "label": "Business VPN port 100 Mbit/s, Madrid", "installedOfferId": "OFR-0051287",
  "site": { "name": "ES-MAD-02", "country": "ES" }, "period": { "start": "2026-08-01", "end": "2026-08-31" },
  "quantity": 1, "unit": "month", "unitPrice": 1240.00, "amountExcludingTax": 1240.00, "taxRate": 20.0,
  "taxAmount": 248.00, "amountIncludingTax": 1488.00, "currency": "EUR"
}`

const tmfItem = `{
  "id": "1013390-0004", "type": "recurring", "name": "Business VPN port 100 Mbit/s, Madrid", "product": {"id": "OFR-0051287"},
  "site": { "name": "ES-MAD-02", "country": "ES" },
  "periodCoverage": { "startDateTime": "2026-08-01T00:00:00Z", "endDateTime": "2026-08-31T23:59:59Z" },
  "quantity": { "amount": 1, "units": "month" }, "unitPrice": { "unit": "EUR", "value": 1240.00 },
  "taxExcludedAmount": { "unit": "EUR", "value": 1240.00 }, "taxIncludedAmount": { "unit": "EUR", "value": 1488.00 },
  "appliedTax": [ { "taxCategory": "VAT", "taxRate": 20.0, "taxAmount": { "unit": "EUR", "value": 248.00 } } ]
}`

func TestItemInBothVocabularies(t *testing.T) {
	t.Parallel()
	eur := func(s string) billing.Money { return billing.NewMoney(s, "EUR") }
	want := billing.Item{
		UpstreamID: "1013390-0004", Line: 4, Category: "recurring", Label: "Business VPN port 100 Mbit/s, Madrid",
		OfferID: "OFR-0051287", SiteName: "ES-MAD-02", Country: "ES",
		Period:   billing.Period{First: billing.NewDate(2026, 8, 1), Last: billing.NewDate(2026, 8, 31)},
		Quantity: "1", Unit: "month", UnitPrice: "1240.00",
		Net: eur("1240.00"), TaxRate: "20.0", Tax: eur("248.00"), Gross: eur("1488.00"),
	}
	d := BuiltInDialect()
	for name, raw := range map[string]string{"native": nativeItem, "TMF": tmfItem} {
		r, _ := decodeRecord([]byte(raw))
		if got := d.item(r, 4, ""); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got  %+v\nwant %+v", name, got, want)
		}
	}
}

func TestItemTaxOfSeveralIsNotGuessed(t *testing.T) {
	t.Parallel()
	d := BuiltInDialect()
	r, _ := decodeRecord([]byte(`{"id":"1","appliedTax":[{"taxAmount":1},{"taxAmount":2}]}`))
	if got := d.item(r, 1, "EUR"); got.Tax.Supplied() {
		t.Errorf("one of two taxes was taken for the whole: %v", got.Tax)
	}
}

func TestItemsOfAllPages(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7/items": sayInTurn(
		counted(5, `[{"id":"a","amountExcludingTax":1.10},{"label":"no id"}, "odd" ]`),
		counted(5, `[{"label":"no id"},{"id":"b","lineNumber":9}]`))})
	list, err := c.Items(t.Context(), "7", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 4 || list.Items[1].Line != 2 || list.Items[3].Line != 9 || list.Items[0].Net != billing.NewMoney("1.10", "EUR") {
		t.Errorf("items %+v", list.Items)
	}
	equal(t, "raw", string(list.Raw), `[{"id":"a","amountExcludingTax":1.10},{"label":"no id"},"odd",{"label":"no id"},{"id":"b","lineNumber":9}]`)
	equal(t, "malformed", len(list.Malformed), 1)
	equal(t, "complete", str(list.Complete), "false")
	equal(t, "second query", u.last().query, "limit=500&offset=3")
}

func TestBillWithoutItems(t *testing.T) {
	t.Parallel()
	c, _, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7/items": say(204, "")})
	list, err := c.Items(t.Context(), "7", "EUR")
	if err != nil || len(list.Items) != 0 || !list.Complete || string(list.Raw) != "[]" {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, err := c.Items(t.Context(), "8", "EUR"); !errors.Is(err, ErrNotFound) {
		t.Errorf("items of no bill: %v", err)
	}
}
