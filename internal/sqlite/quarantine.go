package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"billportal/internal/billing"
)

// attributeAll is attribute for every bill in quarantine.
func attributeAll(ctx context.Context, tx *sql.Tx) error { return attribute(ctx, tx, nil) }

// attribute gives bills in quarantine the account that they name, by number and by
// the API's key: those with the given keys, or all when there is no list. Where
// number and key are named both must lead to the same account; what leads to none
// or to two stays in quarantine, with the reason.
func attribute(ctx context.Context, tx *sql.Tx, keys []int64) error {
	query, args := strings.Replace(attributing, "WHICH", "b.account IS NULL", 1), reasons()
	if keys != nil {
		query, args = chunkAttribution(keys)
	}
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("sqlite: attributing bills: %w", err)
	}
	return nil
}

// chunkAttribution attributes bills by their keys. The plus keeps SQLite from
// reading the whole quarantine for a few of them.
func chunkAttribution(keys []int64) (query string, args []any) {
	const which = "+b.account IS NULL AND b.key IN (SELECT value FROM json_each(?4))"
	return strings.Replace(attributing, "WHICH", which, 1), append(reasons(), jsonList(keys))
}

func reasons() []any {
	return []any{billing.NoAccount, billing.ContradictoryAccount, billing.UnknownAccount}
}

// attributing decides about the bills in quarantine that the condition in the place
// of WHICH selects.
const attributing = `
		WITH named AS (
		  SELECT b.key, b.named_account, b.named_upstream_id, n.number AS by_number, u.number AS by_key,
		         n.upstream_id AS key_of_number
		  FROM bills b
		  LEFT JOIN accounts n ON n.number = b.named_account
		  LEFT JOIN accounts u ON u.connection = b.connection AND u.upstream_id = b.named_upstream_id AND b.named_upstream_id <> ''
		  WHERE WHICH
		), decided AS (
		  SELECT key, CASE
		    WHEN named_account = '' AND named_upstream_id = '' THEN ?1
		    WHEN by_number IS NOT NULL AND by_key IS NOT NULL AND by_number <> by_key THEN ?2
		    WHEN by_number IS NULL AND named_account <> '' AND by_key IS NOT NULL THEN ?2
		    WHEN by_number IS NOT NULL AND by_key IS NULL AND named_upstream_id <> '' AND key_of_number IS NOT NULL THEN ?2
		    WHEN by_number IS NULL AND by_key IS NULL THEN ?3
		    ELSE '' END AS reason, coalesce(by_number, by_key) AS account
		  FROM named
		)
		UPDATE bills SET quarantine = d.reason, account = CASE d.reason WHEN '' THEN d.account END
		FROM decided d WHERE d.key = bills.key AND (d.reason <> bills.quarantine)`

// withdraw puts bills back into quarantine whose number and key lead to two accounts
// since the given accounts took or changed their keys: what such a bill says may be
// the other account's. An account whose key was taken and that has no other is
// one that got a new number; its bills stay with it.
func withdraw(ctx context.Context, tx *sql.Tx, accounts []billing.AccountNumber) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE bills SET account = NULL, quarantine = ?1
		WHERE key IN (
		  SELECT b.key FROM bills b WHERE b.named_upstream_id <> '' AND b.named_upstream_id IN
		    (SELECT upstream_id FROM accounts WHERE number IN (SELECT value FROM json_each(?2)))
		  UNION SELECT b.key FROM bills b WHERE b.account IN (SELECT value FROM json_each(?2)))
		AND account IS NOT NULL AND EXISTS (
		  SELECT 1 FROM accounts n JOIN accounts u ON u.connection = bills.connection AND u.upstream_id = bills.named_upstream_id
		  WHERE n.number = bills.named_account AND n.upstream_id IS NOT NULL AND u.number <> n.number)`,
		billing.ContradictoryAccount, jsonList(accounts))
	if err != nil {
		return fmt.Errorf("sqlite: attributing bills: %w", err)
	}
	return nil
}

// dropOfOthers forgets the documents and items of bills that name another account
// than before, or came to one: they may be of the account before, whose bills are
// not for the readers of the new one.
func dropOfOthers(ctx context.Context, tx *sql.Tx, before []knownBill) error {
	for _, b := range before {
		if b.version == 0 {
			continue
		}
		var account string
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(account, '') FROM bills WHERE key = ?`, b.key).Scan(&account); err != nil {
			return fmt.Errorf("sqlite: attributing bills: %w", err)
		}
		if !b.renamed && account == b.account {
			continue
		}
		for _, statement := range []string{
			`DELETE FROM documents WHERE bill = ?`, `DELETE FROM items WHERE bill = ?`, `DELETE FROM item_payloads WHERE bill = ?`,
			`UPDATE bills SET items = '' WHERE key = ?`,
		} {
			if _, err := tx.ExecContext(ctx, statement, b.key); err != nil {
				return fmt.Errorf("sqlite: attributing bills: %w", err)
			}
		}
	}
	return nil
}

func keysOf(bills []knownBill) []int64 {
	keys := make([]int64, 0, len(bills))
	for _, b := range bills {
		keys = append(keys, b.key)
	}
	return keys
}

// Quarantined counts the bills in quarantine by reason and by the account that
// they name.
func (db *DB) Quarantined(ctx context.Context) ([]billing.Quarantine, error) {
	return collect(ctx, db.read, func(row scanner) (billing.Quarantine, error) {
		var q billing.Quarantine
		err := row.Scan(&q.Reason, &q.Account, &q.Bills)
		return q, err
	}, `SELECT quarantine, named_account, count(*) FROM bills WHERE account IS NULL GROUP BY 1, 2 ORDER BY 1, 2`)
}
