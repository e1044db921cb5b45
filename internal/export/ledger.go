package export

import (
	"encoding/csv"
	"io"
	"strconv"

	"billportal/internal/access"
	"billportal/internal/ledger"
)

var ledgerColumns = []string{"sequence", "at", "actor", "actor_key", "actor_subject", "actor_email", "action", "object", "detail", "request_id", "hash"}

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

// Write adds an entry. The person is the actor as they are known now, the zero one
// for an actor who is nobody.
func (l *Ledger) Write(e ledger.Entry, actor access.Person) error {
	var key string
	if actor.ID != 0 {
		key = strconv.FormatInt(int64(actor.ID), 10)
	}
	return l.w.Write([]string{
		strconv.FormatInt(e.Sequence, 10), e.At.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		text(e.Actor), key, text(actor.Subject), text(actor.Email), text(e.Action), text(e.Object), text(e.Detail), text(e.RequestID), text(e.Hash),
	})
}

// Flush writes what is still held back and returns the first error of the file.
func (l *Ledger) Flush() error {
	l.w.Flush()
	return l.w.Error()
}
