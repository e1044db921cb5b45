package app_test

import (
	"bytes"
	"cmp"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

// visitor is somebody with a browser: it keeps cookies, follows redirects and
// sends forms as they stand in the page.
type visitor struct {
	t      *testing.T
	portal *portal
	http   *http.Client
	check  func(answer) // of everything that the portal answers
}

// answer is what came back at the end of all redirects.
type answer struct {
	*http.Response
	body []byte
}

func anonymous(t *testing.T, p *portal) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, portal: p, http: &http.Client{Jar: jar}}
	v.check = func(a answer) { holdsBackUnlisted(t, a) }
	return v
}

// signedIn goes through the real sign-in and picks a persona at the provider.
func signedIn(t *testing.T, p *portal, subject string) *visitor {
	t.Helper()
	v := anonymous(t, p)
	v.signIn(subject, "/signin")
	return v
}

// known is a persona who reads the shared portal in one browser for all tests: a
// person has a bounded number of sessions, and tests run side by side.
func known(t *testing.T, p *portal, subject string) *visitor {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if p != shared.portal {
		return signedIn(t, p, subject)
	}
	v := anonymous(t, p)
	if jar := shared.browsers[subject]; jar != nil {
		v.http.Jar = jar
		return v
	}
	v.signIn(subject, "/signin")
	shared.browsers[subject] = v.http.Jar
	return v
}

func elena(t *testing.T, p *portal) *visitor {
	v := known(t, p, sandbox.SubjectEmployee)
	v.check = func(a answer) {
		holdsBackUnlisted(t, a)
		tellsOnlyOf(t, a, elenasAccounts)
	}
	return v
}

func amir(t *testing.T, p *portal) *visitor { return known(t, p, sandbox.SubjectAccountant) }

func ada(t *testing.T, p *portal) *visitor { return known(t, p, sandbox.SubjectAdmin) }

// signIn clicks from a page that asks for it to the provider and back, and
// returns the page that the visitor ends up on.
func (v *visitor) signIn(subject, path string) answer {
	v.t.Helper()
	page := v.get(path)
	start, ok := page.find(v.t, `main a[href^="/signin/start"]`).Attr("href")
	if !ok {
		v.t.Fatalf("%s offers no way to sign in", page.Request.URL)
	}
	picker := v.get(start)
	person, ok := picker.find(v.t, `.people a[data-subject="`+subject+`"]`).Attr("href")
	if !ok {
		v.t.Fatalf("the provider does not offer %s:\n%s", subject, picker.body)
	}
	choice, err := picker.Request.URL.Parse(person)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(v.request(http.MethodGet, choice.String(), nil))
}

func (v *visitor) request(method, address string, body io.Reader) *http.Request {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.portal.url + address
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

// do sends a request and reads its answer whole.
func (v *visitor) do(r *http.Request) answer {
	v.t.Helper()
	response, err := v.http.Do(r)
	if err != nil {
		v.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	a := answer{response, body}
	if strings.HasPrefix(response.Request.URL.String(), v.portal.url) && v.check != nil {
		v.check(a)
	}
	return a
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

// once sends a request without following redirects.
func (v *visitor) once(r *http.Request) answer {
	v.t.Helper()
	still := *v
	client := *v.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	still.http = &client
	return still.do(r)
}

// open is a page that must be there.
func (v *visitor) open(path string) answer {
	v.t.Helper()
	a := v.get(path)
	a.expect(v.t, http.StatusOK)
	return a
}

// submit sends a form as it stands in its page, with the given values in place of
// its own, as a browser would.
func (v *visitor) submit(page answer, form *goquery.Selection, values url.Values) answer {
	v.t.Helper()
	if form.Length() != 1 {
		v.t.Fatalf("%s has %d such forms instead of one", page.Request.URL, form.Length())
	}
	filled := controls(form)
	for name, value := range values {
		filled[name] = value
	}
	action, err := page.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		v.t.Fatal(err)
	}
	if strings.EqualFold(form.AttrOr("method", "get"), "get") {
		action.RawQuery = filled.Encode()
		return v.get(action.String())
	}
	r := v.request(http.MethodPost, action.String(), strings.NewReader(filled.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", v.portal.url)
	return v.do(r)
}

// upload sends a form with a file.
func (v *visitor) upload(page answer, form *goquery.Selection, name string, content []byte, values url.Values) answer {
	v.t.Helper()
	if form.Length() != 1 || form.AttrOr("enctype", "") != "multipart/form-data" {
		v.t.Fatalf("%s has no form for a file", page.Request.URL)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	filled := controls(form)
	for name, value := range values {
		filled[name] = value
	}
	for name, list := range filled {
		for _, value := range list {
			if err := w.WriteField(name, value); err != nil {
				v.t.Fatal(err)
			}
		}
	}
	file, err := w.CreateFormFile(form.Find("input[type=file]").AttrOr("name", ""), name)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := file.Write(content); err != nil {
		v.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		v.t.Fatal(err)
	}
	r := v.request(http.MethodPost, form.AttrOr("action", ""), &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(r)
}

// controls are the values that a browser would send of a form, its buttons apart.
func controls(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, c *goquery.Selection) {
		name, kind := c.AttrOr("name", ""), c.AttrOr("type", "text")
		_, checked := c.Attr("checked")
		switch {
		case goquery.NodeName(c) == "select":
			chosen := c.Find("option[selected]").First()
			if chosen.Length() == 0 {
				chosen = c.Find("option").First()
			}
			if chosen.Length() > 0 {
				values.Add(name, chosen.AttrOr("value", chosen.Text()))
			}
		case kind == "file" || (kind == "checkbox" || kind == "radio") && !checked:
		default:
			values.Add(name, cmp.Or(c.AttrOr("value", ""), ""))
		}
	})
	return values
}

func (a answer) document(t *testing.T) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatalf("%s: %v", a.Request.URL, err)
	}
	return d
}

func (a answer) find(t *testing.T, selector string) *goquery.Selection {
	t.Helper()
	return a.document(t).Find(selector)
}

func (a answer) expect(t *testing.T, status int) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: status %d instead of %d\n%.2000s", a.Request.Method, a.Request.URL, a.StatusCode, status, mainText(a))
	}
}

// mainText is what a person reads on a page.
func mainText(a answer) string {
	d, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil || d.Find("main").Length() == 0 {
		return string(a.body)
	}
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}
