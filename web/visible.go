package web

import (
	"fmt"
	"strings"
	"unicode"
)

// visible writes out the characters of a name that cannot be seen: those that turn
// the direction of what follows, that have no width, or that control something. A
// name that holds them could look like another one, or turn the sentence around it.
func visible(name string) string {
	if !strings.ContainsFunc(name, unseen) {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if unseen(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visibleAll is visible for each of several names.
func visibleAll(names []string) []string {
	shown := make([]string, 0, len(names))
	for _, name := range names {
		shown = append(shown, visible(name))
	}
	return shown
}

// unseen reports whether a character is a control or a format character (Unicode
// categories Cc and Cf), or parts lines without being one.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf) || r == '\u2028' || r == '\u2029'
}
