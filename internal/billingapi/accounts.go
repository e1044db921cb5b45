package billingapi

import (
	"context"
	"iter"

	"billportal/internal/billing"
)

// AccountRecord is one billing account and the exact bytes it was read from.
type AccountRecord struct {
	// Account has Number, UpstreamID, UpstreamName, UpstreamStatus,
	// UpstreamCountry and Currency; the rest is the register's.
	Account billing.BillingAccount
	Raw     []byte
}

// AccountPage is one page of the listing of billing accounts. Its fields mean
// what those of BillPage mean.
type AccountPage struct {
	Accounts  []AccountRecord
	Total     int
	Complete  bool
	Malformed [][]byte
}

// Accounts lists the billing accounts that the API shows, page by page, and
// stops after an error.
func (c *Client) Accounts(ctx context.Context) iter.Seq2[AccountPage, error] {
	l := listing{path: "/billingAccounts", key: c.dialect.Account["id"]}
	return func(yield func(AccountPage, error) bool) {
		for page, err := range c.pages(ctx, l) {
			out := AccountPage{Total: page.total, Complete: page.complete, Malformed: page.malformed}
			for _, r := range page.records {
				out.Accounts = append(out.Accounts, AccountRecord{Account: c.dialect.account(r.fields), Raw: r.raw})
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

func (d *Dialect) account(r record) billing.BillingAccount {
	at := d.Account
	return billing.BillingAccount{
		Number:          billing.AccountNumber(r.text(at["number"]...)),
		UpstreamID:      billing.UpstreamID(r.text(at["id"]...)),
		UpstreamName:    r.text(at["name"]...),
		UpstreamStatus:  r.text(at["status"]...),
		UpstreamCountry: r.text(at["country"]...),
		Currency:        r.text(at["currency"]...),
	}
}
