package web

import (
	"strings"
	"testing"

	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/internal/sandbox"
)

// TestWhatCannotBeSeenIsWrittenOut_V6 puts characters that turn, hide or control text
// into names from outside.
func TestWhatCannotBeSeenIsWrittenOut_V6(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		sandbox.GroupReaders: sandbox.GroupReaders, "Élodie Ñuñez 東京": "Élodie Ñuñez 東京", "a\u202eb": "a‹U+202E›b", "a\u200bb": "a‹U+200B›b", "\u2066x\u2069": "‹U+2066›x‹U+2069›",
		"a\x1b[31m": "a‹U+001B›[31m", "a\r\nb": "a‹U+000D›‹U+000A›b", "\ufeffx": "‹U+FEFF›x", "a\u2028b": "a‹U+2028›b", "\x00": "‹U+0000›",
	} {
		if got := visible(name); got != want {
			t.Errorf("%q is shown as %q instead of %q", name, got, want)
		}
	}
	en := i18n.For(i18n.En)
	const hostile = "admins\u202esredaer"
	b := billing.Bill{AccountName: hostile, Type: hostile, Kind: billing.Other}
	for place, got := range map[string]string{
		"an account": billRow(en, b).AccountName, "an account and its number": accountText(hostile, "1"), "a kind": kindName(en, b),
		"an item": itemRow(en, billing.Item{Label: hostile, SiteName: hostile}).Name, "a site": itemRow(en, billing.Item{SiteName: hostile}).Detail,
		"a category": categoryName(en, hostile), "a group": visibleAll([]string{hostile})[0], "a ledger's object": clipText(hostile, maxNoted),
	} {
		if strings.Contains(got, "\u202e") || !strings.Contains(got, "‹U+202E›") {
			t.Errorf("%s is shown as %q", place, got)
		}
	}
}
