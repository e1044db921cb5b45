package billingapi

import (
	"strings"
	"testing"

	"billportal/internal/billing"
)

// FuzzBill checks that no bytes make the decoding of a list panic, and that no
// record loses its bytes or its id.
func FuzzBill(f *testing.F) {
	for _, seed := range []string{
		nativeBill, tmfBill, nativeItem, `{"id":1,"amountDue":{"value":[1e999]}}`, `{"id":"1","taxes":[null,[],{"rate":{}}]}`,
		`[{"id":1},null]`, `{"bills":null}`, `{"id":1,"period":"/","issuedAt":1e30}`,
	} {
		f.Add([]byte(seed))
	}
	d := BuiltInDialect()
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := decodeList(raw)
		if err != nil {
			list = nil
		}
		for _, element := range append(list, raw) {
			r, ok := decodeRecord(element)
			if !ok {
				continue
			}
			b := d.bill(r)
			if string(b.UpstreamID) != r.text("id", "billId") {
				t.Errorf("the id %q became %q", r.text("id", "billId"), b.UpstreamID)
			}
			if b.Kind == billing.CreditNote && b.SignTurned && b.Gross.Exact() && !b.Gross.IsNegative() && !b.Gross.IsZero() {
				t.Errorf("a turned credit note is positive: %v", b.Gross)
			}
			d.item(r, 1, "EUR")
			d.account(r)
		}
	})
}

// FuzzDate checks that a day read is a day that exists, and that it is the day
// written where one was written.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-09-03", "2026-09-03T23:00:00-11:00", "1788393600", "1788393600000", "-1", "1e9", "9999-12-31 x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := parseDate(s)
		parseTime(s)
		if d.IsZero() {
			return
		}
		if again, err := billing.ParseDate(d.String()); err != nil || again != d {
			t.Errorf("%q reads as %q, which is no day", s, d)
		}
		if _, epoch := parseEpoch(strings.TrimSpace(s)); !epoch && !strings.HasPrefix(strings.TrimSpace(s), d.String()) {
			t.Errorf("%q reads as %q, another day", s, d)
		}
	})
}

// FuzzToken checks that a token that is read can be sent, for a sane time.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{
		`{"token_type":"Bearer","access_token":"t","expires_in":3600}`, `{"access_token":"t","expires_in":"1e400"}`, `{"access_token":"a\r\nb"}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, life, err := decodeToken(body)
		if err != nil {
			return
		}
		if !headerSafe(value) || life <= 0 || life > longestLife {
			t.Errorf("token %q for %v", value, life)
		}
	})
}
