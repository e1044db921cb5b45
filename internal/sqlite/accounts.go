package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
)

const accountColumns = `a.number, a.name, coalesce(g.name, ''), a.cost_centre, a.country, a.status, a.decided, a.listed,
	coalesce(a.upstream_id, ''), a.upstream_name, a.upstream_status, a.upstream_country, a.currency`

func scanAccount(row scanner) (billing.BillingAccount, error) {
	var a billing.BillingAccount
	err := row.Scan(&a.Number, &a.Name, &a.Group, &a.CostCentre, &a.Country, &a.Status, &a.Decided, &a.Listed,
		&a.UpstreamID, &a.UpstreamName, &a.UpstreamStatus, &a.UpstreamCountry, &a.Currency)
	return a, err
}

// Accounts lists the accounts of a scope by number.
func (db *DB) Accounts(ctx context.Context, scope access.Scope) ([]billing.BillingAccount, error) {
	where := scoped(scope)
	return accountsWhere(ctx, db.read, where.sql, where.args...)
}

// Register lists every account, hidden ones too, by number. It holds no bill and
// is for admins.
func (db *DB) Register(ctx context.Context) ([]billing.BillingAccount, error) {
	return accountsWhere(ctx, db.read, "1")
}

func accountsWhere(ctx context.Context, from querier, where string, args ...any) ([]billing.BillingAccount, error) {
	return collect(ctx, from, scanAccount, `SELECT `+accountColumns+`
		FROM accounts a LEFT JOIN account_groups g ON g.id = a.group_id
		WHERE `+where+`
		ORDER BY a.number`, args...)
}

// RegisterEntry is one account of the register, or billing.ErrNotFound.
func (db *DB) RegisterEntry(ctx context.Context, number billing.AccountNumber) (billing.BillingAccount, error) {
	found, err := accountsWhere(ctx, db.read, "a.number = ?", number)
	if err != nil {
		return billing.BillingAccount{}, err
	}
	if len(found) == 0 {
		return billing.BillingAccount{}, billing.ErrNotFound
	}
	return found[0], nil
}

// AccountGroups lists the groups of the register by name.
func (db *DB) AccountGroups(ctx context.Context) ([]billing.AccountGroup, error) {
	return collect(ctx, db.read, func(row scanner) (billing.AccountGroup, error) {
		var g billing.AccountGroup
		err := row.Scan(&g.Name, &g.Accounts)
		return g, err
	}, `SELECT g.name, count(a.number) FROM account_groups g LEFT JOIN accounts a ON a.group_id = g.id
		GROUP BY g.id ORDER BY g.name`)
}

// SetAccounts writes what the company says of accounts: name, group, cost
// centre, country and status, and that it has decided about them. Accounts that
// are new to the register are added, and bills that waited in quarantine for them
// are attributed. One ledger entry stands for each account.
func (db *DB) SetAccounts(ctx context.Context, act ledger.Act, accounts []billing.BillingAccount) error {
	return db.inTx(ctx, func(tx *sql.Tx) error { return db.setAccounts(ctx, tx, act, decidedNow(accounts)) })
}

func decidedNow(accounts []billing.BillingAccount) []billing.BillingAccount {
	decided := slices.Clone(accounts)
	for i := range decided {
		decided[i].Decided = true
	}
	return decided
}

func (db *DB) setAccounts(ctx context.Context, tx *sql.Tx, act ledger.Act, accounts []billing.BillingAccount) error {
	for _, a := range accounts {
		if err := setAccount(ctx, tx, a); err != nil {
			return err
		}
		entry := act
		entry.Object = string(a.Number)
		entry.Detail = fmt.Sprintf("status %s, name %q, group %q, cost centre %q, country %q",
			a.Status, a.Name, a.Group, a.CostCentre, a.Country)
		if err := db.appendLedger(ctx, tx, entry); err != nil {
			return err
		}
	}
	if err := dropEmptyGroups(ctx, tx); err != nil {
		return err
	}
	return attributeAll(ctx, tx)
}

// ReplaceRegister makes the given accounts the whole register: every other one
// loses what the company said of it and becomes hidden and undecided. It returns
// those.
func (db *DB) ReplaceRegister(ctx context.Context, act ledger.Act, accounts []billing.BillingAccount) (removed []billing.AccountNumber, err error) {
	named := make(map[billing.AccountNumber]bool, len(accounts))
	for _, a := range accounts {
		named[a.Number] = true
	}
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		before, err := accountsWhere(ctx, tx, "a.decided")
		if err != nil {
			return err
		}
		all := decidedNow(accounts)
		for _, a := range before {
			if !named[a.Number] {
				removed = append(removed, a.Number)
				all = append(all, billing.BillingAccount{Number: a.Number, Country: a.UpstreamCountry, Status: billing.Hidden})
			}
		}
		return db.setAccounts(ctx, tx, act, all)
	})
	return removed, err
}

