package i18n

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Texts is the catalogue of one language together with its formats. It is read-only and safe for
// concurrent use. Get one from [For].
type Texts struct {
	lang     Lang
	tag      language.Tag
	messages map[string]string
	format   format
}

// Lang returns the language of the texts.
func (t *Texts) Lang() Lang { return t.lang }

// S returns the text of a key with its arguments put in place of {0}, {1} and so on. Arguments are
// inserted as they are: numbers and days have to be formatted before. A key that does not exist comes
// back as itself; a test keeps that from happening.
func (t *Texts) S(key string, args ...any) string {
	text, ok := t.messages[key]
	if !ok {
		return key
	}
	return fill(text, args, "")
}

// N returns the text of a key in the plural form that n takes. {n} becomes n with the grouping of the
// language, {0}, {1} the arguments.
func (t *Texts) N(key string, n int, args ...any) string {
	text, ok := t.messages[key+"."+t.pluralForm(n)]
	if !ok {
		if text, ok = t.messages[key+".other"]; !ok {
			return key
		}
	}
	return fill(text, args, t.Number(strconv.Itoa(n), 0))
}

func (t *Texts) pluralForm(n int) string {
	digits := max(n, -n) % 10_000_000 // enough digits for every rule of CLDR
	if plural.Cardinal.MatchPlural(t.tag, digits, 0, 0, 0, 0) == plural.One {
		return "one"
	}
	return "other"
}

// fill replaces the placeholders in one pass, so that an argument that looks like a placeholder stays
// what it is.
func fill(text string, args []any, count string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args)+2)
	for i, arg := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(arg))
	}
	if count != "" {
		pairs = append(pairs, "{n}", count)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// mustLoad reads the embedded catalogue of a language. A malformed one is a mistake of ours that no
// configuration can cause, so it stops the program before it serves anything.
func mustLoad(lang Lang, tag language.Tag) *Texts {
	messages := make(map[string]string)
	for _, part := range []string{"labels", "sentences"} {
		name := part + "." + string(lang) + ".txt"
		raw, err := files.ReadFile(name)
		if err == nil {
			err = parseCatalogue(messages, string(raw))
		}
		if err != nil {
			panic(fmt.Errorf("i18n: %s: %w", name, err))
		}
	}
	return &Texts{lang: lang, tag: tag, messages: messages, format: formats[lang]}
}

// parseCatalogue adds lines of "key = text" to messages. Empty lines and lines that begin with # are
// skipped; a key that comes twice is an error.
func parseCatalogue(messages map[string]string, raw string) error {
	number := 0
	for line := range strings.Lines(raw) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, text, ok := strings.Cut(line, " = ")
		if !ok {
			return fmt.Errorf("line %d is not of the form key = text", number)
		}
		if _, twice := messages[key]; twice {
			return fmt.Errorf("line %d repeats the key %s", number, key)
		}
		messages[key] = text
	}
	return nil
}
