package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"billportal/internal/billing"
	"billportal/internal/billingapi"
)

// UpsertBills writes bills as the API sent them, with each payload that differs
// from the last one as a version of its own, and attributes them. It is one
// transaction: callers pass chunks small enough for the writing connection to be
// free again soon. It returns how many bills are new or changed.
func (db *DB) UpsertBills(ctx context.Context, records []billingapi.BillRecord) (changed int, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		var written []knownBill
		for _, r := range records {
			before, is, err := db.upsertBill(ctx, tx, r)
			if err != nil {
				return fmt.Errorf("sqlite: bill %q: %w", r.Bill.UpstreamID, err)
			}
			if is {
				changed++
				written = append(written, before)
			}
		}
		if err := attribute(ctx, tx, keysOf(written)); err != nil {
			return err
		}
		return dropOfOthers(ctx, tx, written)
	})
	return changed, err
}

// knownBill is what the copy held of a bill before it was written.
type knownBill struct {
	key, version   int64
	digest         string
	account        string
	named, namedID string
	renamed        bool // the new state names another account or key
}

func (db *DB) upsertBill(ctx context.Context, tx *sql.Tx, r billingapi.BillRecord) (known knownBill, changed bool, err error) {
	sum := sha256.Sum256(r.Raw)
	digest := hex.EncodeToString(sum[:])
	err = tx.QueryRowContext(ctx, `SELECT key, version, payload_sha256, coalesce(account, ''), named_account, named_upstream_id
		FROM bills WHERE connection = 1 AND upstream_id = ?`, r.Bill.UpstreamID).
		Scan(&known.key, &known.version, &known.digest, &known.account, &known.named, &known.namedID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if known.key, err = db.insertBill(ctx, tx, r.Bill, digest); err != nil {
			return known, false, err
		}
		return known, true, db.addVersion(ctx, tx, known.key, 1, r)
	case err != nil:
		return known, false, err
	case known.digest == digest:
		return known, false, nil
	}
	if err := db.updateBill(ctx, tx, known.key, known.version+1, r.Bill, digest); err != nil {
		return known, false, err
	}
	known.renamed = known.named != string(r.Bill.Account) || known.namedID != string(r.Bill.AccountUpstreamID)
	return known, true, db.addVersion(ctx, tx, known.key, known.version+1, r)
}

func (db *DB) insertBill(ctx context.Context, tx *sql.Tx, b billing.Bill, digest string) (int64, error) {
	result, err := tx.ExecContext(ctx, `
		INSERT INTO bills (id, upstream_id, quarantine, first_seen, version, `+billFields+`)
		VALUES (?, ?, ?, ?, 1, `+billPlaceholders+`)`,
		append([]any{db.newID(), b.UpstreamID, billing.NoAccount, millis(db.now())}, db.billValues(b, digest)...)...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// updateBill writes the new state of a bill. Whatever account it was attributed
// to, the new state is attributed afresh.
func (db *DB) updateBill(ctx context.Context, tx *sql.Tx, key, version int64, b billing.Bill, digest string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE bills SET account = NULL, quarantine = ?, version = ?, items = CASE items WHEN 'held' THEN 'stale' ELSE items END,
			items_tries = 0, items_retry_at = 0,
			(`+billFields+`) = (`+billPlaceholders+`)
		WHERE key = ?`,
		append(append([]any{billing.NoAccount, version}, db.billValues(b, digest)...), key)...)
	return err
}

// The columns that a payload decides about, and one placeholder for each.
const (
	billFields = `named_account, named_upstream_id, number, number_key, kind, type, state, issued_on, due_on,
		period_first_on, period_last_on, currency, net, tax, gross, gross_units, due, sign_turned, purchase_order,
		sending_format, original_id, original_number, updated_at, synced_at, payload_sha256`
	billPlaceholders = `?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`
)

func (db *DB) billValues(b billing.Bill, digest string) []any {
	var units sql.NullInt64
	if b.Gross.Currency() == b.Currency { // or else it would count in another currency's total
		units.Int64, units.Valid = b.Gross.TenThousandths()
	}
	return []any{
		b.Account, b.AccountUpstreamID, b.Number, b.Number.SearchKey(), b.Kind, b.Type, b.State, b.IssuedOn.String(), b.DueOn.String(),
		b.Period.First.String(), b.Period.Last.String(), b.Currency,
		moneyText(b.Net, b.Currency), moneyText(b.Tax, b.Currency), moneyText(b.Gross, b.Currency), units, moneyText(b.Due, b.Currency),
		b.SignTurned, b.PurchaseOrder, b.SendingFormat, b.Original.UpstreamID, b.Original.Number,
		millis(b.UpdatedAt), millis(db.now()), digest,
	}
}

// moneyText is the text of an amount beside its bill's currency. An amount in
// another currency keeps its code in the text, so that it is read back as
// received and never taken for the bill's currency.
func moneyText(m billing.Money, currency string) string {
	if !m.Supplied() || m.Currency() == currency {
		return m.Number()
	}
	return m.String()
}

func (db *DB) addVersion(ctx context.Context, tx *sql.Tx, key, version int64, r billingapi.BillRecord) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO bill_versions (bill, version, seen_at, payload) VALUES (?, ?, ?, ?)`,
		key, version, millis(db.now()), string(r.Raw)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM taxes WHERE bill = ?`, key); err != nil {
		return err
	}
	for i, t := range r.Bill.Taxes {
		if _, err := tx.ExecContext(ctx, `INSERT INTO taxes (bill, position, category, rate, base, amount) VALUES (?, ?, ?, ?, ?, ?)`,
			key, i+1, t.Category, t.Rate, moneyText(t.Base, r.Bill.Currency), moneyText(t.Amount, r.Bill.Currency)); err != nil {
			return err
		}
	}
	return nil
}
