package web

import (
	"encoding/base64"
	"strings"

	"billportal/internal/billing"
)

// cursorText is a place in the list for a URL: opaque, though nothing in it is
// secret.
func cursorText(b billing.Bill) string {
	return base64.RawURLEncoding.EncodeToString([]byte(b.IssuedOn.String() + "|" + string(b.ID)))
}

func parseCursor(text string) (billing.Cursor, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	issued, id, ok := strings.Cut(string(raw), "|")
	if err != nil || !ok || id == "" || len(id) > 64 || !cleanText(id) {
		return billing.Cursor{}, false
	}
	cursor := billing.Cursor{ID: billing.BillID(id)}
	if issued == "" {
		return cursor, true
	}
	cursor.IssuedOn, err = billing.ParseDate(issued)
	return cursor, err == nil
}
