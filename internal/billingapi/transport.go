package billingapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// The caps on what one answer may hold, in bytes after decompression.
const (
	maxList     = 32 << 20
	maxToken    = 64 << 10
	maxError    = 64 << 10
	maxDocument = 64 << 20
)

// The time-outs of a connection's stages; the whole call's are in the Dialect.
const (
	dialTimeout   = 5 * time.Second
	tlsTimeout    = 5 * time.Second
	headerTimeout = 30 * time.Second
)

// newHTTPClient follows no redirect, reads no proxy from the environment and
// offers no way to skip the verification of certificates.
func newHTTPClient(o Options) (*http.Client, error) {
	client := &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if o.Transport != nil {
		return client, nil
	}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    8,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	if o.Proxy != "" {
		proxy, err := url.Parse(o.Proxy)
		if err != nil || proxy.Host == "" {
			return nil, errors.New("billingapi: Proxy is not the URL of a proxy")
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	if o.CAFile != "" {
		pool, err := trustedWith(o.CAFile)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig.RootCAs = pool
	}
	client.Transport = transport
	return client, nil
}

// trustedWith is the system's authorities and those of a PEM file.
func trustedWith(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return nil, fmt.Errorf("billingapi: CAFile: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("billingapi: CAFile holds no certificate")
	}
	return pool, nil
}

// endpoint reads a configured address: https, or http on loopback only, and
// without user, query or fragment.
func endpoint(name, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("billingapi: %s is not a plain https address", name)
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u, nil
	}
	return nil, fmt.Errorf("billingapi: %s must be https; http is for loopback only", name)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hostOf is the host of an address, for texts that must not hold the rest.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// headerSafe reports whether a credential can stand in a header as it is.
func headerSafe(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// stream hands a body on under a cap and finishes the call when it is closed.
type stream struct {
	body   io.ReadCloser
	left   int64
	finish func()
}

// Read fails with ErrMalformed once the body exceeds its cap.
func (s *stream) Read(p []byte) (int, error) {
	if s.left < 0 {
		return 0, fmt.Errorf("billingapi: the document is longer than %d bytes: %w", maxDocument, ErrMalformed)
	}
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.body.Read(p)
	s.left -= int64(n)
	if s.left < 0 {
		return n - 1, fmt.Errorf("billingapi: the document is longer than %d bytes: %w", maxDocument, ErrMalformed)
	}
	return n, err
}

// Close ends the call, and with it the wait of its slot.
func (s *stream) Close() error {
	err := s.body.Close()
	s.finish()
	return err
}
