// Package ledger is the hash chain of who did what. Each entry carries the
// SHA-256 of its content and of the entry before, so that an entry that was
// changed, removed or moved later breaks the chain at its place. The package is
// pure; entries are kept in the database by the transaction that makes the
// change they record.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"
)

// Act is what a person or the portal itself did, as told by whoever did it.
type Act struct {
	Actor     string // "person:7 Ada Okafor", "command line", "portal"
	Action    string // a verb and its noun: "grant.add"
	Object    string // what it was done to; never the content of a bill
	Detail    string // one line that a person can read
	RequestID string // joins the entry with the log; empty outside of a request
}

// Entry is an act in its place in the chain.
type Entry struct {
	Sequence int64 // 1 for the first entry, without gaps
	At       time.Time
	Act
	Hash string // lower-case hexadecimal SHA-256
}

// Filter chooses entries; an empty field chooses all.
type Filter struct {
	Action string // exact, or a noun with its dot for all of its verbs: "grant."
	Actor  string // exact, or the beginning up to and with a blank: "person:7 "
	From   time.Time
	Until  time.Time // not included
	// Concerns is part of an entry's object or detail, without regard to case and to
	// what stands between letters and digits. About are beginnings of names, with
	// their blank, "person:7 ": an object that begins with one is chosen as well.
	Concerns string
	About    []string
}

// Seal puts an act behind the entry before it; the zero Entry stands before the
// first. Time is kept to the millisecond, UTC.
func Seal(before Entry, at time.Time, act Act) Entry {
	e := Entry{Sequence: before.Sequence + 1, At: at.UTC().Truncate(time.Millisecond), Act: act}
	e.Hash = digest(before.Hash, e)
	return e
}

// digest hashes the fields with their lengths, so that no two different entries
// have the same text.
func digest(before string, e Entry) string {
	h := sha256.New()
	for _, field := range []string{
		before, strconv.FormatInt(e.Sequence, 10), strconv.FormatInt(e.At.UnixMilli(), 10),
		e.Actor, e.Action, e.Object, e.Detail, e.RequestID,
	} {
		_, _ = io.WriteString(h, strconv.Itoa(len(field))+":"+field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// BrokenError names the first entry that does not follow from the one before.
type BrokenError struct {
	Sequence int64
	Reason   string
}

// Error says which entry is broken and how.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("ledger: entry %d is broken: %s", e.Sequence, e.Reason)
}

// Verify walks entries in order and returns how many are sound. The error is a
// *BrokenError for the first one that is not, or the error of reading.
func Verify(entries iter.Seq2[Entry, error]) (int64, error) {
	var before Entry
	for e, err := range entries {
		if err != nil {
			return before.Sequence, err
		}
		switch {
		case e.Sequence != before.Sequence+1:
			return before.Sequence, &BrokenError{Sequence: before.Sequence + 1, Reason: "it is missing"}
		case e.Hash != digest(before.Hash, e):
			return before.Sequence, &BrokenError{Sequence: e.Sequence, Reason: "its content does not match its hash"}
		}
		before = e
	}
	return before.Sequence, nil
}
