//go:build browser

package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// TestPeopleDoTheirWorkInABrowser is the whole story with a mouse and a keyboard,
// with scripts and without.
func TestPeopleDoTheirWorkInABrowser(t *testing.T) {
	chrome := startChromium(t)
	for _, mode := range []struct {
		name    string
		scripts bool
	}{{"with scripts", true}, {"without scripts", false}} {
		t.Run(mode.name, func(t *testing.T) {
			p := changing(t)
			t.Run("an employee finds a bill and reads its PDF", func(t *testing.T) { employeesDay(t, chrome.window(t, p, mode.scripts)) })
			t.Run("an accountant searches, pages and keeps files", func(t *testing.T) { accountantsDay(t, chrome.window(t, p, mode.scripts)) })
			t.Run("an admin opens an account and closes it again", func(t *testing.T) {
				adminsDay(t, chrome.window(t, p, mode.scripts), chrome.window(t, p, mode.scripts))
			})
			t.Run("a newcomer learns whom to ask", func(t *testing.T) { newcomersDay(t, chrome.window(t, p, mode.scripts)) })
		})
	}
}

const (
	rows     = `document.querySelectorAll('#list tbody tr').length`
	firstRow = `document.querySelector('#list tbody tr th a').textContent`
)

func employeesDay(t *testing.T, w *tab) {
	w.signIn(sandbox.SubjectEmployee)
	w.expect(`document.querySelectorAll('.figure').length`, "3")
	w.follow(`header nav a[href="/bills"]`)
	w.click(`details.filters summary`)
	w.choose(`#f-issued`, "any")
	w.choose(`#f-account`, "0049 2210 72")
	w.choose(`#f-kind`, "invoice")
	want := fmt.Sprint(min(50, len(elenasBills(func(b *sandbox.Bill) bool {
		return b.AccountNumber == "0049 2210 72" && b.Type == sandbox.TypeInvoice
	}))))
	if !w.scripts {
		w.follow(`form.bill-filters button`)
	}
	w.until(rows + ` === ` + want + ` && [...document.querySelectorAll('#list tbody td.wide .sub')].every(s => s.textContent === '0049 2210 72')`)
	w.until(`new URLSearchParams(location.search).get('account') === '0049 2210 72'`)
	number := w.read(firstRow)
	w.follow(`#list tbody tr th a`)
	w.expect(`document.querySelector('h1 .bill-number').textContent`, number)
	w.until(`document.querySelectorAll('#bill-items tbody tr:not(.group)').length > 4`)
	w.showsPDF()

	w.refused = append(w.refused, "/bills.csv", "/admin/accounts", "?download=1")
	for _, path := range []string{"/bills.csv", "/admin/accounts", w.read(`document.querySelector('iframe').getAttribute('src')`) + "?download=1"} {
		w.open(path)
		w.expect(`document.querySelectorAll('main h1').length + ' ' + performance.getEntriesByType('navigation')[0].responseStatus`, "1 403")
	}
	w.open("/bills")
	w.signOut()
}

// showsPDF fails unless the frame of a bill's page got a PDF and the browser's own
// viewer shows it.
func (w *tab) showsPDF() {
	w.t.Helper()
	src := w.read(`document.querySelector('iframe').src`)
	// By script and not by node: the viewer replaces what the browser knows the frame by.
	w.read(`document.querySelector('iframe').scrollIntoView()`)
	await(w.t, "the frame gets its PDF", func() (bool, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, d := range w.documents {
			if d.URL == src {
				if d.Status != http.StatusOK || d.MimeType != "application/pdf" {
					w.t.Fatalf("the frame got %d %s", d.Status, d.MimeType)
				}
				return true, nil
			}
		}
		return false, fmt.Errorf("%d documents, none from %s", len(w.documents), src)
	})
	await(w.t, "the browser's viewer shows the PDF", func() (bool, error) {
		targets, err := chromedp.Targets(w.ctx)
		for _, target := range targets {
			if strings.HasPrefix(target.URL, "chrome-extension://") && target.BrowserContextID == chromedp.FromContext(w.ctx).BrowserContextID {
				return true, nil
			}
		}
		return false, fmt.Errorf("%d targets, none is a viewer: %v", len(targets), err)
	})
}

