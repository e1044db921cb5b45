package signin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// maxAnswer bounds what is read of one answer, in bytes. The largest honest one
// is a key set of some tens of kilobytes.
const maxAnswer = 1 << 20

var errRedirect = errors.New("the answer is a redirect, which is not followed")

var errTooLarge = fmt.Errorf("the answer is larger than %d bytes", maxAnswer)

// NewClient returns an HTTP client fit for calls to an identity provider: TLS 1.2
// or later, ten seconds for a call, answers of at most 1 MiB, no redirects, and no
// proxy from the environment.
func NewClient() *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: capped{&http.Transport{
			Proxy:                 nil,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 8 * time.Second,
			IdleConnTimeout:       90 * time.Second,
			ForceAttemptHTTP2:     true,
		}},
		// A redirect could take a code, a token or the client secret elsewhere, and
		// none of the provider's addresses has a reason to move.
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

// capped bounds the body of every answer.
type capped struct {
	next http.RoundTripper
}

func (c capped) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &cappedBody{ReadCloser: resp.Body, left: maxAnswer}
	return resp, nil
}

// cappedBody fails, rather than ends, when there is too much: half an answer
// must not pass for a whole one.
type cappedBody struct {
	io.ReadCloser
	left int
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

// turn is a mutex that can be waited for with a context.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }
