package billing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText reports whether s is text as people type it on one line: valid UTF-8
// without control characters, line separators, and the invisible marks that turn
// the direction of what follows (Unicode TR 36, 2.9).
func CleanText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
			r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	})
}
