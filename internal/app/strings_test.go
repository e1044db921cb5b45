//go:build browser

package app_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// TestStringsOfOthersStayText_V2 puts hostile text wherever Orange or the identity
// provider may send some, and opens the pages that show it. Orange's goes into the
// copy as it would stand there if the client let everything through.
func TestStringsOfOthersStayText_V2(t *testing.T) {
	p := handWorked(t)
	const hostile = `<img src=x onerror=alert(1) class=evil><script class=evil>alert(2)</script>"'><a class=evil href=javascript:alert(3)>x</a>` +
		"<svg class=evil onload=alert(4)>{{7*7}}</textarea></title><style class=evil>*{color:red}</style>javascript:alert(5)//\u202e\u2066EVIL"
	text := "'" + strings.ReplaceAll(hostile, "'", "''") + "'"
	for _, change := range []string{
		`UPDATE bills SET state = HOSTILE, purchase_order = HOSTILE, sending_format = HOSTILE, original_number = CASE WHEN original_id = '' THEN '' ELSE HOSTILE END, type = HOSTILE`,
		`UPDATE items SET label = HOSTILE, category = HOSTILE, site_name = HOSTILE, country = HOSTILE, unit = HOSTILE, offer_id = HOSTILE`,
		`UPDATE taxes SET category = HOSTILE`, `UPDATE account_groups SET name = HOSTILE || id`,
		`UPDATE accounts SET name = HOSTILE, upstream_name = HOSTILE, cost_centre = HOSTILE, country = HOSTILE, upstream_status = HOSTILE, upstream_country = HOSTILE`,
	} {
		query(t, p.dir, strings.ReplaceAll(change, "HOSTILE", text))
	}
	for subject, groups := range map[string][]string{
		sandbox.SubjectAccountant: {sandbox.GroupStaff, sandbox.GroupAccounting, hostile}, sandbox.SubjectAdmin: {sandbox.GroupAdmins, hostile},
		sandbox.SubjectNewcomer: {hostile},
	} {
		p.sim.Identity.SetPersona(sandbox.Persona{Subject: subject, Name: hostile, Username: hostile, Email: "x@example.com" + hostile, Groups: groups})
	}
	chrome := startChromium(t)
	for _, subject := range []string{sandbox.SubjectNewcomer, sandbox.SubjectAccountant, sandbox.SubjectAdmin} {
		t.Run(subject, func(t *testing.T) {
			w := chrome.window(t, p.portal, true)
			if err := chromedp.Listen(w.ctx, func(event any) {
				if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
					t.Errorf("a dialog says %s", e.Message)
					go func() {
						_ = call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // the test has failed
					}()
				}
			}); err != nil {
				t.Fatal(err)
			}
			w.refused = append(w.refused, "/", "/bills", "/admin/accounts")
			w.signIn(subject)
			shown := 0
			w.crawl(func(string) {
				w.expect(`document.querySelectorAll('.evil, main script, main style, [onerror], [onload], a[href^="javascript:"]').length`, "0")
				if strings.Contains(w.read(`document.body.textContent`), "<img src=x onerror=alert(1) class=evil>") {
					shown++
				}
			})
			p.expectNoReport(t)
			if shown == 0 {
				t.Error("no page shows the text: this test proves nothing")
			}
		})
	}
}
