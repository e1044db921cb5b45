package billingapi

import (
	"bytes"
	"context"
	"strconv"

	"billportal/internal/billing"
)

// ItemList is all that the API shows of a bill's items.
type ItemList struct {
	Items []billing.Item
	Raw   []byte // a JSON array of the records as received, malformed ones too
	// Complete is false when an item may be missing; see BillPage.
	Complete  bool
	Malformed [][]byte // records that are no objects
}

// Items fetches all items of a bill, whatever number of pages they take. Amounts
// that do not name their currency are in the given one, the bill's.
//
// The amounts are as received: the items of a credit note are to be turned by
// the caller with billing.TurnCreditNote, which needs the bill. An item without
// an id is an item all the same, since leaving one out would falsify the bill.
func (c *Client) Items(ctx context.Context, bill billing.UpstreamID, currency string) (ItemList, error) {
	key, err := segment(bill)
	if err != nil {
		return ItemList{}, err
	}
	l := listing{path: "/bills/" + key + "/items", route: "/bills/{id}/items", key: c.dialect.Item["id"], keyless: true}
	var list ItemList
	var raw [][]byte
	for page, err := range c.pages(ctx, l) {
		if err != nil {
			return ItemList{}, err
		}
		for _, r := range page.records {
			list.Items = append(list.Items, c.dialect.item(r.fields, len(list.Items)+1, currency))
			raw = append(raw, r.raw)
		}
		raw = append(raw, page.malformed...)
		list.Malformed = append(list.Malformed, page.malformed...)
		list.Complete = page.complete
	}
	list.Raw = append(append([]byte("["), bytes.Join(raw, []byte(","))...), ']')
	return list, nil
}

// item reads one line of a bill; position, from 1, numbers a line that Orange
// does not number.
func (d *Dialect) item(r record, position int, currency string) billing.Item {
	at := d.Item
	currency = r.currency(at, currency, "gross", "net", "tax")
	item := billing.Item{
		UpstreamID: billing.UpstreamID(r.text(at["id"]...)),
		Line:       position,
		Category:   r.text(at["category"]...),
		Label:      r.text(at["label"]...),
		OfferID:    r.text(at["offer"]...),
		SiteName:   r.text(at["site"]...),
		Country:    r.text(at["country"]...),
		Period:     r.period(at),
		Quantity:   r.decimal(at["quantity"]...),
		Unit:       r.text(at["unit"]...),
		UnitPrice:  r.decimal(at["unitPrice"]...),
		Net:        r.money(currency, at["net"]...),
		TaxRate:    r.decimal(at["taxRate"]...),
		Tax:        r.money(currency, at["tax"]...),
		Gross:      r.money(currency, at["gross"]...),
	}
	if line, err := strconv.Atoi(r.text(at["line"]...)); err == nil && line > 0 {
		item.Line = line
	}
	return item
}
