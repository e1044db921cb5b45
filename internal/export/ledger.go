package export

import (
	"encoding/csv"
	"io"
	"strconv"

	"billportal/internal/ledger"
)

var ledgerColumns = []string{"sequence", "at", "actor", "action", "object", "detail", "request_id", "hash"}

// Ledger writes entries of the ledger as CSV. Instants are UTC to the millisecond
// (RFC 3339), which is all that the hash of an entry covers.
type Ledger struct {
	w *csv.Writer
}

// NewLedger begins a file with its header. Its error comes with Flush.
func NewLedger(w io.Writer) *Ledger {
	l := &Ledger{w: csv.NewWriter(w)}
	_ = l.w.Write(ledgerColumns) // kept by the writer until Flush
	return l
}

// Write adds an entry.
func (l *Ledger) Write(e ledger.Entry) error {
	return l.w.Write([]string{
		strconv.FormatInt(e.Sequence, 10), e.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		text(e.Actor), text(e.Action), text(e.Object), text(e.Detail), text(e.RequestID), text(e.Hash),
	})
}

// Flush writes what is still held back and returns the first error of the file.
func (l *Ledger) Flush() error {
	l.w.Flush()
	return l.w.Error()
}
