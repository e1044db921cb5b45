package billing

import "time"

// HeldDocument names the PDF of a bill that the copy holds.
type HeldDocument struct {
	SHA256    string // lower-case hexadecimal
	Size      int64  // bytes
	FetchedAt time.Time
	Current   bool // fetched since the bill last changed
}
