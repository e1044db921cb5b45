package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
)

// RecordList names a list of the API.
type RecordList string

// The lists of the API that are read.
const (
	AccountList RecordList = "accounts"
	BillList    RecordList = "bills"
	ItemList    RecordList = "items"
)

const (
	// maxMalformed is how many malformed records are kept; the oldest go.
	maxMalformed = 100
	// maxMalformedSize is how much is kept of each, in bytes.
	maxMalformedSize = 16 << 10
)

// KeepMalformed keeps records of a list that cannot be read, for whoever has to ask
// Orange about them. A record that came before is kept once.
func (db *DB) KeepMalformed(ctx context.Context, list RecordList, records [][]byte) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		for _, r := range records[max(0, len(records)-maxMalformed):] {
			sum := sha256.Sum256(r)
			if _, err := tx.ExecContext(ctx, `INSERT INTO malformed_records (sha256, list, seen_at, payload) VALUES (?, ?, ?, ?)
				ON CONFLICT (sha256) DO UPDATE SET list = excluded.list, seen_at = excluded.seen_at`,
				hex.EncodeToString(sum[:]), list, millis(db.now()), r[:min(len(r), maxMalformedSize)]); err != nil {
				return fmt.Errorf("sqlite: malformed record: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM malformed_records WHERE sha256 NOT IN
			(SELECT sha256 FROM malformed_records ORDER BY seen_at DESC, sha256 LIMIT ?)`, maxMalformed); err != nil {
			return fmt.Errorf("sqlite: malformed record: %w", err)
		}
		return nil
	})
}
