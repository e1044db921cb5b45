package sqlite

import (
	"context"
	"slices"
	"strings"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

const billColumns = `b.id, b.upstream_id, b.number, b.kind, b.type, b.state, b.account, a.upstream_id,
	CASE WHEN a.name <> '' THEN a.name WHEN a.upstream_name <> '' THEN a.upstream_name ELSE a.number END,
	b.issued_on, b.due_on, b.period_first_on, b.period_last_on, b.currency, b.net, b.tax, b.gross, b.due,
	b.sign_turned, b.purchase_order, b.sending_format, b.original_id, b.original_number, b.updated_at, b.synced_at, b.items,
	b.version`

// billsAndAccounts joins bills with the accounts they are attributed to: a bill
// in quarantine has none and is never in the result.
const billsAndAccounts = ` FROM bills b JOIN accounts a ON a.number = b.account LEFT JOIN account_groups g ON g.id = a.group_id `

func scanBill(row scanner) (billing.Bill, error) {
	var b billing.Bill
	var account *string
	var issued, due, first, last, net, tax, gross, amountDue string
	var updated, synced int64
	err := row.Scan(&b.ID, &b.UpstreamID, &b.Number, &b.Kind, &b.Type, &b.State, &b.Account, &account, &b.AccountName,
		&issued, &due, &first, &last, &b.Currency, &net, &tax, &gross, &amountDue,
		&b.SignTurned, &b.PurchaseOrder, &b.SendingFormat, &b.Original.UpstreamID, &b.Original.Number, &updated, &synced, &b.Items,
		&b.Version)
	if err != nil {
		return b, err
	}
	if account != nil {
		b.AccountUpstreamID = billing.UpstreamID(*account)
	}
	b.IssuedOn, b.DueOn = date(issued), date(due)
	b.Period = billing.Period{First: date(first), Last: date(last)}
	b.Net, b.Tax = billing.NewMoney(net, b.Currency), billing.NewMoney(tax, b.Currency)
	b.Gross, b.Due = billing.NewMoney(gross, b.Currency), billing.NewMoney(amountDue, b.Currency)
	b.UpdatedAt, b.SyncedAt = instant(updated), instant(synced)
	return b, nil
}

// date reads a day as this package stores it; anything else is not supplied.
func date(s string) billing.Date {
	d, err := billing.ParseDate(s)
	if err != nil {
		return billing.Date{}
	}
	return d
}

// matching is the WHERE clause of a scope and a filter together.
func matching(scope access.Scope, f billing.BillFilter) clause {
	where := scoped(scope)
	if len(f.Accounts) > 0 {
		where = where.and("b.account IN (SELECT value FROM json_each(?))", jsonList(f.Accounts))
	}
	if len(f.Groups) > 0 {
		where = where.and("g.name IN (SELECT value FROM json_each(?))", jsonList(f.Groups))
	}
	if len(f.Kinds) > 0 {
		where = where.and("b.kind IN (SELECT value FROM json_each(?))", jsonList(f.Kinds))
	}
	if !f.Issued.First.IsZero() {
		where = where.and("b.issued_on >= ?", f.Issued.First.String())
	}
	if !f.Issued.Last.IsZero() {
		where = where.and("b.issued_on <= ? AND b.issued_on <> ''", f.Issued.Last.String())
	}
	if f.Currency != "" {
		where = where.and("b.currency = ?", f.Currency)
	}
	return where.bound("b.gross_units >= ?", f.Min).bound("b.gross_units <= ?", f.Max).text(f.Text)
}

// bound compares with an amount. One that cannot be compared with matches no bill:
// a list must not look filtered when it is not.
func (c clause) bound(comparison string, amount billing.Decimal) clause {
	if amount == "" {
		return c
	}
	n, ok := billing.NewMoney(string(amount), "XXX").TenThousandths()
	if !ok {
		return c.and("0")
	}
	return c.and(comparison, n)
}

// text matches a part of a bill's or account's number without regard to
// separators, or of the account's name or the purchase order without regard to
// the case of ASCII letters.
func (c clause) text(typed string) clause {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return c
	}
	plain := likePart(typed)
	conditions := "a.name LIKE ? ESCAPE '\\' OR a.upstream_name LIKE ? ESCAPE '\\' OR b.purchase_order LIKE ? ESCAPE '\\'"
	args := []any{plain, plain, plain}
	if key := billing.SearchKey(typed); key != "" {
		conditions += " OR b.number_key LIKE ? ESCAPE '\\' OR a.number_key LIKE ? ESCAPE '\\'"
		args = append(args, likePart(key), likePart(key))
	}
	return c.and("("+conditions+")", args...)
}

