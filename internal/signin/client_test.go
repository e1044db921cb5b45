package signin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/signin"
)

// elsewhere is where the environment of these tests says that a proxy is.
const elsewhere = "127.0.0.1:9"

// authority is the one that the system of these tests trusts.
var authority = sync.OnceValues(func() (tls.Certificate, error) {
	return issue(nil, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
})

// TestMain sets the environment before anything reads it: Go looks at the
// trusted authorities and the proxy once in a process.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "billportal-signin-")
		if err != nil {
			log.Print(err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		ca, err := authority()
		if err != nil {
			log.Print(err)
			return 1
		}
		trusted := filepath.Join(dir, "ca.pem")
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate[0]})
		if err := os.WriteFile(trusted, text, 0o600); err != nil {
			log.Print(err)
			return 1
		}
		for name, value := range map[string]string{
			"SSL_CERT_FILE": trusted, "SSL_CERT_DIR": dir, "NO_PROXY": "",
			"HTTP_PROXY": "http://" + elsewhere, "HTTPS_PROXY": "http://" + elsewhere, "ALL_PROXY": "http://" + elsewhere,
		} {
			_ = os.Setenv(name, value)
			_ = os.Setenv(strings.ToLower(name), value)
		}
		return m.Run()
	}())
}

// issue makes a certificate for this machine, signed by the parent or, without
// one, by itself.
func issue(parent *tls.Certificate, change func(*x509.Certificate)) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "login"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	change(template)
	signer, signerKey := template, any(key)
	if parent != nil {
		signer, signerKey = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

func TestOnlyAProviderWithGoodTLSIsAsked_K3_case24_case27(t *testing.T) {
	t.Parallel()
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(*x509.Certificate) {}
	for _, c := range []struct {
		name   string
		parent *tls.Certificate
		change func(*x509.Certificate)
		most   uint16 // TLS version of the server
		reason string // "" is success
	}{
		{"a good certificate", &ca, nothing, tls.VersionTLS13, ""},
		{"TLS 1.2", &ca, nothing, tls.VersionTLS12, ""},
		{"TLS 1.1", &ca, nothing, tls.VersionTLS11, "protocol version"},
		{"TLS 1.0", &ca, nothing, tls.VersionTLS10, "protocol version"},
		{"signed by itself", nil, nothing, tls.VersionTLS13, "unknown authority"},
		{"expired", &ca, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, tls.VersionTLS13, "expired"},
		{"not valid yet", &ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, tls.VersionTLS13, "not yet valid"},
		{"another host", &ca, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"evil.example.com"} }, tls.VersionTLS13, "doesn't contain any IP SANs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			certificate, err := issue(c.parent, c.change)
			if err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				answer(w, http.StatusOK, object{})
			}))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, MaxVersion: c.most}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			p, err := signin.New(signin.Options{Issuer: server.URL, ClientID: clientID, RedirectURL: callback, GroupsClaim: "groups"})
			if err != nil {
				t.Fatal(err)
			}
			err = p.Ready(t.Context())
			if c.reason == "" {
				if !errors.Is(err, signin.ErrMisconfigured) || asked.Load() != 1 {
					t.Errorf("the connection was not good: %v", err)
				}
				return
			}
			if !errors.Is(err, signin.ErrUnavailable) || !strings.Contains(err.Error(), c.reason) || asked.Load() != 0 {
				t.Errorf("error = %v, asked %d times; want no request because of %q", err, asked.Load(), c.reason)
			}
		})
	}
}

// dials returns where a client connects to when it is asked for an address.
func dials(t *testing.T, client *http.Client, address string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var first atomic.Value
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{ConnectStart: func(_, addr string) {
		first.CompareAndSwap(nil, addr)
		stop()
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := client.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("somebody answered")
	}
	dialled, _ := first.Load().(string)
	return dialled
}

func TestNoProxyIsTakenFromTheEnvironment_C4(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"http://192.0.2.1/": "192.0.2.1:80", "https://192.0.2.1/": "192.0.2.1:443"} {
		if got := dials(t, &http.Client{}, address); got != elsewhere {
			t.Fatalf("an ordinary client connects to %q, want %q: the environment names no proxy, and this test shows nothing", got, elsewhere)
		}
		if got := dials(t, signin.NewClient(), address); got != want {
			t.Errorf("connects to %q, want %q", got, want)
		}
	}
}

