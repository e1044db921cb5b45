package sqlite

import (
	"context"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// LastIssues is the issue date of each account's newest bill; it is for the
// register and tells nothing else of bills.
func (db *DB) LastIssues(ctx context.Context) (map[billing.AccountNumber]billing.Date, error) {
	type issue struct {
		account billing.AccountNumber
		on      billing.Date
	}
	issues, err := collect(ctx, db.read, func(s scanner) (issue, error) {
		var i issue
		var on string
		err := s.Scan(&i.account, &on)
		i.on = date(on)
		return i, err
	}, `SELECT account, max(issued_on) FROM bills WHERE account IS NOT NULL GROUP BY account`)
	if err != nil {
		return nil, err
	}
	last := make(map[billing.AccountNumber]billing.Date, len(issues))
	for _, i := range issues {
		last[i.account] = i.on
	}
	return last, nil
}

// AccountActivities tells how many bills each account in scope has, and its
// newest bill.
func (db *DB) AccountActivities(ctx context.Context, scope access.Scope) (map[billing.AccountNumber]billing.AccountActivity, error) {
	where := scoped(scope)
	counts, err := collect(ctx, db.read, func(s scanner) (billing.AccountActivity, error) {
		var a billing.AccountActivity
		err := s.Scan(&a.Account, &a.Bills)
		return a, err
	}, `SELECT b.account, count(*)`+billsAndAccounts+`WHERE `+where.sql+` GROUP BY b.account`, where.args...)
	if err != nil {
		return nil, err
	}
	last, err := collect(ctx, db.read, scanBill, `SELECT `+billColumns+billsAndAccounts+`
		WHERE `+where.sql+` AND b.key = (SELECT key FROM bills WHERE account = a.number ORDER BY issued_on DESC, id DESC LIMIT 1)`, where.args...)
	if err != nil {
		return nil, err
	}
	activities := make(map[billing.AccountNumber]billing.AccountActivity, len(counts))
	for _, a := range counts {
		activities[a.Account] = a
	}
	for _, b := range last {
		a := activities[b.Account]
		a.Last = b
		activities[b.Account] = a
	}
	return activities, nil
}
