package sqlite

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

// randomID is an opaque key of 100 random bits in 20 lower-case letters and
// digits, good in URLs.
func randomID() string {
	bits := make([]byte, 13)
	_, _ = rand.Read(bits) // never fails, as crypto/rand documents
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bits))[:20]
}
