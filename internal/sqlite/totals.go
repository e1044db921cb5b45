package sqlite

import (
	"context"
	"strconv"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Totals counts and sums the bills in scope that match a filter, per currency.
func (db *DB) Totals(ctx context.Context, scope access.Scope, f billing.BillFilter) (billing.Totals, error) {
	where := matching(scope, f)
	type row struct {
		billing.Total
		creditNotes int
	}
	rows, err := collect(ctx, db.read, func(s scanner) (row, error) {
		var r row
		var sum grossSum
		if err := s.Scan(&r.Currency, &r.Bills, &r.creditNotes, &r.Excluded, &sum.hundreds, &sum.units); err != nil {
			return r, err
		}
		var err error
		r.Gross, err = sum.money(r.Currency)
		return r, err
	}, `SELECT b.currency, count(*), count(*) FILTER (WHERE b.kind = 'credit_note'),
			count(*) FILTER (WHERE b.gross_units IS NULL), `+grossSums+billsAndAccounts+`
		WHERE `+where.sql+` GROUP BY b.currency ORDER BY count(*) DESC, b.currency`, where.args...)
	if err != nil {
		return billing.Totals{}, err
	}
	var totals billing.Totals
	for _, r := range rows {
		totals.Bills += r.Bills
		totals.CreditNotes += r.creditNotes
		totals.ByCurrency = append(totals.ByCurrency, r.Total)
	}
	return totals, nil
}

// MonthTotals sums the bills in scope by month of issue and currency, oldest
// month first.
func (db *DB) MonthTotals(ctx context.Context, scope access.Scope, issued billing.Period) ([]billing.MonthTotal, error) {
	where := matching(scope, billing.BillFilter{Issued: issued})
	return collect(ctx, db.read, func(s scanner) (billing.MonthTotal, error) {
		var m billing.MonthTotal
		var month string
		var sum grossSum
		if err := s.Scan(&month, &m.Currency, &m.Bills, &m.Excluded, &sum.hundreds, &sum.units); err != nil {
			return m, err
		}
		var err error
		m.Month = date(month + "-01")
		m.Gross, err = sum.money(m.Currency)
		return m, err
	}, `SELECT substr(b.issued_on, 1, 7), b.currency, count(*),
			count(*) FILTER (WHERE b.gross_units IS NULL), `+grossSums+billsAndAccounts+`
		WHERE `+where.sql+` AND b.issued_on <> '' GROUP BY 1, 2 ORDER BY 1, 2`, where.args...)
}

// grossSums sums gross amounts in two parts, hundreds of a currency's unit and the
// rest in ten-thousandths: one sum could be greater than SQLite's integers, which
// would fail the query.
const grossSums = `sum(b.gross_units / 1000000), sum(b.gross_units % 1000000)`

// grossSum is what grossSums gives; nil where no amount could be summed.
type grossSum struct{ hundreds, units *int64 }

func (s grossSum) money(currency string) (billing.Money, error) {
	if s.hundreds == nil || s.units == nil {
		return billing.Money{}, nil
	}
	return billing.NewMoney(strconv.FormatInt(*s.hundreds, 10)+"e2", currency).Add(billing.MoneyOf(*s.units, currency))
}
