package export_test

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"billportal/internal/billing"
	"billportal/internal/export"
)

func euro(number string) billing.Money { return billing.NewMoney(number, "EUR") }

func date(t *testing.T, s string) billing.Date {
	t.Helper()
	d, err := billing.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func someBill(t *testing.T) billing.Bill {
	t.Helper()
	return billing.Bill{
		Number: "FR26-0091745", Kind: billing.Invoice, Account: "0071 4420 18", AccountName: "Paris, head office",
		IssuedOn: date(t, "2026-09-05"), DueOn: date(t, "2026-10-05"),
		Period:   billing.Period{First: date(t, "2026-08-01"), Last: date(t, "2026-08-31")},
		Currency: "EUR", Net: euro("1000.00"), Tax: euro("200.00"), Gross: euro("1200.00"), Due: euro("1200.00"),
		State: "sent", PurchaseOrder: "PO \"7\"",
	}
}

// file is what a Bills wrote, as text and as a reader of CSV sees it.
func file(t *testing.T, perItem bool, write func(*export.Bills) error) (string, [][]string) {
	t.Helper()
	var out strings.Builder
	b := export.NewBills(&out, perItem)
	if err := write(b); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), rows
}

const header = "number,kind,account_number,account_name,issued_on,due_on,period_first_on,period_last_on,currency,net,tax,gross," +
	"amount_due,state,purchase_order,original_number"

func TestOneRowABill(t *testing.T) {
	t.Parallel()
	note := someBill(t)
	note.Number, note.Kind, note.DueOn, note.Due = "FR26-C004711", billing.CreditNote, billing.Date{}, billing.Money{}
	note.Net, note.Tax, note.Gross = euro("-10.00"), euro("-2.000"), euro("-12")
	note.Original.Number = "FR26-0091745"
	text, _ := file(t, false, func(b *export.Bills) error {
		return errors.Join(b.Write(someBill(t), nil), b.Write(note, nil), b.Write(billing.Bill{}, nil))
	})
	want := header + "\n" +
		`FR26-0091745,invoice,0071 4420 18,"Paris, head office",2026-09-05,2026-10-05,2026-08-01,2026-08-31,EUR,1000.00,200.00,1200.00,1200.00,sent,"PO ""7""",` + "\n" +
		`FR26-C004711,credit_note,0071 4420 18,"Paris, head office",2026-09-05,,2026-08-01,2026-08-31,EUR,-10.00,-2.000,-12,,sent,"PO ""7""",FR26-0091745` + "\n" +
		strings.Repeat(",", 15) + "\n"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestOneRowAnItem(t *testing.T) {
	t.Parallel()
	items := []billing.Item{
		{
			Line: 1, Category: "recurring", Label: "Fibre 1 Gbit/s", SiteName: "FR-PAR-01", Country: "FR",
			Period:   billing.Period{First: date(t, "2026-08-01"), Last: date(t, "2026-08-31")},
			Quantity: "1", Unit: "piece", UnitPrice: "500.0050", Net: euro("500.01"), TaxRate: "20", Tax: euro("100.00"), Gross: euro("600.01"),
		},
		{Line: 12, Category: "discount", Label: "-10 %", Quantity: "-1", Net: euro("-50.00")},
	}
	empty := someBill(t)
	empty.Number, empty.Items = "FR26-0091746", billing.ItemsHeld
	text, rows := file(t, true, func(b *export.Bills) error {
		return errors.Join(b.Write(someBill(t), items), b.Write(someBill(t), nil), b.Write(empty, nil))
	})
	if !strings.HasPrefix(text, header+",line,category,label,site,site_country,item_first_on,item_last_on,quantity,unit,unit_price,"+
		"item_currency,item_net,tax_rate,item_tax,item_gross\n") {
		t.Errorf("header: %s", text)
	}
	if last := rows[len(rows)-1]; last[0] != "FR26-0091746" || last[11] != "1200.00" || strings.Join(last[16:], "") != "" {
		t.Errorf("a bill that has no items: %q", last)
	}
	if len(rows) != 2+len(items) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, want := range []string{
		"1|recurring|Fibre 1 Gbit/s|FR-PAR-01|FR|2026-08-01|2026-08-31|1|piece|500.0050|EUR|500.01|20|100.00|600.01",
		"12|discount|'-10 %|||||-1|||EUR|-50.00|||",
	} {
		if row := rows[i+1]; row[0] != "FR26-0091745" || strings.Join(row[16:], "|") != want {
			t.Errorf("row %d: %q", i+1, row)
		}
	}
}

func TestTextIsNeverAFormulaAndNumbersAreNeverText_F5_O21(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		"=1+1", "=HYPERLINK(\"https://example.com\")", "+33 1 23", "-x", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1",
		"\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "'=1", "''-1",
	} {
		b := someBill(t)
		b.Number, b.Account, b.AccountName = billing.BillNumber(hostile), billing.AccountNumber(hostile), hostile
		b.State, b.PurchaseOrder, b.Currency, b.Original.Number = hostile, hostile, hostile, billing.BillNumber(hostile)
		b.Net = billing.NewMoney(hostile, "EUR")
		item := billing.Item{Category: hostile, Label: hostile, SiteName: hostile, Country: hostile, Unit: hostile}
		_, rows := file(t, true, func(out *export.Bills) error { return out.Write(b, []billing.Item{item}) })
		for i, cell := range rows[1] {
			exact := rows[0][i] == "net" && b.Net.Exact()
			if cell == "" || exact {
				continue
			}
			if strings.ContainsRune("=+-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20", []rune(cell)[0]) {
				t.Errorf("%q stands as %q in column %s", hostile, cell, rows[0][i])
			}
		}
	}
	harmless := someBill(t)
	harmless.AccountName, harmless.PurchaseOrder, harmless.State = "O'Brien = Söhne", "'s-Hertogenbosch", "a-b"
	harmless.Net, harmless.Tax = euro("-1944.00"), billing.NewMoney("-7,5", "EUR")
	_, rows := file(t, false, func(out *export.Bills) error { return out.Write(harmless, nil) })
	if row := rows[1]; row[3] != harmless.AccountName || row[14] != harmless.PurchaseOrder || row[13] != "a-b" || row[9] != "-1944.00" || row[10] != "'-7,5" {
		t.Errorf("%q", row)
	}
}