// Each address of the provider in turn answers with a redirect to another host,
// or to another page of its own.
func TestNoRedirectIsFollowed_C4_K4_case31(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"/.well-known/openid-configuration", "/keys", "/token", "/userinfo"} {
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
			for _, near := range []bool{true, false} {
				t.Run(fmt.Sprint(page, status, near), func(t *testing.T) {
					t.Parallel()
					f := newFake(t)
					f.claims, f.userinfo = drop("groups"), object{"sub": "subject-1", "groups": []string{"staff"}}
					var reached atomic.Int32
					other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
					t.Cleanup(other.Close)
					honest := f.Config.Handler
					f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch target := other.URL + "/end"; r.URL.Path {
						case "/end":
							reached.Add(1)
						case page:
							if near {
								target = "/end"
							}
							http.Redirect(w, r, target, status)
						default:
							honest.ServeHTTP(w, r)
						}
					})
					p := f.portal()
					var err error
					var id signin.Identity
					if attempt, address, beginErr := p.Begin(t.Context(), 0); beginErr != nil {
						err = beginErr
					} else {
						id, err = p.Finish(t.Context(), attempt, f.carry(address))
					}
					if page == "/userinfo" {
						if err != nil || len(id.Groups) != 0 || !strings.Contains(id.NoGroups, "redirect") {
							t.Errorf("groups = %q (%s), %v; want none because of the redirect", id.Groups, id.NoGroups, err)
						}
					} else if !errors.Is(err, signin.ErrUnavailable) || !strings.Contains(err.Error(), "redirect") {
						t.Errorf("error = %v, want ErrUnavailable because of the redirect", err)
					}
					if reached.Load() != 0 {
						t.Error("the redirect was followed")
					}
				})
			}
		}
	}
}

// Every request of a sign-in, a refresh and a logout is looked at for what only
// some addresses may see.
func TestSecretsGoWhereTheyBelongAndNowhereElse_K4_case13(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.claims, f.userinfo = drop("groups"), object{"sub": "subject-1", "groups": []string{"staff"}}
	f.refresh, f.rotates = "tell-tale-refresh", true
	seen := map[string]string{} // by path: everything that was sent there
	honest := f.Config.Handler
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		user, password, _ := r.BasicAuth()
		form, _ := url.QueryUnescape(string(body))
		seen[r.URL.Path] += fmt.Sprintln(r.RequestURI, r.Header, user, password, form)
		honest.ServeHTTP(w, r)
	})
	p := f.portal()
	attempt, address, err := p.Begin(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.Finish(t.Context(), attempt, f.carry(address))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); err != nil {
		t.Fatal(err)
	}
	if _, err := ended(t, p, f.logoutToken(nil)); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 4 {
		t.Fatalf("saw %d addresses, want 4", len(seen))
	}
	for secret, only := range map[string]string{
		clientSecret: "/token", attempt.Verifier: "/token", "good-code": "/token", id.RefreshToken: "/token", "Bearer access": "/userinfo",
		id.IDToken: "", attempt.State: "", attempt.Nonce: "", "Cookie": "", "Referer": "",
	} {
		for path, sent := range seen {
			if got := strings.Contains(sent, secret); got != (path == only) {
				t.Errorf("%s was sent %.20q = %t", path, secret, got)
			}
		}
	}
	for _, secret := range []string{clientSecret, attempt.Verifier} {
		if strings.Contains(address, secret) || strings.Contains(p.SignOutURL(id.IDToken, callback), secret) {
			t.Errorf("the browser is shown %.20q", secret)
		}
	}
}
