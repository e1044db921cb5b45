package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	modernc "modernc.org/sqlite"

	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// digestMark stands before a digest at the end of a detail.
const digestMark = "SHA-256 "

// concerning narrows entries to those whose object or detail holds a text. No index
// helps: every entry that the rest of the filter leaves is read, newest first, until
// the page is full, so a text that is rare costs about a second and a half at a
// million entries, and less with a span of days or a person. Digests are left out but
// for a whole one, because short numbers stand in them by chance.
func (c clause) concerning(f ledger.Filter) clause {
	key := billing.SearchKey(f.Concerns)
	if key == "" {
		return c.and(`0`)
	}
	return c.and(`(ledger_key(object, detail, ?) OR substr(object, 1, instr(object, ' ')) IN (SELECT value FROM json_each(?)))`,
		key, jsonList(f.About))
}

func init() {
	modernc.MustRegisterDeterministicScalarFunction("ledger_key", 3, ledgerKey)
}

// ledgerKey is the function ledger_key(object, detail, key): whether an entry holds
// a key of billing.SearchKey.
func ledgerKey(_ *modernc.FunctionContext, args []driver.Value) (driver.Value, error) {
	var texts [3]string
	for i := range texts {
		text, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("sqlite: ledger_key of %T", args[i])
		}
		texts[i] = text
	}
	object, detail, key := texts[0], texts[1], texts[2]
	said, digest, _ := strings.Cut(detail, digestMark)
	if strings.Contains(billing.SearchKey(object), key) || strings.Contains(billing.SearchKey(said), key) || strings.EqualFold(digest, key) {
		return int64(1), nil
	}
	return int64(0), nil
}
