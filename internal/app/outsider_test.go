//go:build browser

package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// TestOtherSitesGetNothingOfABill_H7 loads a bill's page and document into a page
// of another origin in every way that needs no permission.
func TestOtherSitesGetNothingOfABill_H7(t *testing.T) {
	p := reading(t)
	chrome := startChromium(t)
	w := chrome.window(t, p, true)
	w.signIn(sandbox.SubjectEmployee)
	w.find(elenasBills(nil)[0])
	bill := w.read(`location.href`)
	other := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(response, r)
			return
		}
		response.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(response, `<!DOCTYPE html><title>other</title><body><script>
const got = []; let open = 0;
const settle = (what, value) => { got.push(what + ': ' + value); open--; };
const element = (tag, address) => { open++; const e = document.createElement(tag); e.onload = () => settle(tag, 'loaded ' + (e.naturalWidth ?? ''));
  e.onerror = () => settle(tag, 'nothing'); if (tag === 'link') { e.rel = 'stylesheet'; e.href = address; } else e.src = address; document.body.append(e); };
for (const address of [%q, %[1]q + '/items', %[1]q + '/document', %[1]q.replace(/bills\/.*/, 'bills')]) {
  for (const tag of ['img', 'script', 'link', 'video', 'audio']) element(tag, address);
  for (const mode of ['no-cors', 'cors']) { open++; fetch(address, {mode, credentials: 'include'}).then(async r => settle(mode, 'answer ' + (await r.text()).length), () => settle(mode, 'nothing')); }
}
</script>`, bill)
	}))
	defer other.Close()
	w.refused = append(w.refused, "")
	// A port of the same host is the same site, to which the cookie goes along; another
	// name of the host is another site.
	for _, origin := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		w.do("open "+origin, chromedp.Navigate(origin))
		w.until(`open === 0`)
		w.expect(`got.filter(line => !line.endsWith('nothing')).join(', ')`, "")
		w.expect(`got.length`, "28")
		w.expect(`document.images[0].naturalWidth`, "0")
	}
	w.mu.Lock()
	w.asked = nil // the other site's own addresses
	w.mu.Unlock()
}
