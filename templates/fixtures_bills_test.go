package templates_test

import (
	"time"

	"billportal/templates"
)

func (d desk) billsView() templates.BillsView {
	return templates.BillsView{Page: d.page(d.texts.S("bills.title"), "bills"), Form: d.form(), List: d.list(d.bills())}
}

func (d desk) form() templates.BillFilterForm {
	t := d.texts
	return templates.BillFilterForm{
		Accounts: []templates.OptionGroup{
			{Options: []templates.Option{{Value: "", Label: t.S("filter.allaccounts"), Selected: true}}},
			{Label: t.S("filter.groups"), Options: []templates.Option{{Value: "group:France", Label: "France"}}},
			{Label: t.S("filter.accounts"), Options: []templates.Option{{Value: "0071442018", Label: "Paris head office, 0071 4420 18"}, {Value: "x", Label: longName}}},
		},
		Kinds: []templates.Option{{Label: t.S("filter.allkinds")}, {Value: "invoice", Label: t.S("filter.invoices")}, {Value: "credit_note", Label: t.S("filter.creditnotes")}},
		Issued: []templates.OptionGroup{
			{Options: []templates.Option{{Value: "any", Label: t.S("issued.any")}, {Value: "12-months", Label: t.S("issued.12-months"), Selected: true}, {Value: "between", Label: t.S("issued.between")}}},
			{Label: t.S("issued.months"), Options: []templates.Option{{Value: "2026-10", Label: t.Month(2026, time.October)}}},
		},
		Currencies: []templates.Option{{Label: t.S("filter.allcurrencies")}, {Value: "EUR", Label: "EUR"}, {Value: "GBP", Label: "GBP"}},
	}
}

func (d desk) list(rows []templates.BillRow) templates.BillListView {
	t := d.texts
	return templates.BillListView{
		Chips: []templates.Chip{
			{Label: t.S("filter.issued"), Value: t.S("issued.12-months"), RemoveURL: "/bills?issued=any"},
		},
		ClearURL: "/bills?issued=any", SetText: t.N("count.set", 1), ExportURL: "/bills.csv",
		Totals: &templates.BillTotalsView{
			Count: t.N("count.bills", 214), CreditNotes: t.N("count.creditnotes", 8),
			Totals:   []templates.Amount{d.amount("1851199.22", "EUR"), d.amount("188071.34", "GBP"), d.amount("-403948.99", "USD")},
			Excluded: t.N("totals.excluded", 1, "AE26-0000007"),
		},
		Bills: rows, Announce: t.N("count.bills", 214), Printed: t.S("print.rows", 8, 214), Slots: []templates.FieldProblem{{ID: "f-q", Text: hostile}, {ID: "f-min"}},
		Pager: &templates.Pager{Text: "1 – 50 / 214", OlderURL: "/bills?after=b50"},
	}
}

func (d desk) billsRefused() templates.BillsView {
	v := d.billsView()
	v.Form.Min = templates.Field{Value: "12.4.50", Error: d.texts.S("filter.error.amount", "12.4.50")}
	v.Form.From = templates.Field{Value: "2026-02-31", Error: d.texts.S("filter.error.date", "2026-02-31")}
	v.Form.KindError = d.texts.S("filter.error.choice", hostile)
	v.Form.Issued[0].Options[1].Selected, v.Form.Issued[0].Options[2].Selected = false, true
	v.List = templates.BillListView{SetText: d.texts.N("count.set", 2), Problems: []templates.FieldProblem{
		{ID: "f-min", Label: d.texts.S("filter.totalmin"), Text: v.Form.Min.Error},
		{ID: "f-from", Label: d.texts.S("filter.from"), Text: v.Form.From.Error},
	}}
	return v
}

func (d desk) billsEmpty(kind templates.EmptyKind) templates.BillsView {
	v := d.billsView()
	v.List.Bills, v.List.Pager, v.List.Totals, v.List.ExportURL = nil, nil, nil, ""
	v.List.Empty = &templates.Empty{Kind: kind}
	if kind == templates.EmptyNoMatch {
		v.List.Empty.Offers = []templates.Link{{Label: d.texts.S("filter.clear") + " (q)", URL: "/bills"}, {Label: d.texts.S("filter.clear"), URL: "/bills?issued=any"}}
		v.List.Chips = append(v.List.Chips, templates.Chip{Label: d.texts.S("filter.text"), Value: hostile, RemoveURL: "/bills"})
	}
	return v
}

func (d desk) firstSync(state templates.SyncState) templates.FirstSyncView {
	v := templates.FirstSyncView{State: state, Done: 61, Of: 640, Text: d.texts.S("sync.progress", 61, 640)}
	switch state {
	case templates.SyncRunning:
		v.RefreshURL = "/bills/sync"
	case templates.SyncFailed:
		v.Detail = d.texts.S("items.error.unavailable")
	case templates.SyncDone:
		v.Text = d.texts.N("count.bills", 640)
	}
	return v
}

func (d desk) billsSyncing(state templates.SyncState) templates.BillsView {
	v := d.billsView()
	sync := d.firstSync(state)
	v.List.Sync, v.List.Totals, v.List.ExportURL, v.List.Pager = &sync, nil, "", nil
	v.Page.Freshness = &templates.Freshness{Text: d.texts.S("fresh.running")}
	return v
}

