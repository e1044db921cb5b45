package billingapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/billing"
)

// authority signs certificates and is known to clients by a file.
type authority struct {
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of the tests"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem"), key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// certificate is one of a server on loopback, spoilt as a test likes.
func (a *authority) certificate(t *testing.T, spoil func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if spoil != nil {
		spoil(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestADoubtfulConnectionIsNone_K3_case27 shakes hands for real: what counts is not
// what the client is set to but what it does.
func TestADoubtfulConnectionIsNone_K3_case27(t *testing.T) {
	t.Parallel()
	ours, others := newAuthority(t), newAuthority(t)
	good := ours.certificate(t, nil)
	for name, server := range map[string]*tls.Config{
		"TLS 1.2":     {Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12},
		"TLS 1.3":     {Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS13},
		"TLS 1.1":     {Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"TLS 1.0":     {Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10},
		"self-signed": {Certificates: []tls.Certificate{others.certificate(t, nil)}},
		"expired": {Certificates: []tls.Certificate{ours.certificate(t, func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Hour)
		})}},
		"not valid yet": {Certificates: []tls.Certificate{ours.certificate(t, func(c *x509.Certificate) {
			c.NotBefore = time.Now().Add(time.Hour)
		})}},
		"another host": {Certificates: []tls.Certificate{ours.certificate(t, func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"api.example.com"}
		})}},
		"for clients": {Certificates: []tls.Certificate{ours.certificate(t, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})}},
	} {
		sound := slices.Contains([]string{"TLS 1.2", "TLS 1.3"}, name)
		for _, doubtful := range []string{"the API", "the token endpoint"} {
			t.Run(name+" at "+doubtful, func(t *testing.T) {
				t.Parallel()
				u := &upstream{answerTo: statusOK, now: time.Now}
				spoilt, plain := secured(t, u, server), secured(t, u, &tls.Config{Certificates: []tls.Certificate{good}})
				o := Options{ClientID: testID, ClientSecret: testSecret, APIKey: testKey, CAFile: ours.file}
				o.BaseURL, o.TokenURL = spoilt+"/api", plain+"/token"
				if doubtful == "the token endpoint" {
					o.BaseURL, o.TokenURL = plain+"/api", spoilt+"/token"
				}
				c, err := New(o)
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Status(t.Context())
				switch {
				case sound && err != nil:
					t.Errorf("a sound connection is refused: %v", err)
				case sound:
				case !errors.Is(err, ErrUnavailable):
					t.Errorf("got %v", err)
				case !strings.Contains(err.Error(), "tls") && !strings.Contains(err.Error(), "x509"):
					t.Errorf("%q does not tell that the connection is at fault", err)
				case u.to(statusPath) > 0 || doubtful == "the token endpoint" && len(u.requests) > 0:
					t.Errorf("a request was sent all the same: %v", u.requests)
				}
			})
		}
	}
}

// secured serves an upstream on loopback and returns where.
func secured(t *testing.T, u *upstream, config *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(u)
	server.TLS = config.Clone()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func TestEachHostSeesItsOwnCredentialsAlone_K4_case13(t *testing.T) {
	t.Parallel()
	tokens, api := &upstream{now: time.Now}, &upstream{now: time.Now, answerTo: statusOK}
	tokenHost, apiHost := httptest.NewServer(tokens), httptest.NewServer(api)
	t.Cleanup(tokenHost.Close)
	t.Cleanup(apiHost.Close)
	c, err := New(Options{
		BaseURL: apiHost.URL + "/api", TokenURL: tokenHost.URL + "/token", ClientID: testID, ClientSecret: testSecret, APIKey: testKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _ = c.Items(t.Context(), "7", "EUR") // not found; what counts is what was sent
	_, _ = c.Document(t.Context(), "7")
	if len(tokens.requests) != 1 || len(api.requests) < 3 {
		t.Fatalf("%d requests for tokens, %d of the API", len(tokens.requests), len(api.requests))
	}
	for _, r := range tokens.requests {
		if text := headerText(r); strings.Contains(text, testKey) || strings.Contains(text, "Bearer") || strings.Contains(text, "Cookie") {
			t.Errorf("the token endpoint sees %s", text)
		}
	}
	for _, r := range api.requests {
		text := headerText(r)
		if strings.Contains(text, testSecret) || strings.Contains(text, "Basic") || strings.Contains(text, "Cookie") || strings.Contains(r.path+r.query+r.body, "canary") {
			t.Errorf("the API sees %s with %s", r.path, text)
		}
	}
}

func headerText(r seen) string {
	var b strings.Builder
	_ = r.header.Write(&b) // a strings.Builder does not fail
	return b.String() + r.body
}

// TestAnyIDIsOneSegment_V4 makes ids of what could mean something in an address.
func TestAnyIDIsOneSegment_V4(t *testing.T) {
	t.Parallel()
	parts := []string{"..", ".", "/", "\\", "?", "#", "%2e%2e", "%2F", "%", ";", ":", "@", "&", "=", "+", " ", "é", "\u202e", "//evil.example", "a", "7", "\x00", "\n"}
	c, u, _ := newTest(t, nil)
	host := c.base.Host
	tried := 0
	for _, first := range parts {
		for _, second := range append(parts, "") {
			for _, third := range []string{"", "b"} {
				id := first + second + third
				if id == "." || id == ".." {
					continue // no segment can hold them, and none is asked for
				}
				tried++
				before := len(u.requests)
				if _, err := c.Items(t.Context(), billing.UpstreamID(id), "EUR"); !errors.Is(err, ErrNotFound) {
					t.Fatalf("%q: %v", id, err)
				}
				if len(u.requests) == before {
					t.Fatalf("%q asks for nothing", id)
				}
				r := u.last()
				segments := strings.Split(r.path, "/")
				if len(segments) != 5 || segments[1] != "api" || segments[2] != "bills" || segments[4] != "items" || r.query != "limit=500" {
					t.Errorf("%q asks for %s?%s", id, r.path, r.query)
					continue
				}
				if got, err := url.PathUnescape(segments[3]); err != nil || got != id {
					t.Errorf("%q arrives as %q, %v", id, got, err)
				}
			}
		}
	}
	if tried < 900 || c.base.Host != host {
		t.Errorf("only %d ids were tried at %s", tried, c.base.Host)
	}
}
