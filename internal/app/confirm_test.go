//go:build browser

package app_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// TestADoubleClickCarriesNothingOut clicks twice in a place on every question that
// admins are asked, on wide and on narrow screens: the second click never does what is asked about.
// One click opens the question, and Escape takes it back.
func TestADoubleClickCarriesNothingOut(t *testing.T) {
	chrome := startChromium(t)
	p := changing(t)
	other := chrome.window(t, p, true)
	other.signIn(sandbox.SubjectEmployee)
	w := chrome.window(t, p, true)
	w.signIn(sandbox.SubjectAdmin)
	w.open("/admin/people")
	person := w.read(`[...document.querySelectorAll('table a.lead')].find(a => a.textContent.includes('Elena')).pathname`)
	for _, width := range []int64{1440, 390} {
		size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1}
		if err := call(w.ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/admin/people", "/admin/access", person} {
			w.open(path)
			w.until(`document.querySelector('details.confirm') !== null`)
			questions, err := strconv.Atoi(w.read(`document.querySelectorAll('details.confirm').length`))
			if err != nil {
				t.Fatal(err)
			}
			for i := range questions {
				w.open(path)
				question := `[...document.querySelectorAll('details.confirm')][` + strconv.Itoa(i) + `]`
				w.until(`(` + question + `.querySelector('summary').scrollIntoView({block: 'center'}), window.left = false, addEventListener('submit', (e) => { e.preventDefault(); window.left = true }), true)`)
				at := w.middle(question + `.querySelector('summary')`)
				w.do("click twice", chromedp.MouseClickXY(at[0], at[1]))
				w.do("click twice", chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(2)))
				w.expect(`window.left`, "false")
				w.until(`(` + question + `.open = false) === false`)
				at = w.middle(question + `.querySelector('summary')`)
				w.do("click once", chromedp.MouseClickXY(at[0], at[1]))
				w.until(question + `.open`)
				w.expect(`getComputedStyle(`+question+`.querySelector('.cancel')).display !== 'none'`, "true")
				w.do("press Escape", chromedp.KeyEvent("\u001b"))
				w.until(`!` + question + `.open`)
				w.expect(`document.activeElement === `+question+`.querySelector('summary')`, "true")
			}
		}
	}
	other.open("/profile")
	other.expect(`location.pathname`, "/profile")
}

// middle is where an element is on the screen.
func (w *tab) middle(element string) [2]float64 {
	w.t.Helper()
	var at [2]float64
	said := w.read(`(r => (r.left + r.width / 2) + ' ' + (r.top + r.height / 2))(` + element + `.getBoundingClientRect())`)
	if _, err := fmt.Sscan(said, &at[0], &at[1]); err != nil {
		w.t.Fatalf("%s is at %q", element, said)
	}
	return at
}