func (d desk) billView() templates.BillView {
	t := d.texts
	items := d.items()
	return templates.BillView{
		Page: d.page(t.S("kind.invoice")+" DE26-0113633", "bills"), BackURL: "/bills", Kind: t.S("kind.invoice"), Number: "DE26-0113633",
		Account: templates.Link{Label: "Leipzig plant, 0049 2210 72", URL: "/bills?account=0049221072"}, TotalLabel: t.S("bill.total"), Total: d.amount("20213.72", "EUR"),
		Facts: templates.BillFacts{
			Period: t.ShortMonth(2026, 10), Issued: d.day("2026-11-12"), Due: d.day("2026-12-12"), DueNote: t.N("bill.duein", 12),
			State: "Paid", PurchaseOrder: "PO-77812", SendingFormat: "PDF", Net: d.amount("16986.32", "EUR"), Tax: d.amount("3227.40", "EUR"), HasAmountDue: true, AmountDue: d.amount("20213.72", "EUR"),
		},
		Taxes: []templates.TaxRow{{Name: "VAT", Rate: t.Percent("19"), Base: d.amount("16986.32", "EUR"), Amount: d.amount("3227.40", "EUR")}},
		Items: &items,
		Document: templates.DocumentView{
			State: templates.DocumentHeld, URL: "/bills/x/document", DownloadURL: "/bills/x/document?download=1",
			Detail: t.S("document.detail", "184 KB"), Fetched: t.S("document.fetched", "12 Nov 2026, 06:20"), Hash: "9f2c…e41b",
		},
	}
}

func (d desk) creditNote() templates.BillView {
	t := d.texts
	v := d.billView()
	v.Page.Title, v.Kind, v.Number = t.S("kind.creditnote")+" GB26-C004132", t.S("kind.creditnote"), "GB26-C004132"
	v.TotalLabel, v.Total = t.S("bill.credited"), d.amount("-1944.00", "GBP")
	v.Facts = templates.BillFacts{Issued: d.day("2026-11-24"), Due: templates.Day{Text: t.S("bill.nodue")}, Net: d.amount("-1620.00", "GBP")}
	v.Items, v.ItemsURL, v.Taxes = nil, "/bills/x/items", nil
	v.Notices = []templates.Notice{
		{Title: t.S("bill.negated.title"), Text: t.S("bill.negated")},
		{Text: t.S("bill.credits"), Links: []templates.Link{{Label: hostile, URL: "/bills/y"}, {Label: "GB26-C000002, −1.00 GBP", URL: "/bills/z"}}},
		{Kind: templates.NoticeWarn, Title: t.S("bill.duplicate.title"), Text: t.S("bill.duplicate", hostile)},
	}
	v.References = []templates.BillReference{
		{Relation: t.S("bill.original"), URL: "/bills/y", Number: "GB26-0104374", Issued: d.day("2026-09-25"), Total: d.amount("12243.84", "GBP")},
		{Relation: t.S("bill.original"), Number: "GB26-0099999"},
	}
	v.Document = templates.DocumentView{URL: "/bills/x/document"}
	return v
}

func (d desk) items() templates.BillItemsView {
	t := d.texts
	item := func(name, detail, quantity, price, amount string) templates.ItemRow {
		return templates.ItemRow{Name: name, Detail: detail, Quantity: t.Number(quantity, 0), UnitPrice: t.Number(price, 2), Amount: d.amount(amount, "EUR")}
	}
	return templates.BillItemsView{
		Groups: []templates.ItemGroup{
			{Name: "Recurring", Count: t.N("count.items", 3), Subtotal: d.amount("8120.00", "EUR"), Items: []templates.ItemRow{
				item("Business VPN port 1 Gbit/s", "DE-LEJ-01 Leipzig plant", "1", "4860", "4860.00"),
				item("Business VPN port 200 Mbit/s", "DE-LEJ-02 Leipzig cold store", "1", "1980", "1980.00"),
				item("Managed SD-WAN, gold", longName, "2", "640", "1280.00"),
			}},
			{Name: "Usage", Count: t.N("count.items", 2), Subtotal: d.amount("3586.14", "EUR"), Items: []templates.ItemRow{
				item("Calls to international mobiles", "41,220 minutes", "41220", "0.0870", "3586.14"),
				{Name: rightToLeft, Detail: hostile, Amount: templates.Amount{}},
			}},
		},
		Foot: []templates.ItemFoot{
			{Label: t.S("items.missing"), Amount: templates.Amount{Text: "5,280.18", Currency: "EUR"}},
			{Label: t.S("items.total.net"), Amount: d.amount("16986.32", "EUR"), Kind: templates.FootSum},
			{Label: "VAT " + t.Percent("19"), Amount: d.amount("3227.40", "EUR")},
			{Label: t.S("items.total.gross"), Amount: d.amount("20213.72", "EUR"), Kind: templates.FootTotal},
		},
		Mismatch: t.S("bill.itemsless", "5,280.18 EUR"),
	}
}
