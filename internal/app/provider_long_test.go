//go:build long

package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/signin"
)

// passPhrase is what every person of the providers types.
const passPhrase = "a pass phrase of the tests"

// provider is an identity provider that nobody here wrote, in a process of its
// own, and the portal that it knows.
type provider struct {
	t                      *testing.T
	issuer, portal         string
	clientID, clientSecret string
	scopes                 []string
	notices                chan string   // logout tokens that it posted
	ahead                  time.Duration // how far its clock, and then ours, is ahead
}

// outside is a provider for a portal at the given address, not started yet.
func outside(t *testing.T, portal string, scopes ...string) *provider {
	t.Helper()
	return &provider{
		t: t, issuer: "http://" + freeAddress(t), portal: portal, clientID: "portal",
		clientSecret: "a-secret-of-the-tests-0123456789", scopes: scopes, notices: make(chan string, 10),
	}
}

func (p *provider) callback() string     { return p.portal + "/signin/callback" }
func (p *provider) afterSignOut() string { return p.portal + "/signin" }

// backChannel listens for logout tokens.
func (p *provider) backChannel() string {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		p.notices <- r.PostFormValue("logout_token")
	}))
	p.t.Cleanup(server.Close)
	return server.URL
}

// runs starts the provider's program and waits until it answers.
func (p *provider) runs(command *exec.Cmd) {
	p.t.Helper()
	var told output
	command.Stdout, command.Stderr = &told, &told
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // it is killed below
		close(ended)
	}()
	p.t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		if p.t.Failed() {
			p.t.Logf("%s said:\n%s", command.Path, &told)
		}
	})
	await(p.t, "the provider answers", func() (bool, error) {
		select {
		case <-ended:
			p.t.Fatalf("%s ended:\n%s", command.Path, &told)
		default:
		}
		response, err := http.Get(p.issuer + "/.well-known/openid-configuration")
		if err != nil {
			return false, err
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
}

// clock is the portal's, which keeps up with the provider's.
func (p *provider) clock() time.Time { return time.Now().Add(p.ahead) }

// known is our side of it, as it is in production.
func (p *provider) known() *signin.Provider {
	p.t.Helper()
	known, err := signin.New(signin.Options{
		Issuer: p.issuer, ClientID: p.clientID, ClientSecret: p.clientSecret, RedirectURL: p.callback(),
		Scopes: p.scopes, GroupsClaim: "groups", Now: p.clock,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return known
}

// change tells a provider that has a door for tests what is different now.
func (p *provider) change(what string, how map[string]any) {
	p.t.Helper()
	body, err := json.Marshal(how)
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.Post(p.issuer+"/-test/"+what, "application/json", strings.NewReader(string(body)))
	if err != nil {
		p.t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s", what, response.Status)
	}
}

// environ is a portal's environment that signs people in here.
func (p *provider) environ(base []string) []string {
	return with(base, "PORTAL_URL="+p.portal, "PORTAL_ADDR="+strings.TrimPrefix(p.portal, "http://"),
		"OIDC_ISSUER="+p.issuer, "OIDC_CLIENT_ID="+p.clientID, "OIDC_CLIENT_SECRET="+p.clientSecret,
		"OIDC_SCOPES="+strings.Join(p.scopes, " "), "OIDC_EMPLOYEE_GROUPS=staff", "OIDC_ACCOUNTANT_GROUPS=finance", "OIDC_ADMIN_GROUPS=admins")
}

// applicant is somebody's browser at the provider: it keeps cookies, and fills in
// and sends the forms that it is shown.
type applicant struct {
	t     *testing.T
	http  *http.Client
	who   string // what is typed as login
	typed int    // how often a pass phrase was asked for
}

func newApplicant(t *testing.T, who string) *applicant {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &applicant{t: t, who: who, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// until opens an address and goes on, over redirects and forms, until it is sent
// to an address that begins with end, which it does not open.
func (b *applicant) until(address, end string) *url.URL {
	b.t.Helper()
	request := b.request(http.MethodGet, address, nil)
	for range 20 {
		response, err := b.http.Do(request)
		if err != nil {
			b.t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.Body.Close() != nil {
			b.t.Fatal(err)
		}
		if location, err := response.Location(); err == nil {
			if strings.HasPrefix(location.String(), end) {
				return location
			}
			request = b.request(http.MethodGet, location.String(), nil)
			continue
		}
		request = b.form(response, string(body))
	}
	b.t.Fatalf("%s never led to %s", address, end)
	return nil
}

func (b *applicant) request(method, address string, form url.Values) *http.Request {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

// form fills in the page's form.
func (b *applicant) form(response *http.Response, body string) *http.Request {
	b.t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	form := page.Find("form[method=post], form[method=POST]").First()
	if form.Length() == 0 {
		b.t.Fatalf("%s: %s, a page without a form:\n%.2000s", response.Request.URL, response.Status, body)
	}
	values := url.Values{}
	page.Find("form input, button[name]").Each(func(_ int, field *goquery.Selection) {
		name, value := field.AttrOr("name", ""), field.AttrOr("value", "")
		switch {
		case name == "login":
			value = b.who
		case field.AttrOr("type", "") == "password":
			value = passPhrase
			b.typed++
		}
		if name != "" {
			values.Set(name, value)
		}
	})
	target, err := response.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.request(http.MethodPost, target.String(), values)
}

// signsIn begins a sign-in at our side and returns with the provider's answer.
func (b *applicant) signsIn(p *provider, known *signin.Provider, maxAge time.Duration) (signin.Attempt, url.Values) {
	b.t.Helper()
	attempt, address, err := known.Begin(b.t.Context(), maxAge)
	if err != nil {
		b.t.Fatal(err)
	}
	return attempt, b.until(address, p.callback()).Query()
}

// identified is who signs in.
func (b *applicant) identified(p *provider, known *signin.Provider) signin.Identity {
	b.t.Helper()
	attempt, query := b.signsIn(p, known, 0)
	id, err := known.Finish(b.t.Context(), attempt, query)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// copied is a new folder with copies of test data.
func copied(t *testing.T, from string) string {
	t.Helper()
	dir := folder(t)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", from))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tool runs a command that prepares a test, within ten minutes.
func tool(t *testing.T, dir string, environ []string, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.Env = dir, append(os.Environ(), environ...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
