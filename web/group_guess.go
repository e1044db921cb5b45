package web

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// guessGroup is the known group that a name nobody is in was probably meant to be: one
// that looks the same, else the nearest by edit distance that differs in no more than a
// fifth of its characters, or in two; or "".
func guessGroup(typed string, known []string) string {
	folded := []rune(groupLook(typed))
	best, least := "", max(2, len(folded)/5)+1
	for _, name := range known {
		look := []rune(groupLook(name))
		if d := editDistance(folded, look); d < least && d < len(folded) && d < len(look) {
			best, least = name, d
		}
	}
	return best
}

// lookAlikes are letters of other scripts, and digits, that a reader takes for Latin
// letters: the commonest of Unicode's confusables (UTS 39), folded to lower case.
var lookAlikes = strings.NewReplacer(
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "м", "m", "о", "o", "р", "p", "ѕ", "s", "т", "t", "х", "x", "у", "y",
	"α", "a", "β", "b", "ε", "e", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ı", "i", "ſ", "s",
	"0", "o", "1", "i", "l", "i", "|", "i",
)

// groupLook is what is left of a name without case, blanks, signs that part its words,
// accents, and what looks like something else.
func groupLook(name string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '|' {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(name))
	return lookAlikes.Replace(plain)
}

// editDistance is how many characters must be added, removed, replaced or swapped with
// their neighbour to make one text of the other (Damerau and Levenshtein, optimal
// string alignment).
func editDistance(a, b []rune) int {
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			differs := 1
			if a[i-1] == b[j-1] {
				differs = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+differs)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
