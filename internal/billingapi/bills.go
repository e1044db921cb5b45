package billingapi

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"

	"billportal/internal/billing"
)

// BillRecord is one bill and the exact bytes it was read from.
type BillRecord struct {
	Bill billing.Bill
	Raw  []byte
}

// BillPage is one page of a listing of bills.
type BillPage struct {
	Bills []BillRecord
	Total int // as the API counts the whole listing, -1 unknown
	// Complete is true on the last page only, and only when every bill of the
	// listing has been received: the API's counts agree with what came, nothing
	// came twice, and nothing is malformed. Only then does a bill's absence mean
	// anything.
	Complete bool
	// Malformed holds the records that are no objects or have no id, as received.
	Malformed [][]byte
}

// BillQuery narrows a listing of bills. Its zero value asks for all.
type BillQuery struct {
	// Account is asked for and not relied on: an API that ignores the filter
	// returns bills of other accounts, so each bill is to be attributed by the
	// account that it names itself.
	Account billing.UpstreamID
	// Issued is asked for one day wider, because the API does not say whether
	// its ends are included, and then applied here. A bill without an issue date
	// passes.
	Issued billing.Period
}

// Bills lists bills page by page, newest first if the API obliges, and stops
// after an error. The bills have no ID and no SyncedAt, which are ours to give.
//
// Credit notes that arrived positive are turned (billing.TurnCreditNote); their
// items, which come from Items, are to be turned by the caller with the bill.
func (c *Client) Bills(ctx context.Context, q BillQuery) iter.Seq2[BillPage, error] {
	query := url.Values{}
	if c.dialect.AccountParam != "" && q.Account != "" {
		query.Set(c.dialect.AccountParam, string(q.Account))
	}
	issued := dateRange(q.Issued)
	l := listing{
		path: "/bills", query: query, key: c.dialect.Bill["id"],
		optional: []param{{c.dialect.SortParam, c.dialect.SortNewest}, {c.dialect.IssuedParam, issued}},
	}
	return func(yield func(BillPage, error) bool) {
		for page, err := range c.pages(ctx, l) {
			out := BillPage{Total: page.total, Complete: page.complete, Malformed: page.malformed}
			for _, r := range page.records {
				bill := c.dialect.bill(r.fields)
				if bill.IssuedOn.IsZero() || q.Issued.Contains(bill.IssuedOn) {
					out.Bills = append(out.Bills, BillRecord{Bill: bill, Raw: r.raw})
				}
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

// dateRange writes a period, one day wider, as the API's date filters take it;
// "" when the period holds every day.
func dateRange(p billing.Period) string {
	switch first, last := p.First.AddDays(-1).String(), p.Last.AddDays(1).String(); {
	case p.IsZero():
		return ""
	case p.Last.IsZero():
		return "atOrAfter" + first
	case p.First.IsZero():
		return "atOrBefore" + last
	default:
		return first + "/" + last
	}
}

// bill reads what is understood of a bill and leaves the rest not supplied.
func (d *Dialect) bill(r record) billing.Bill {
	at := d.Bill
	b := billing.Bill{
		UpstreamID:        billing.UpstreamID(r.text(at["id"]...)),
		Number:            billing.BillNumber(r.text(at["number"]...)),
		Type:              r.text(at["type"]...),
		State:             r.text(at["state"]...),
		Account:           billing.AccountNumber(r.text(at["accountNumber"]...)),
		AccountUpstreamID: billing.UpstreamID(r.text(at["accountID"]...)),
		AccountName:       r.text(at["accountName"]...),
		IssuedOn:          parseDate(r.text(at["issuedOn"]...)),
		DueOn:             parseDate(r.text(at["dueOn"]...)),
		Period:            r.period(at),
		Currency:          r.currency(at, "", "gross", "net", "due", "tax"),
		PurchaseOrder:     r.text(at["purchaseOrder"]...),
		SendingFormat:     r.text(at["sendingFormat"]...),
		Original: billing.Reference{
			UpstreamID: billing.UpstreamID(r.text(at["originalID"]...)),
			Number:     billing.BillNumber(r.text(at["originalNo"]...)),
		},
		UpdatedAt: parseTime(r.text(at["updatedAt"]...)),
	}
	b.Kind = d.kind(b.Type)
	b.Net = r.money(b.Currency, at["net"]...)
	b.Tax = r.money(b.Currency, at["tax"]...)
	b.Gross = r.money(b.Currency, at["gross"]...)
	b.Due = r.money(b.Currency, at["due"]...)
	for _, line := range r.objects(at["taxes"]...) {
		b.Taxes = append(b.Taxes, billing.Tax{
			Category: line.text(d.Tax["category"]...),
			Rate:     line.decimal(d.Tax["rate"]...),
			Base:     line.money(b.Currency, d.Tax["base"]...),
			Amount:   line.money(b.Currency, d.Tax["amount"]...),
		})
	}
	billing.TurnCreditNote(&b, nil)
	return b
}

// kind reads the API's word for a kind without regard to case or separators.
func (d *Dialect) kind(word string) billing.Kind {
	same := func(known string) bool { return billing.SearchKey(known) == billing.SearchKey(word) }
	switch {
	case strings.TrimSpace(word) == "":
		return billing.Other
	case slices.ContainsFunc(d.CreditNoteWords, same):
		return billing.CreditNote
	case slices.ContainsFunc(d.InvoiceWords, same):
		return billing.Invoice
	}
	return billing.Other
}
