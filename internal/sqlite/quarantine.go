package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"billportal/internal/billing"
)

// attribute gives every bill in quarantine the account that it names, by number
// and by the API's key. Where both are named both must lead to the same account;
// what leads to none or to two stays in quarantine, with the reason.
func attribute(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		WITH named AS (
		  SELECT b.key, b.named_account, b.named_upstream_id, n.number AS by_number, u.number AS by_key,
		         n.upstream_id AS key_of_number
		  FROM bills b
		  LEFT JOIN accounts n ON n.number = b.named_account
		  LEFT JOIN accounts u ON u.upstream_id = b.named_upstream_id AND b.named_upstream_id <> ''
		  WHERE b.account IS NULL
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
		FROM decided d WHERE d.key = bills.key AND (d.reason <> bills.quarantine)`,
		billing.NoAccount, billing.ContradictoryAccount, billing.UnknownAccount)
	if err != nil {
		return fmt.Errorf("sqlite: attributing bills: %w", err)
	}
	return nil
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
