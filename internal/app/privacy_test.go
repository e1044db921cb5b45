//go:build browser

package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// kept is everything that a page of the portal could leave in a browser for the
// next one: what is in the page, stored, in the history, in caches.
const kept = `[document.documentElement.outerHTML, JSON.stringify([localStorage, sessionStorage, history.state]), document.cookie].join('\n')`

// TestSigningOutLeavesNothingForTheNextPerson_S6_H8_case22 has two people at one
// computer, one after the other, in one tab.
func TestSigningOutLeavesNothingForTheNextPerson_S6_H8_case22(t *testing.T) {
	p := reading(t)
	w := startChromium(t).window(t, p, true)
	w.signIn(sandbox.SubjectEmployee)
	// Not by its number: what somebody types into the search is in the browser's own
	// history, which no page can clear.
	w.open("/bills")
	w.click(`details.filters summary`)
	w.choose(`#f-issued`, "any")
	w.until(`location.search.includes('issued=any')`)
	number := w.read(firstRow)
	bill := elenasBills(func(b *sandbox.Bill) bool { return b.Number == number })[0]
	w.follow(`#list tbody tr th a`)
	w.until(`document.querySelectorAll('#bill-items tbody tr:not(.group)').length > 4`)
	w.showsPDF()
	t.Run("while she reads, nothing of a bill is stored", func(t *testing.T) {
		w.within(t)
		// htmx keeps the address that the tab is at, as the address bar does.
		w.expect(`Object.keys(localStorage).length`, "0")
		w.expect(`Object.entries(sessionStorage).filter(([k, v]) => k !== 'htmx-current-path-for-history' || v !== location.pathname + location.search).length`, "0")
		w.tellsNothingOf(w.read(`JSON.stringify([localStorage, sessionStorage, history.state])`), bill)
	})

	w.click(`header details summary`)
	w.follow(`header form[action="/signout"] button`)
	t.Run("the Back button shows no bill", func(t *testing.T) {
		w.within(t)
		for range 3 {
			w.do("go back", chromedp.Evaluate[chromedp.Void](`history.back()`))
			w.until(`location.pathname === '/signin' && document.readyState === 'complete'`)
			w.tellsNothingOf(w.read(kept), bill)
		}
	})
	t.Run("the next person finds nothing of hers", func(t *testing.T) {
		w.within(t)
		w.signIn(sandbox.SubjectAdmin)
		for _, path := range []string{"/", "/admin/accounts", "/admin/access"} {
			w.open(path)
			w.tellsNothingOf(strings.ReplaceAll(w.read(kept), bill.AccountNumber, ""), bill) // admins keep the register
			w.read(`caches.keys().then(names => { window.cached = names.length })`)
			w.until(`window.cached === 0`)
			w.expect(`Object.keys(localStorage).length`, "0")
		}
		w.refused = append(w.refused, "/bills")
		w.open("/bills")
		w.expect(`performance.getEntriesByType('navigation')[0].responseStatus`, "403")
		w.tellsNothingOf(w.read(kept), bill)
	})
}

// tellsNothingOf fails when a text names a bill, its account or its amounts.
func (w *tab) tellsNothingOf(text string, b *sandbox.Bill) {
	w.t.Helper()
	if strings.HasPrefix(text, "unreadable") {
		w.t.Fatal(text)
	}
	for _, marker := range []string{b.Number, b.AccountNumber, b.Gross, english(b.Gross), english(b.Net)} {
		if strings.Contains(text, marker) {
			w.t.Errorf("%s is still there: %s", marker, around(text, marker))
		}
	}
}

// around is the neighbourhood of a marker in a text.
func around(text, marker string) string {
	at := strings.Index(text, marker)
	return fmt.Sprintf("…%s…", text[max(0, at-100):min(len(text), at+100)])
}
