package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"billportal/internal/sandbox"
)

// jwt is how every token of the identity provider begins.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)

// trail is what a browser carries about, kept for comparison.
type trail struct {
	http.RoundTripper
	mu      sync.Mutex
	secrets map[string]string // by what they are
}

// RoundTrip notes the codes, references and cookies of a request and its answer.
func (l *trail) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range []string{"code", "id_token_hint", "nonce"} {
		if value := r.URL.Query().Get(name); len(value) > 15 {
			l.secrets[name+" "+value] = value
		}
	}
	if err == nil {
		for _, c := range response.Cookies() {
			if len(c.Value) > 15 {
				l.secrets["cookie "+c.Name+" "+c.Value] = c.Value
			}
		}
	}
	return response, err
}

// TestSecretsStayWhereTheyBelong_L3_T5_T11 runs the program for people of every role,
// with mistakes and refusals on the way, and looks for every secret in everything
// that it leaves: log, output, command line, pages, database and documents.
func TestSecretsStayWhereTheyBelong_L3_T5_T11(t *testing.T) {
	t.Parallel()
	dir := filled(t)
	sim, environ := simulated(t, dir)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	p := &portal{url: "http://" + address, dir: dir}
	sim.RegisterRedirectURI(p.url + "/signin/callback")
	sim.RegisterPostLogoutURI(p.url + "/signin")
	secret := "canary-portal-secret-0123456789abcdefghij"
	serve := start(t, with(environ, "PORTAL_ADDR="+address, "PORTAL_URL="+p.url, "PORTAL_SECRET="+secret), "serve")
	await(t, "the portal serves", func() (bool, error) { return answers(p.url) })

	secrets := &trail{RoundTripper: http.DefaultTransport, secrets: map[string]string{
		"PORTAL_SECRET": secret, "BILLING_CLIENT_SECRET": sim.ClientSecret, "BILLING_API_KEY": sim.APIKey, "OIDC_CLIENT_SECRET": sim.OIDCClientSecret,
		"the credentials as a header":            base64.StdEncoding.EncodeToString([]byte(sim.ClientID + ":" + sim.ClientSecret)),
		"the provider's credentials in a header": base64.StdEncoding.EncodeToString([]byte(sim.OIDCClientID + ":" + sim.OIDCClientSecret)),
	}}
	pages := everybodysDay(t, p, sim, secrets)
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", serve.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	log := serve.stdout.String() + serve.stderr.String()
	serve.terminate()
	log += serve.stdout.String() + serve.stderr.String()
	places := map[string][]byte{"the log": []byte(log), "the command line": line}
	for _, file := range tree(t, dir) {
		path, _, _ := strings.Cut(file, " 2")
		if places[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if len(secrets.secrets) < 15 || len(places) < 4 || len(pages) < 30 || !strings.Contains(log, `"route"`) {
		t.Fatalf("%d secrets, %d places, %d pages and a log of %d bytes", len(secrets.secrets), len(places), len(pages), len(log))
	}
	for what, text := range secrets.secrets {
		for where, content := range places {
			if bytes.Contains(content, []byte(text)) && !(strings.HasPrefix(what, "nonce") && strings.HasPrefix(where, "portal.db")) {
				t.Errorf("%s holds %s", where, what)
			}
		}
		for where, content := range pages {
			if strings.HasPrefix(what, "id_token_hint") && strings.Contains(where, "/signout") {
				continue // the link to the provider's own sign-out
			}
			if strings.Contains(content, text) {
				t.Errorf("%s shows %s", where, what)
			}
		}
	}
	for where, content := range places {
		if found := jwt.Find(content); found != nil {
			t.Errorf("%s holds a token: %.40s…", where, found)
		}
	}
	sentNothingOfPeople(t, sim)
}

// everybodysDay signs people in, lets them read, fail and be refused, and out again.
// It returns the answers by what was asked.
func everybodysDay(t *testing.T, p *portal, sim *sandbox.Sandbox, secrets *trail) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, persona := range sim.Identity.Personas() {
		v := anonymous(t, p)
		v.http.Transport = secrets
		v.check = func(a answer) {
			pages[persona.Subject+" "+a.Request.Method+" "+a.Request.URL.String()] = string(a.body)
		}
		v.get("/signin/callback?code=canary-wrong-code-of-somebody&state=canary-state-of-somebody")
		v.get("/bills?token=canary")
		v.signIn(persona.Subject, "/signin")
		v.get("/signin/callback?error=access_denied&error_description=canary-description&state=x")
		for _, path := range []string{
			"/", "/profile", "/accounts", "/bills?issued=any", "/bills.csv?issued=any", "/admin/access", "/admin/accounts", "/admin/accounts.csv", "/admin/people", "/admin/ledger", "/nothing",
		} {
			page := v.get(path)
			if path == "/bills?issued=any" && page.StatusCode == http.StatusOK {
				href := entries(t, page)[0].href
				for _, more := range []string{"", "/items", "/document", "/document?download=1"} {
					v.get(href + more)
				}
			}
		}
		bad := url.Values{"csrf": {"canary-form-token"}, "group": {"x"}}
		r := v.request(http.MethodPost, "/admin/access", strings.NewReader(bad.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer canary-bearer-of-a-person")
		v.do(r)
		page := v.get("/profile")
		v.submit(page, page.find(t, `form[action="/signout"]`).First(), nil)
	}
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	for _, text := range []string{"canary-wrong-code-of-somebody", "canary-description", "canary-form-token", "canary-bearer-of-a-person", "canary-state-of-somebody"} {
		secrets.secrets[text] = text
	}
	return pages
}

// sentNothingOfPeople fails when the Billing API learnt who reads.
func sentNothingOfPeople(t *testing.T, sim *sandbox.Sandbox) {
	t.Helper()
	requests := sim.API.Requests()
	if len(requests) < 2 {
		t.Fatalf("the API has seen %d requests", len(requests))
	}
	for _, r := range requests {
		var header strings.Builder
		_ = r.Header.Write(&header) // a strings.Builder does not fail
		sent := strings.ToLower(r.Path + "?" + r.Query + "\n" + header.String() + "\n" + r.Body)
		for _, persona := range sim.Identity.Personas() {
			for _, told := range append([]string{persona.Subject, persona.Email, persona.Name}, persona.Groups...) {
				if strings.Contains(sent, strings.ToLower(told)) || strings.Contains(sent, strings.ToLower(url.QueryEscape(told))) {
					t.Errorf("%s %s tells the API %q", r.Method, r.Path, told)
				}
			}
		}
		for _, name := range []string{"Cookie", "Referer", "Forwarded", "X-Forwarded-For", "X-Real-Ip", "From", "Via"} {
			if value := r.Header.Get(name); value != "" {
				t.Errorf("%s %s has %s: %s", r.Method, r.Path, name, value)
			}
		}
		if agent := r.Header.Get("User-Agent"); agent != "billportal" {
			t.Errorf("%s %s is sent by %q", r.Method, r.Path, agent)
		}
	}
}
