package templates

import "strconv"

// FirstSyncView is the progress of the very first copy. While RefreshURL is set the block asks it for
// itself every two seconds; the last state of a run leaves it empty, and the asking stops.
type FirstSyncView struct {
	RefreshURL string
	State      SyncState
	Done, Of   int    // bills; Of is 0 while nobody knows how many there will be
	Text       string // "61 of about 640 bills"
	Detail     string // one more sentence, or the reason of a failure
}

// SyncState is where a first copy stands; the zero value is running.
type SyncState string

// The states of a first copy.
const (
	SyncRunning SyncState = ""
	SyncDone    SyncState = "done"
	SyncFailed  SyncState = "failed"
)

// max is the value of the progress element's attribute.
func (v FirstSyncView) max() string { return strconv.Itoa(v.Of) }

// value is the value of the progress element's attribute.
func (v FirstSyncView) value() string { return strconv.Itoa(v.Done) }
