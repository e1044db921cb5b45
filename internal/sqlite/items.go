package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Items lists the items of a bill in scope in the order of the bill. A bill out
// of scope has none.
func (db *DB) Items(ctx context.Context, scope access.Scope, id billing.BillID) ([]billing.Item, error) {
	where := scoped(scope).and("b.id = ?", id)
	return collect(ctx, db.read, scanItem, `SELECT i.upstream_id, i.line, i.category, i.label, i.offer_id, i.site_name, i.country,
			i.period_first_on, i.period_last_on, i.quantity, i.unit, i.unit_price, i.currency, i.net, i.tax_rate, i.tax, i.gross
		FROM items i JOIN bills b ON b.key = i.bill JOIN accounts a ON a.number = b.account
		WHERE `+where.sql+` ORDER BY i.position`, where.args...)
}

func scanItem(row scanner) (billing.Item, error) {
	var i billing.Item
	var first, last, currency, net, tax, gross string
	err := row.Scan(&i.UpstreamID, &i.Line, &i.Category, &i.Label, &i.OfferID, &i.SiteName, &i.Country,
		&first, &last, &i.Quantity, &i.Unit, &i.UnitPrice, &currency, &net, &i.TaxRate, &tax, &gross)
	i.Period = billing.Period{First: date(first), Last: date(last)}
	i.Net, i.Tax, i.Gross = billing.NewMoney(net, currency), billing.NewMoney(tax, currency), billing.NewMoney(gross, currency)
	return i, err
}

// SetItems replaces the items of a bill by what the API sent, its payload
// included. When the bill has changed since it was read, its items count as
// stale, because they may belong to the state before; when it has gone to another
// account, the error is billing.ErrNotFound.
func (db *DB) SetItems(ctx context.Context, bill billing.Bill, items []billing.Item, payload []byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		var key int64
		err := tx.QueryRowContext(ctx, `UPDATE bills SET items = CASE version WHEN ? THEN 'held' ELSE 'stale' END,
			items_tries = 0, items_retry_at = 0
			WHERE id = ? AND account = ? RETURNING key`, bill.Version, bill.ID, bill.Account).Scan(&key)
		if errors.Is(err, sql.ErrNoRows) {
			return billing.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("sqlite: items: %w", err)
		}
		if err := replaceItems(ctx, tx, key, items); err != nil {
			return fmt.Errorf("sqlite: items: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO item_payloads (bill, fetched_at, payload) VALUES (?, ?, ?)
			ON CONFLICT (bill) DO UPDATE SET fetched_at = excluded.fetched_at, payload = excluded.payload`,
			key, millis(db.now()), string(payload)); err != nil {
			return fmt.Errorf("sqlite: items: %w", err)
		}
		return nil
	})
}

func replaceItems(ctx context.Context, tx *sql.Tx, key int64, items []billing.Item) (err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM items WHERE bill = ?`, key); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO items (bill, position, upstream_id, line, category, label, offer_id, site_name,
			country, period_first_on, period_last_on, quantity, unit, unit_price, currency, net, tax_rate, tax, gross)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	for n, i := range items {
		currency := itemCurrency(i)
		if _, err := insert.ExecContext(ctx, key, n+1, i.UpstreamID, i.Line, i.Category, i.Label, i.OfferID, i.SiteName, i.Country,
			i.Period.First.String(), i.Period.Last.String(), i.Quantity, i.Unit, i.UnitPrice, currency,
			moneyText(i.Net, currency), i.TaxRate, moneyText(i.Tax, currency), moneyText(i.Gross, currency)); err != nil {
			return err
		}
	}
	return nil
}

// itemCurrency is the currency of the first amount that an item carries.
func itemCurrency(i billing.Item) string {
	for _, m := range []billing.Money{i.Net, i.Gross, i.Tax} {
		if m.Currency() != "" {
			return m.Currency()
		}
	}
	return ""
}

const withoutItems = `b.items <> 'held' AND b.account IS NOT NULL AND a.status <> 'hidden'`

// BillsWithoutItems lists up to limit bills after a place in the list, newest
// first, whose items the copy does not hold or holds from an earlier state of the
// bill. Bills in quarantine and of hidden accounts are left out: nobody can ask
// for them. So are bills that PostponeItems has put off.
func (db *DB) BillsWithoutItems(ctx context.Context, after billing.Cursor, limit int) ([]billing.Bill, error) {
	where := clause{sql: withoutItems}.and("b.items_retry_at <= ?", millis(db.now()))
	if !after.IsZero() {
		where = where.and("(b.issued_on, b.id) < (?, ?)", after.IssuedOn.String(), after.ID)
	}
	return collect(ctx, db.read, scanBill, `SELECT `+billColumns+billsAndAccounts+`
		WHERE `+where.sql+` ORDER BY b.issued_on DESC, b.id DESC LIMIT ?`, append(where.args, limit)...)
}

// PostponeItems puts a bill off whose items cannot be had: the first time by the
// first of the pauses, and so on, the last one for every further time.
func (db *DB) PostponeItems(ctx context.Context, id billing.BillID, pauses ...time.Duration) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		var tries int
		err := tx.QueryRowContext(ctx, `UPDATE bills SET items_tries = items_tries + 1 WHERE id = ? RETURNING items_tries`, id).Scan(&tries)
		if err != nil {
			return fmt.Errorf("sqlite: items: %w", err)
		}
		again := db.now().Add(pauses[min(tries, len(pauses))-1])
		if _, err := tx.ExecContext(ctx, `UPDATE bills SET items_retry_at = ? WHERE id = ?`, millis(again), id); err != nil {
			return fmt.Errorf("sqlite: items: %w", err)
		}
		return nil
	})
}
