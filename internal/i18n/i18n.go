// Package i18n holds every text of the portal in English and French, and the formats of the two
// languages for numbers, days and times.
//
// The texts are readable files, two per language, embedded into the binary: labels hold the fixed words
// of the pages, sentences what is put together around values. A line is "key = text"; "{0}", "{1}" stand for arguments. A text that depends on a count has
// one line a plural form, "key.one" and "key.other", where "{n}" stands for the formatted count.
// Which form a count takes comes from golang.org/x/text/feature/plural, that is from CLDR.
//
// Formats follow the Unicode CLDR (https://cldr.unicode.org): en-GB for English, fr-FR for French. They
// work on decimal text, never on floating point, so that no digit of an amount is lost or invented.
package i18n

import (
	"embed"
	"strings"

	"golang.org/x/text/language"
)

// Lang is one of the portal's languages. Its text is the language subtag of BCP 47, ready for an HTML
// lang attribute.
type Lang string

// The languages of the portal.
const (
	En Lang = "en"
	Fr Lang = "fr"
)

//go:embed labels.*.txt sentences.*.txt
var files embed.FS

var catalogues = map[Lang]*Texts{
	En: mustLoad(En, language.BritishEnglish),
	Fr: mustLoad(Fr, language.French),
}

// For returns the texts and formats of a language, and those of English for one the portal does not speak.
func For(lang Lang) *Texts {
	if texts, ok := catalogues[lang]; ok {
		return texts
	}
	return catalogues[En]
}

// Match chooses the language for the value of an Accept-Language header (RFC 9110, section 12.5.4). It
// returns fallback when the header is empty, malformed or names none of the portal's languages.
func Match(acceptLanguage string, fallback Lang) Lang {
	tags, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return fallback
	}
	for i, tag := range tags {
		base, _ := tag.Base()
		if lang := Lang(base.String()); catalogues[lang] != nil && weights[i] > 0 {
			return lang
		}
	}
	return fallback
}

// Parse reads a language as it stands in the configuration or in a form.
func Parse(text string) (Lang, bool) {
	lang := Lang(strings.ToLower(strings.TrimSpace(text)))
	return lang, catalogues[lang] != nil
}