func accountantsDay(t *testing.T, w *tab) {
	w.signIn(sandbox.SubjectAccountant)
	w.open("/bills?issued=any")
	newest := w.read(firstRow)
	next := `#list nav a[rel="next"]`
	if w.scripts {
		w.click(next)
	} else {
		w.follow(next)
	}
	w.until(firstRow + ` !== '` + newest + `' && location.search.includes('after=')`)
	w.do("go back", chromedp.Evaluate[chromedp.Void](`history.back()`))
	w.until(firstRow + ` === '` + newest + `'`)

	wanted := world.Stories.Spike
	w.fill(`#search`, wanted.Number)
	w.do("press Enter", func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.SendKeys(chromedp.CSS(`#search`), "\r"))
		return chromedp.Void{}, err
	})
	w.until(rows + ` === 1`)
	w.follow(`#list tbody tr th a`)
	w.expect(`document.querySelector('h1 .bill-number').textContent`, wanted.Number)
	w.showsPDF()
	dir := folder(t)
	if _, err := chromedp.CallBrowser(w.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID,
	}); err != nil {
		t.Fatal(err)
	}
	// By script and not by place: the page may still be settling under the mouse.
	w.read(`document.querySelector('a[href*="download=1"]').click()`)
	truth, err := world.PDF(wanted.ID)
	if err != nil {
		t.Fatal(err)
	}
	saved(t, dir, "*"+wanted.Number+".pdf", func(content string) bool { return content == string(truth) })
	w.open("/bills?issued=any&kind=credit_note")
	w.click(`#export a`)
	saved(t, dir, "bills-*.csv", func(content string) bool { return strings.Count(content, "\n") == 1+len(world.Stories.CreditNotes) })
	w.signOut()
}

// saved waits for a file that the browser keeps.
func saved(t *testing.T, dir, pattern string, whole func(string) bool) {
	t.Helper()
	await(t, "the browser has saved "+pattern, func() (bool, error) {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			return false, fmt.Errorf("nothing yet: %v", err)
		}
		content, err := os.ReadFile(files[0])
		return err == nil && whole(string(content)), fmt.Errorf("%d bytes: %v", len(content), err)
	})
}

func adminsDay(t *testing.T, w, reader *tab) {
	newcomer := world.Stories.NotAdmitted
	list := "/bills?issued=any&account=" + url.QueryEscape(newcomer)
	reader.signIn(sandbox.SubjectEmployee)
	w.signIn(sandbox.SubjectAdmin)
	w.expect(`document.querySelectorAll('#setup > li').length`, "4")
	w.follow(`header nav a[href="/admin/accounts"]`)
	w.follow(`form[action="/admin/accounts/admit"] button[value="` + newcomer + `"]`)
	w.until(`document.querySelector('main [role="status"]') !== null && document.querySelector('form[action="/admin/accounts/admit"]') === null`)
	w.follow(`table a[href="/admin/accounts/` + url.PathEscape(newcomer) + `"]`)
	w.fill(`main input[name="name"]`, "Savannah cold store")
	w.fill(`main input[name="group"]`, "Georgia")
	w.follow(`main form[method="post"] button.primary`)
	w.until(`[...document.querySelectorAll('table bdi')].some(b => b.textContent === 'Savannah cold store')`)

	w.follow(`header nav a[href="/admin/access"]`)
	w.fill(`form[action="/admin/access"] input[name="group"]`, sandbox.GroupReaders)
	w.click(`form[action="/admin/access"] input[value="account_group"]`)
	w.choose(`form[action="/admin/access"] select[name="account_group"]`, "Georgia")
	w.follow(`form[action="/admin/access"] button.primary`)
	granted := `[...document.querySelectorAll('table tr:has(form)')].findIndex(r => r.querySelector('th').textContent.includes('` + sandbox.GroupReaders + `') && r.querySelector('td.wide').textContent.includes('Georgia'))`
	w.until(granted + ` >= 0`)

	reader.open(list)
	truth := billsOf(func(b *sandbox.Bill) bool { return b.AccountNumber == newcomer })
	reader.until(rows + ` === ` + fmt.Sprint(len(truth)))
	reader.follow(`#list tbody tr th a`)
	if !reader.scripts {
		reader.follow(`#bill-items a`)
	}
	reader.until(`document.querySelectorAll('#bill-items tbody tr:not(.group)').length > 4`)

	row := `table tbody tr:nth-of-type(` + w.read(granted+` + 1`) + `)`
	w.click(row + ` details.confirm summary`)
	w.follow(row + ` form[action="/admin/access/revoke"] button`)
	w.until(granted + ` < 0`)
	reader.open(list)
	reader.until(rows + ` === 0 && document.querySelector('#list .empty') !== null`)
	w.refused = append(w.refused, "/bills")
	w.open("/bills")
	w.expect(`performance.getEntriesByType('navigation')[0].responseStatus`, "403")
	w.open("/admin/accounts")
	w.signOut()
}

func newcomersDay(t *testing.T, w *tab) {
	w.refused = append(w.refused, "/", "/bills")
	w.signIn(sandbox.SubjectNewcomer)
	w.expect(`document.querySelectorAll('main a[href^="mailto:"]').length`, "1")
	w.open("/bills")
	w.expect(`document.querySelectorAll('main a[href^="mailto:"]').length`, "1")
	w.follow(`main form[action="/signout"] button`)
	w.open("/")
	w.expect(`location.pathname`, "/signin")
}