func likePart(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// Bills is one page of the bills in scope that match a filter, newest first. The
// page holds at most page.Limit bills.
func (db *DB) Bills(ctx context.Context, scope access.Scope, f billing.BillFilter, page billing.Page) (billing.BillPage, error) {
	query, args := billsQuery(scope, f, page)
	bills, err := collect(ctx, db.read, scanBill, query, args...)
	if err != nil {
		return billing.BillPage{}, err
	}
	more := len(bills) > page.Limit
	bills = bills[:min(len(bills), page.Limit)]
	if !page.Before.IsZero() {
		slices.Reverse(bills)
		return billing.BillPage{Bills: bills, HasNewer: more, HasOlder: true}, nil
	}
	return billing.BillPage{Bills: bills, HasNewer: !page.After.IsZero(), HasOlder: more}, nil
}

// billsQuery asks for a page and one bill more, which tells whether the list goes
// on. A page that ends before a bill is read from its end.
func billsQuery(scope access.Scope, f billing.BillFilter, page billing.Page) (query string, args []any) {
	where := matching(scope, f)
	order := "b.issued_on DESC, b.id DESC"
	switch {
	case !page.Before.IsZero():
		where = where.and("(b.issued_on, b.id) > (?, ?)", page.Before.IssuedOn.String(), page.Before.ID)
		order = "b.issued_on, b.id"
	case !page.After.IsZero():
		where = where.and("(b.issued_on, b.id) < (?, ?)", page.After.IssuedOn.String(), page.After.ID)
	}
	return `SELECT ` + billColumns + billsAndAccounts + `
		WHERE ` + where.sql + ` ORDER BY ` + order + ` LIMIT ?`, append(where.args, page.Limit+1)
}

// NewBills lists up to limit bills in scope that came into the copy after an
// instant, newest first.
func (db *DB) NewBills(ctx context.Context, scope access.Scope, after time.Time, limit int) ([]billing.Bill, error) {
	query, args := newBillsQuery(scope, after, limit)
	return collect(ctx, db.read, scanBill, query, args...)
}

// newBillsQuery reads what is new by the index of first sight and nothing else: as a
// rule that is little or nothing, in whatever scope.
func newBillsQuery(scope access.Scope, after time.Time, limit int) (query string, args []any) {
	where := scoped(scope).and("b.first_seen > ?", millis(after))
	return `SELECT ` + billColumns + ` FROM bills b INDEXED BY bills_by_first_seen CROSS JOIN accounts a ON a.number = b.account
		WHERE ` + where.sql + ` ORDER BY +b.issued_on DESC, b.id DESC LIMIT ?`, append(where.args, limit)
}

// Bill is one bill in scope, or billing.ErrNotFound.
func (db *DB) Bill(ctx context.Context, scope access.Scope, id billing.BillID) (billing.Bill, error) {
	where := scoped(scope).and("b.id = ?", id)
	found, err := collect(ctx, db.read, scanBill, `SELECT `+billColumns+billsAndAccounts+`WHERE `+where.sql, where.args...)
	if err != nil {
		return billing.Bill{}, err
	}
	if len(found) == 0 {
		return billing.Bill{}, billing.ErrNotFound
	}
	b := found[0]
	b.Taxes, err = collect(ctx, db.read, func(s scanner) (billing.Tax, error) {
		var t billing.Tax
		var base, amount string
		err := s.Scan(&t.Category, &t.Rate, &base, &amount)
		t.Base, t.Amount = billing.NewMoney(base, b.Currency), billing.NewMoney(amount, b.Currency)
		return t, err
	}, `SELECT t.category, t.rate, t.base, t.amount FROM taxes t JOIN bills b ON b.key = t.bill WHERE b.id = ? ORDER BY t.position`, id)
	return b, err
}

// Related lists the bills in scope that stand beside a bill: the invoice that
// it refers to, the credit notes that refer to it, and others that carry its
// printed number.
func (db *DB) Related(ctx context.Context, scope access.Scope, bill billing.Bill) ([]billing.Bill, error) {
	where := scoped(scope).and(`b.id <> ? AND b.key IN (
		SELECT key FROM bills WHERE connection = 1 AND upstream_id = ? AND ? <> ''
		UNION SELECT key FROM bills WHERE original_id = ? AND original_id <> ''
		UNION SELECT key FROM bills WHERE number_key = ? AND number_key <> '')`,
		bill.ID, bill.Original.UpstreamID, bill.Original.UpstreamID, bill.UpstreamID, bill.Number.SearchKey())
	return collect(ctx, db.read, scanBill, `SELECT `+billColumns+billsAndAccounts+`
		WHERE `+where.sql+` ORDER BY b.issued_on DESC, b.id DESC LIMIT 20`, where.args...)
}

// Currencies lists the currencies of the bills in scope.
func (db *DB) Currencies(ctx context.Context, scope access.Scope) ([]string, error) {
	where := scoped(scope)
	return collect(ctx, db.read, func(s scanner) (string, error) {
		var code string
		err := s.Scan(&code)
		return code, err
	}, `SELECT DISTINCT b.currency`+billsAndAccounts+`WHERE `+where.sql+` AND b.currency <> '' ORDER BY 1`, where.args...)
}
