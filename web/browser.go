package web

import (
	"strings"

	"billportal/internal/i18n"
)

// mark is a word in a browser's description of itself and what it stands for.
type mark struct{ word, name string }

// Most browsers name others besides themselves, so the first mark that is found
// counts.
var (
	browserMarks = []mark{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
	}
	systemMarks = []mark{
		{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
)

// browserName is a short name for what a browser says of itself: "Firefox on
// Windows". It helps people tell their own sessions apart and proves nothing.
func browserName(t *i18n.Texts, userAgent string) string {
	browser, system := firstMark(browserMarks, userAgent), firstMark(systemMarks, userAgent)
	switch {
	case browser == "":
		return t.S("session.otherbrowser")
	case system == "":
		return browser
	}
	return t.S("session.browser", browser, system)
}

func firstMark(marks []mark, text string) string {
	for _, m := range marks {
		if strings.Contains(text, m.word) {
			return m.name
		}
	}
	return ""
}
