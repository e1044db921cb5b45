package web

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/internal/sqlite"
)

// wireAmount is an amount as it stands in JSON: up to 18 digits, up to four of them
// behind the point, negative as often as not.
func wireAmount(dice *rand.Rand) string {
	digits, fraction := 1+dice.IntN(18), dice.IntN(5)
	whole := strconv.FormatInt(1+dice.Int64N(9), 10)
	for len(whole) < max(1, digits-fraction) {
		whole += strconv.Itoa(dice.IntN(10))
	}
	if dice.IntN(5) == 0 {
		whole = "0"
	}
	if fraction > 0 {
		whole += "."
		for range fraction {
			whole += strconv.Itoa(dice.IntN(10))
		}
	}
	if dice.IntN(2) == 0 && strings.ContainsAny(whole, "123456789") { // nothing is shown without a minus sign
		return "-" + whole
	}
	return whole
}

// wireBills makes bills of four amounts each, and what they were made of.
func wireBills(dice *rand.Rand, n int) (list string, truth [][4]string, currencies []string) {
	var b strings.Builder
	for i := range n {
		amounts := [4]string{wireAmount(dice), wireAmount(dice), wireAmount(dice), wireAmount(dice)}
		currency := []string{"EUR", "USD", "JPY", "KWD", "XXX"}[dice.IntN(5)]
		truth, currencies = append(truth, amounts), append(currencies, currency)
		quote := [2]string{"", `"`}[dice.IntN(2)] // as a number, or as text
		fmt.Fprintf(&b, `%c{"id":"%d","number":"N%d","type":"invoice","state":"sent","billingAccount":{"id":"A","number":"0071"},"issuedAt":"2026-09-03","currency":"%s",`+
			`"amountExcludingTax":%s%s%s,"taxAmount":%s,"amountIncludingTax":%s%s%s,"amountDue":%s}`,
			"[,"[min(i, 1)], i+1, i+1, currency, quote, amounts[0], quote, amounts[1], quote, amounts[2], quote, amounts[3])
	}
	return b.String() + "]", truth, currencies
}

// received are the bills that the client of the Billing API makes of a list.
func received(t *testing.T, list string, n int) []billingapi.BillRecord {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/token" {
			_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"t","expires_in":3600}`)
			return
		}
		w.Header().Set("X-Total-Count", strconv.Itoa(n))
		_, _ = io.WriteString(w, list)
	}))
	defer server.Close()
	client, err := billingapi.New(billingapi.Options{
		BaseURL: server.URL, TokenURL: server.URL + "/token", ClientID: "i", ClientSecret: "s", APIKey: "k", CallsPerMinute: 1000, CallsPerSecond: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	var bills []billingapi.BillRecord
	for page, err := range client.Bills(t.Context(), billingapi.BillQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		bills = append(bills, page.Bills...)
	}
	if len(bills) != n {
		t.Fatalf("%d bills came of %d", len(bills), n)
	}
	return bills
}

// kept are bills as a database gives them back, by the API's key.
func kept(t *testing.T, records []billingapi.BillRecord) map[billing.UpstreamID]billing.Bill {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "portal.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	account := billing.BillingAccount{Number: "0071", Name: "Paris", Status: billing.Admitted}
	if err := db.SetAccounts(t.Context(), ledger.Act{Actor: "test", Action: "register.import"}, []billing.BillingAccount{account}); err != nil {
		t.Fatal(err)
	}
	for rest := records; len(rest) > 0; rest = rest[min(len(rest), 100):] {
		if _, err := db.UpsertBills(t.Context(), rest[:min(len(rest), 100)]); err != nil {
			t.Fatal(err)
		}
	}
	page, err := db.Bills(t.Context(), access.ScopeAll(), billing.BillFilter{}, billing.Page{Limit: len(records) + 1})
	if err != nil || len(page.Bills) != len(records) {
		t.Fatalf("%d bills of %d, %v", len(page.Bills), len(records), err)
	}
	byKey := map[billing.UpstreamID]billing.Bill{}
	for _, b := range page.Bills {
		byKey[b.UpstreamID] = b
	}
	return byKey
}

// plain takes from an amount what a language adds to it for reading.
func plain(shown string) string {
	return strings.NewReplacer("\u2212", "-", "\u202f", "", "\u00a0", "", ",", "").Replace(shown)
}

// padded is an amount with at least the decimals of its currency.
func padded(amount, currency string) string {
	least := map[string]int{"EUR": 2, "USD": 2, "KWD": 3}[currency]
	_, fraction, _ := strings.Cut(amount, ".")
	switch short := least - len(fraction); {
	case short <= 0:
		return amount
	case fraction == "":
		return amount + "." + strings.Repeat("0", short)
	default:
		return amount + strings.Repeat("0", short)
	}
}

// amountsShown follows n random amounts from the wire to the page and to the file,
// the first lot of them through the database.
func amountsShown(t *testing.T, n int) {
	t.Helper()
	const lot = 5000 // bills of four amounts
	dice := rand.New(rand.NewPCG(2026, 11))
	en, fr := i18n.For(i18n.En), i18n.For(i18n.Fr)
	followed := 0
	for followed < n {
		list, truth, currencies := wireBills(dice, lot)
		records := received(t, list, lot)
		var copied map[billing.UpstreamID]billing.Bill
		if followed == 0 {
			copied = kept(t, records)
		}
		var file strings.Builder
		out := export.NewBills(&file, false)
		for i, r := range records {
			b := r.Bill
			if copied != nil {
				b = copied[b.UpstreamID]
			}
			if err := out.Write(b, nil); err != nil {
				t.Fatal(err)
			}
			for j, m := range []billing.Money{b.Net, b.Tax, b.Gross, b.Due} {
				want := padded(truth[i][j], currencies[i])
				if got := plain(amount(en, m).Text); got != want || amount(en, m).Currency != currencies[i] {
					t.Fatalf("%s %s is shown as %q", truth[i][j], currencies[i], amount(en, m).Text)
				}
				if got := plain(strings.ReplaceAll(amount(fr, m).Text, ",", ".")); got != want {
					t.Fatalf("%s %s is shown as %q in French", truth[i][j], currencies[i], amount(fr, m).Text)
				}
				followed++
			}
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(file.String())).ReadAll()
		if err != nil || len(rows) != lot+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, row := range rows[1:] {
			if got := [4]string(row[9:13]); got != truth[i] {
				t.Fatalf("%q stands in the file as %q", truth[i], got)
			}
		}
	}
	t.Logf("%d amounts", followed)
}

func TestAHundredThousandAmountsAreShownAsReceived_V5(t *testing.T) {
	t.Parallel()
	amountsShown(t, 100_000)
}
