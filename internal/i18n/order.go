package i18n

import "golang.org/x/text/collate"

// Order is a comparison of names as the language's readers expect them sorted
// (Unicode Collation Algorithm with CLDR's tailoring): without regard to case, and
// Ł beside L. It is for one goroutine.
func (t *Texts) Order() func(a, b string) int {
	return collate.New(t.tag, collate.IgnoreCase).CompareString
}