func setAccount(ctx context.Context, tx *sql.Tx, a billing.BillingAccount) error {
	group, err := groupID(ctx, tx, a.Group)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO accounts (number, number_key, name, group_id, cost_centre, country, status, decided)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET name = excluded.name, group_id = excluded.group_id,
			cost_centre = excluded.cost_centre, country = excluded.country, status = excluded.status,
			decided = excluded.decided`,
		a.Number, a.Number.SearchKey(), a.Name, group, a.CostCentre, a.Country, a.Status, a.Decided)
	if err != nil {
		return fmt.Errorf("sqlite: account %q: %w", a.Number, err)
	}
	return nil
}

// groupID finds or makes a group; no name is no group.
func groupID(ctx context.Context, tx *sql.Tx, name string) (sql.NullInt64, error) {
	var id sql.NullInt64
	if name == "" {
		return id, nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO account_groups (name) VALUES (?) ON CONFLICT DO NOTHING`, name); err != nil {
		return id, fmt.Errorf("sqlite: account group: %w", err)
	}
	if err := tx.QueryRowContext(ctx, `SELECT id FROM account_groups WHERE name = ?`, name).Scan(&id); err != nil {
		return id, fmt.Errorf("sqlite: account group: %w", err)
	}
	return id, nil
}

// dropEmptyGroups removes groups that hold no account and open none to anybody.
func dropEmptyGroups(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM account_groups
		WHERE id NOT IN (SELECT group_id FROM accounts WHERE group_id IS NOT NULL)
		  AND id NOT IN (SELECT group_id FROM grants WHERE group_id IS NOT NULL)`)
	if err != nil {
		return fmt.Errorf("sqlite: account groups: %w", err)
	}
	return nil
}

// UpsertAccounts writes what the API says of accounts. One that nobody has
// decided about enters the register as hidden.
func (db *DB) UpsertAccounts(ctx context.Context, records []billingapi.AccountRecord) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		var changed []billing.AccountNumber
		for _, r := range records {
			is, err := upsertAccount(ctx, tx, r)
			if err != nil {
				return fmt.Errorf("sqlite: account %q: %w", r.Account.Number, err)
			}
			if is {
				changed = append(changed, r.Account.Number)
			}
		}
		if len(changed) == 0 {
			return nil
		}
		if err := withdraw(ctx, tx, changed); err != nil {
			return err
		}
		return attributeAll(ctx, tx)
	})
}

// upsertAccount reports whether the account is new or has another key than before.
func upsertAccount(ctx context.Context, tx *sql.Tx, r billingapi.AccountRecord) (changed bool, err error) {
	a := r.Account
	if a.Number == "" {
		return false, nil
	}
	upstreamID := sql.NullString{String: string(a.UpstreamID), Valid: a.UpstreamID != ""}
	var before sql.NullString
	err = tx.QueryRowContext(ctx, `SELECT upstream_id FROM accounts WHERE number = ?`, a.Number).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	changed = err != nil || before != upstreamID
	if _, err := tx.ExecContext(ctx, `UPDATE accounts SET upstream_id = NULL WHERE connection = 1 AND upstream_id = ? AND number <> ?`,
		upstreamID, a.Number); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO accounts (number, number_key, country, status, listed, upstream_id, upstream_name, upstream_status,
			upstream_country, currency, payload)
		VALUES (?, ?, ?, 'hidden', 1, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET listed = 1, upstream_id = excluded.upstream_id,
			upstream_name = excluded.upstream_name, upstream_status = excluded.upstream_status,
			upstream_country = excluded.upstream_country, currency = excluded.currency, payload = excluded.payload`,
		a.Number, a.Number.SearchKey(), a.UpstreamCountry, upstreamID, a.UpstreamName, a.UpstreamStatus,
		a.UpstreamCountry, a.Currency, string(r.Raw))
	return changed, err
}

// SetListed records which accounts a complete listing of the API held; the
// others become "ours only".
func (db *DB) SetListed(ctx context.Context, numbers []billing.AccountNumber) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE accounts SET listed = 0
			WHERE listed AND number NOT IN (SELECT value FROM json_each(?))`, jsonList(numbers))
		if err != nil {
			return fmt.Errorf("sqlite: accounts: %w", err)
		}
		return nil
	})
}