// TestNoReaderFindsAFormulaInsideACell_F5_O21 parts the files as a reader does who
// parts cells at semicolons or tabs, and takes the quotes away as such readers do.
func TestNoReaderFindsAFormulaInsideACell_F5_O21(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		"Paris;=HYPERLINK(A1)", "x; \u00a0=1", "x\t=1", "x;\"=1+1\"", "x;'=1", "x;\"'@SUM(A1)", "a\r\n=1\n+2", "x;\uff1d1", ";;-1", "x;\u200b=1", "\"=1", " =1",
	} {
		b := someBill(t)
		b.AccountName, b.PurchaseOrder = hostile, hostile
		var out strings.Builder
		bills := export.NewBills(&out, false)
		if err := errors.Join(bills.Write(b, nil), bills.Flush()); err != nil {
			t.Fatal(err)
		}
		for _, cell := range strings.FieldsFunc(out.String(), func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
			bare := strings.TrimLeft(cell, "\" \u00a0\u200b")
			if bare != "" && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", []rune(bare)[0]) {
				t.Errorf("%q stands as %q, of which some reader makes %q", hostile, out.String(), cell)
			}
		}
	}
	harmless := someBill(t)
	harmless.AccountName, harmless.PurchaseOrder = "Paris; Lyon - Nord", "a;b=c\r\nd"
	if _, rows := file(t, false, func(out *export.Bills) error { return out.Write(harmless, nil) }); rows[1][3] != harmless.AccountName {
		t.Errorf("%q", rows[1])
	}
}

// full is a writer that takes some bytes and then no more.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFileThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, 5000} {
		b := export.NewBills(&full{room}, false)
		for range 200 {
			_ = b.Write(someBill(t), nil) // what counts is that the end tells
		}
		if err := b.Flush(); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
		if err := b.Write(someBill(t), nil); !errors.Is(err, errFull) {
			t.Errorf("and on: %v", err)
		}
	}
}
