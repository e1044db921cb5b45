package billingapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"billportal/internal/billing"
)

// Document is a bill's document on its way from the API. The reader must close
// Body; until then its slot of the budget is in use.
type Document struct {
	// Body begins like a PDF and is otherwise not verified. Reading it fails
	// with ErrMalformed above 64 MiB.
	Body        io.ReadCloser
	Length      int64 // as announced, -1 unknown
	ContentType string
}

// pdfMark is how a PDF file begins (ISO 32000-1, section 7.5.2).
var pdfMark = []byte("%PDF-")

// Document asks for a bill's PDF in the dialect's ways, beginning with the one
// that worked last. Besides the errors of any call it returns ErrNotFound and
// ErrNotAcceptable for a bill without a PDF, and ErrMalformed when the API sent
// something else in its place.
func (c *Client) Document(ctx context.Context, bill billing.UpstreamID) (*Document, error) {
	key, err := segment(bill)
	if err != nil {
		return nil, err
	}
	proven := c.documentWay.Load()
	ways := slices.Clone(c.dialect.DocumentWays)
	if proven != nil {
		ways = slices.DeleteFunc(ways, func(w DocumentWay) bool { return w == *proven })
		ways = slices.Insert(ways, 0, *proven)
	}
	var first error
	for _, way := range ways {
		d, err := c.documentBy(ctx, way, key)
		if err == nil {
			c.documentWay.Store(&way)
			return d, nil
		}
		if first == nil {
			first = err
		}
		known := proven != nil && way == *proven && errors.Is(err, ErrNotFound)
		if known || !worthAnotherWay(err) {
			return nil, err
		}
	}
	if first == nil {
		return nil, ErrNotAcceptable // the dialect knows no way
	}
	return nil, first
}

// worthAnotherWay reports whether a failure may be of the way and not of the
// bill or the API.
func worthAnotherWay(err error) bool {
	return errors.Is(err, ErrNotAcceptable) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrMalformed) ||
		badParameter(err) || hasStatus(err, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType)
}

// documentBy asks in one way, and takes only what begins like a PDF.
func (c *Client) documentBy(ctx context.Context, way DocumentWay, key string) (*Document, error) {
	r := resource{path: "/bills/" + key, route: "/bills/{id}", accept: c.dialect.DocumentType, stream: true}
	switch way {
	case DocumentByOverride:
		r.accept = ""
		r.query = url.Values{"overrideAccept": {c.dialect.DocumentType}}
	case DocumentBySubPath:
		r.path += c.dialect.DocumentPath
		r.route += c.dialect.DocumentPath
	case DocumentByAccept:
	}
	a, err := c.get(ctx, r)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReader(a.stream)
	mark, err := buffered.Peek(len(pdfMark))
	if !bytes.Equal(mark, pdfMark) {
		_ = a.stream.Close()
		x := exchange{method: http.MethodGet, path: r.path}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, c.noAnswer(ctx, x, err)
		}
		return nil, c.malformed(x, a, "the answer is not a PDF")
	}
	body := struct {
		io.Reader
		io.Closer
	}{buffered, a.stream}
	return &Document{Body: body, Length: a.length, ContentType: a.header.Get("Content-Type")}, nil
}
