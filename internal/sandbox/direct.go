package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// RoundTripper calls the Billing API without a network: no port, no timer but
// those of Options.Now and Options.Sleep, so that hours of calls pass in no
// time. It keeps HTTP/1.1's manners as a client sees them: a body that is
// shorter than its Content-Length, or whose end never comes, is
// io.ErrUnexpectedEOF; a connection that is dropped is ErrDropped. It neither
// follows redirects nor unpacks gzip. It answers for every host.
func (s *Sandbox) RoundTripper() http.RoundTripper { return direct{s.API} }

// ErrDropped is what RoundTripper returns where a network would tell of a
// connection that was closed or reset.
var ErrDropped = errors.New("sandbox: the connection was closed without an answer")

type direct struct{ api *API }

// RoundTrip serves one request on a goroutine that ends with the answer's body
// or the request's context.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	served, err := asServed(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	reader, writer := io.Pipe()
	w := &directWriter{header: http.Header{}, pipe: writer, begun: make(chan struct{}), head: r.Method == http.MethodHead}
	go func() {
		defer cancel()
		defer func() { w.end(recover(), orError(r.Context().Err(), io.ErrUnexpectedEOF)) }()
		d.api.ServeHTTP(w, served)
	}()
	select {
	case <-w.begun:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if w.dropped {
		return nil, orError(r.Context().Err(), ErrDropped)
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, ContentLength: w.length, Request: r,
		Body: &directBody{reader, cancel},
	}, nil
}

func orError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// asServed is the request as a server would see it.
func asServed(ctx context.Context, r *http.Request) (*http.Request, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, errors.Join(err, r.Body.Close())
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	served := r.Clone(ctx)
	served.Body, served.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	served.RequestURI, served.Host = r.URL.RequestURI(), orText(r.Host, r.URL.Host)
	served.RemoteAddr = "127.0.0.1:1"
	return served, nil
}

// directWriter is the server's side of one answer.
type directWriter struct {
	header http.Header
	pipe   *io.PipeWriter
	begun  chan struct{} // closed when status, sent and length are known
	once   sync.Once
	head   bool

	status  int
	sent    http.Header
	length  int64
	written int64
	dropped bool
}

// Header is what the handler sets its headers in.
func (w *directWriter) Header() http.Header { return w.header }

// WriteHeader lets the client have the answer.
func (w *directWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent, w.length = status, w.header.Clone(), -1
		for name, values := range w.sent {
			if len(values) == 0 {
				delete(w.sent, name)
			}
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(w.sent.Get("Content-Length")), 10, 64); err == nil {
			w.length = n
		}
		close(w.begun)
	})
}

// Write sends what the announced length leaves room for, as net/http does.
func (w *directWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.head {
		return len(p), nil
	}
	if w.length >= 0 && w.written+int64(len(p)) > w.length {
		n, err := w.pipe.Write(p[:w.length-w.written])
		w.written += int64(n)
		return n, errors.Join(err, http.ErrContentLength)
	}
	n, err := w.pipe.Write(p)
	w.written += int64(n)
	return n, err
}

// Flush does nothing: every byte is sent at once.
func (w *directWriter) Flush() {}

// end tells the client that no more will come; what is missing is cut.
func (w *directWriter) end(panicked any, cut error) {
	if panicked != nil {
		if err, ok := panicked.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			panic(panicked)
		}
		w.once.Do(func() { w.dropped = true; close(w.begun) })
		_ = w.pipe.CloseWithError(cut)
		return
	}
	w.WriteHeader(http.StatusOK)
	if !w.head && w.length > w.written && w.status != http.StatusNotModified {
		_ = w.pipe.CloseWithError(cut)
		return
	}
	_ = w.pipe.Close()
}

// directBody ends the handler when the client has enough.
type directBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close lets the handler go.
func (b *directBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
