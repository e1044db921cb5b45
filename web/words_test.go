package web

import (
	"testing"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

func TestWordsOfTheAPIAreTranslatedWhereTheyAreKnown(t *testing.T) {
	t.Parallel()
	en, fr := i18n.For(i18n.En), i18n.For(i18n.Fr)
	for _, c := range []struct{ got, want string }{
		{word(en, "word.state.", "SETTLED"), "Settled"}, {word(fr, "word.state.", "settled"), "Soldée"}, {word(fr, "word.state.", "odd"), "odd"},
		{word(fr, "word.format.", "paper"), "Papier"}, {word(en, "word.format.", ""), ""},
		{quantity(fr, "12", "channel"), "12\u00a0canaux"}, {quantity(fr, "1", "channel"), "1\u00a0canal"}, {quantity(fr, "1.5", "channel"), "1,5\u00a0canal"},
		{quantity(fr, "-2", "parsec"), "−2\u00a0parsec"}, {quantity(en, "1", "month"), "1\u00a0month"}, {quantity(en, "", "month"), ""},
		{quantity(fr, billing.Decimal("3"), ""), "3"}, {fileSize(fr, 30_500), "31\u00a0Ko"}, {fileSize(en, 1), "1\u00a0KB"},
	} {
		if c.got != c.want {
			t.Errorf("%q instead of %q", c.got, c.want)
		}
	}
}
