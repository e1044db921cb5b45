package sandbox_test

import (
	"encoding/csv"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// billsIn gives the invoices of an account issued in a month, oldest first.
func billsIn(w *sandbox.World, account, month string) []*sandbox.Bill {
	var found []*sandbox.Bill
	for _, b := range w.Bills() {
		if b.AccountNumber == account && b.Type == sandbox.TypeInvoice && strings.HasPrefix(b.IssuedAt, month) {
			found = append(found, b)
		}
	}
	slices.Reverse(found)
	return found
}

func mustBill(t *testing.T, w *sandbox.World, ref sandbox.BillRef) *sandbox.Bill {
	t.Helper()
	b, ok := w.Bill(ref.ID)
	if !ok || b.Number != ref.Number || b.AccountNumber != ref.AccountNumber {
		t.Fatalf("there is no bill %+v", ref)
	}
	return b
}

func TestMissingBills(t *testing.T) {
	t.Parallel()
	w := theWorld()
	for account, month := range map[string]string{w.Stories.Missing[0].AccountNumber: w.Stories.Missing[0].Month, w.Stories.Missing[1].AccountNumber: w.Stories.Missing[1].Month} {
		months := map[string]int{}
		for _, b := range billsIn(w, account, "") {
			months[b.IssuedAt[:7]]++
		}
		if months[month] != 0 || len(months) != 35 {
			t.Errorf("account %s: %d bills in %s, bills in %d months", account, months[month], month, len(months))
		}
	}
}

func TestDoubleBill(t *testing.T) {
	t.Parallel()
	w := theWorld()
	one, two := mustBill(t, w, w.Stories.Double[0]), mustBill(t, w, w.Stories.Double[1])
	if one.ID == two.ID || one.Number != two.Number || one.Gross != two.Gross || len(one.Items) != len(two.Items) || two.Items[0].BillID != two.ID {
		t.Errorf("%s and %s are not one bill under two ids", one.ID, two.ID)
	}
	numbers := map[string]int{}
	for _, b := range w.Bills() {
		numbers[b.Number]++
	}
	for number, n := range numbers {
		if (n == 2) != (number == one.Number) || n > 2 {
			t.Errorf("number %s is on %d bills", number, n)
		}
	}
}

func TestBrokenSum(t *testing.T) {
	t.Parallel()
	w := theWorld()
	b := mustBill(t, w, w.Stories.BrokenSum)
	sum := new(big.Rat)
	for _, i := range b.Items {
		sum.Add(sum, rat(t, i.Net))
	}
	if sum.Cmp(rat(t, b.Net)) == 0 || rat(t, w.Stories.BrokenSumBy).Sign() <= 0 {
		t.Errorf("the items of %s come to its net %s", b.Number, b.Net)
	}
}

func TestCreditNotes(t *testing.T) {
	t.Parallel()
	w := theWorld()
	notes := map[string]bool{}
	for _, ref := range w.Stories.CreditNotes {
		note := mustBill(t, w, ref)
		notes[note.ID] = true
		if alone := ref == w.Stories.CreditNoteAlone; alone != (note.OriginalID == "") {
			t.Errorf("credit note %s refers to %q", note.Number, note.OriginalID)
		}
		if original, ok := w.Bill(note.OriginalID); ok && (original.Number != note.OriginalNumber || original.AccountID != note.AccountID) {
			t.Errorf("credit note %s refers to %s of another account", note.Number, original.Number)
		}
		if note.DueAt != "" {
			t.Errorf("credit note %s is due", note.Number)
		}
	}
	for _, b := range w.Bills() {
		if (b.Type == sandbox.TypeCreditNote) != notes[b.ID] {
			t.Errorf("%s is a credit note that no story names, or the reverse", b.Number)
		}
	}
}

// unitPrices gives the recurring unit prices of a bill by label and site.
func unitPrices(b *sandbox.Bill) map[string]string {
	prices := map[string]string{}
	for _, i := range b.Items {
		if i.Category == sandbox.CategoryRecurring {
			prices[i.Label+" "+i.SiteName] = i.UnitPrice
		}
	}
	return prices
}

func TestPriceRiseAcrossOneCountry(t *testing.T) {
	t.Parallel()
	w := theWorld()
	if w.Stories.PriceRiseFrom != "2026-07" || w.Stories.PriceRisePercent != "6.5" {
		t.Fatalf("prices rise by %s %% in %s", w.Stories.PriceRisePercent, w.Stories.PriceRiseFrom)
	}
	for _, a := range w.Accounts() {
		before, after := billsIn(w, a.Number, "2026-06"), billsIn(w, a.Number, "2026-07")
		for i := range min(len(before), len(after)) {
			old := unitPrices(before[i])
			for name, price := range unitPrices(after[i]) {
				was, known := old[name]
				if known && (price != was) != (a.Country == w.Stories.PriceRiseCountry) {
					t.Errorf("%s in %s: %s, then %s", name, a.Country, was, price)
				}
			}
		}
	}
}

func TestSpike(t *testing.T) {
	t.Parallel()
	w := theWorld()
	b := mustBill(t, w, w.Stories.Spike)
	at := slices.IndexFunc(b.Items, func(i sandbox.Item) bool { return i.Label == w.Stories.SpikeLabel })
	if at < 0 {
		t.Fatalf("bill %s has no %s", b.Number, w.Stories.SpikeLabel)
	}
	spike := b.Items[at]
	usual := new(big.Rat)
	for _, other := range billsIn(w, b.AccountNumber, "") {
		for _, i := range other.Items {
			if i.Label == spike.Label && i.SiteName == spike.SiteName && other.ID != b.ID {
				if q := rat(t, i.Quantity); q.Cmp(usual) > 0 {
					usual = q
				}
			}
		}
	}
	if rat(t, spike.Quantity).Cmp(usual.Mul(usual, big.NewRat(4, 1))) < 0 {
		t.Errorf("%s minutes are no spike", spike.Quantity)
	}
}

func TestRenumberedAccount(t *testing.T) {
	t.Parallel()
	w := theWorld()
	old, _ := w.Account(w.Stories.RenumberedOld)
	next, _ := w.Account(w.Stories.RenumberedNew)
	if old.Name != next.Name || old.AddressLine != next.AddressLine || old.Status != sandbox.StatusClosed || next.Status != sandbox.StatusActive {
		t.Errorf("%+v does not go on as %+v", old, next)
	}
	before, after := billsIn(w, old.Number, ""), billsIn(w, next.Number, "")
	from := w.Stories.RenumberedFrom
	if before[len(before)-1].IssuedAt[:7] >= from || after[0].IssuedAt[:7] != from || len(before)+len(after) != 36 {
		t.Errorf("%d bills before and %d after %s", len(before), len(after), from)
	}
}

func TestCorrection(t *testing.T) {
	t.Parallel()
	w := sandbox.NewWorld(1, testDay)
	corrected := mustBill(t, w, w.Stories.Corrected)
	if corrected.UpdatedAt != w.Stories.CorrectedAt || corrected.UpdatedAt[:10] <= corrected.IssuedAt {
		t.Errorf("bill %s, issued %s, was updated %s", corrected.Number, corrected.IssuedAt, corrected.UpdatedAt)
	}
	w.HoldCorrection()
	first := mustBill(t, w, w.Stories.Corrected)
	if first.Gross == corrected.Gross || first.UpdatedAt >= corrected.UpdatedAt || !reflect.DeepEqual(*first, w.Stories.AsIssued) {
		t.Errorf("before the correction the bill comes to %s, after to %s", first.Gross, corrected.Gross)
	}
	if len(w.Bills()) != len(theWorld().Bills()) || !slices.Contains(w.Bills(), first) {
		t.Error("the list does not hold the bill as issued")
	}
	w.Correct()
	if mustBill(t, w, w.Stories.Corrected) != corrected {
		t.Error("the correction does not take effect")
	}
}

func readCSV(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRegister(t *testing.T) {
	t.Parallel()
	w := theWorld()
	rows := readCSV(t, w.RegisterCSV())
	if strings.Join(rows[0], ",") != "number,name,group,cost_centre,country,status" || len(rows) != 24 {
		t.Fatalf("%d rows under %v", len(rows), rows[0])
	}
	status := map[string]string{}
	for _, row := range rows[1:] {
		status[row[0]] = row[5]
		if slices.Contains(row, "") {
			t.Errorf("row %v has a gap", row)
		}
	}
	if status[w.Stories.NotAdmitted] != "" || status[w.Stories.Unlisted.AccountNumber] != "" || status[w.Stories.RenumberedOld] != "closed" {
		t.Errorf("the register says %v", status)
	}
	if _, ok := w.Account(w.Stories.NotAdmitted); !ok || len(billsIn(w, w.Stories.NotAdmitted, "")) < 5 {
		t.Error("the account nobody admitted is not listed or not billed")
	}
	if _, ok := w.Account(w.Stories.Unlisted.AccountNumber); ok {
		t.Error("the unlisted account is listed")
	}
	mustBill(t, w, w.Stories.Unlisted)
}

func TestGrants(t *testing.T) {
	t.Parallel()
	w := theWorld()
	rows := readCSV(t, w.GrantsCSV())
	if strings.Join(rows[0], ",") != "grantee_kind,grantee,target_kind,target" {
		t.Fatalf("the columns are %v", rows[0])
	}
	seen, currencies, countries := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, row := range rows[1:] {
		if row[1] != sandbox.GroupReaders {
			if strings.Join(row, ",") != "group,"+sandbox.GroupAccounting+",all," {
				t.Errorf("unexpected grant %v", row)
			}
			continue
		}
		a, ok := w.Account(row[3])
		if !ok || row[0] != "group" || row[2] != "account" {
			t.Errorf("unexpected grant %v", row)
		}
		seen[a.Number], currencies[a.Currency], countries[a.Country] = true, true, true
	}
	if len(seen) != 3 || len(currencies) < 2 || !seen[w.Stories.Spike.AccountNumber] || !countries[w.Stories.PriceRiseCountry] {
		t.Errorf("employees see %v", seen)
	}
	if !slices.ContainsFunc(w.Stories.CreditNotes[:], func(ref sandbox.BillRef) bool { return seen[ref.AccountNumber] }) {
		t.Error("employees see no credit note")
	}
}
