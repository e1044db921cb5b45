package billingapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"billportal/internal/billing"
)

const pdf = "%PDF-1.7\nbody\n%%EOF\n"

// sayPDF answers a PDF to those who ask for it with the Accept header.
func sayPDF(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Length", strconv.Itoa(len(pdf)))
	_, _ = io.WriteString(w, pdf)
}

func read(t *testing.T, c *Client, bill billing.UpstreamID) (string, error) {
	t.Helper()
	d, err := c.Document(t.Context(), bill)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(d.Body)
	if err != nil {
		t.Error(err)
	}
	if d.ContentType != "application/pdf" || d.Length != int64(len(pdf)) {
		t.Errorf("document of type %q and %d bytes", d.ContentType, d.Length)
	}
	return string(body), d.Body.Close()
}

func TestDocumentByAcceptHeader(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7": sayPDF})
	body, err := read(t, c, "7")
	if err != nil || body != pdf {
		t.Fatalf("got %q, %v", body, err)
	}
	equal(t, "accept", u.last().header.Get("Accept"), "application/pdf")
}

func TestDocumentWayThatWorkedIsRemembered(t *testing.T) {
	t.Parallel()
	onlyOverride := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("overrideAccept") == "application/pdf" {
			sayPDF(w, r)
			return
		}
		say(200, `{"id":"7"}`)(w, r) // the header is ignored
	}
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7": onlyOverride, "/api/bills/8": say(406, `{"code":62}`)})
	for range 2 {
		if body, err := read(t, c, "7"); err != nil || body != pdf {
			t.Fatalf("got %q, %v", body, err)
		}
	}
	equal(t, "calls: two to find the way, then one", u.to("/api/bills/7"), 3)
	if _, err := read(t, c, "8"); !errors.Is(err, ErrNotAcceptable) {
		t.Errorf("a bill without PDF: %v", err)
	}
	if _, err := read(t, c, "9"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such bill: %v", err)
	}
	equal(t, "calls for a bill that is not there, the way being known", u.to("/api/bills/9"), 1)
}

func TestDocumentBySubPathIsOffUnlessTheDialectSaysSo(t *testing.T) {
	t.Parallel()
	answers := map[string]http.HandlerFunc{"/api/bills/7": say(406, ""), "/api/bills/7/document": sayPDF}
	c, u, _ := newTest(t, answers)
	if _, err := read(t, c, "7"); !errors.Is(err, ErrNotAcceptable) {
		t.Errorf("got %v", err)
	}
	equal(t, "calls to the sub-path", u.to("/api/bills/7/document"), 0)
	c, _, _ = newTest(t, answers, func(o *Options) {
		o.Dialect = BuiltInDialect()
		o.Dialect.DocumentWays = append(o.Dialect.DocumentWays, DocumentBySubPath)
	})
	if body, err := read(t, c, "7"); err != nil || body != pdf {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestDocumentIsNothingElse(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"page": say(200, "<html>"), "bill": say(200, nativeBill), "nothing": say(204, ""), "zip": say(200, "PK\x03\x04"),
		"announced above the cap": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(maxDocument+1))
			_, _ = io.WriteString(w, pdf)
		},
	} {
		c, _, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7": answer})
		if _, err := c.Document(t.Context(), "7"); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func TestFailureOfTheAPIIsNotOneOfTheWay(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{500: ErrUnavailable, 403: ErrDenied, 429: ErrLimited} {
		c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7": say(status, "")})
		if _, err := c.Document(t.Context(), "7"); !errors.Is(err, want) {
			t.Errorf("status %d: %v", status, err)
		}
		equal(t, "calls", u.to("/api/bills/7"), 1)
	}
}

func TestStreamIsCapped(t *testing.T) {
	t.Parallel()
	closed := 0
	s := &stream{body: io.NopCloser(strings.NewReader("12345")), left: 5, finish: func() { closed++ }}
	if got, err := io.ReadAll(s); err != nil || string(got) != "12345" {
		t.Errorf("a body of exactly the cap: %q, %v", got, err)
	}
	_ = s.Close()
	equal(t, "finished", closed, 1)
	s = &stream{body: io.NopCloser(strings.NewReader("123456")), left: 5}
	if got, err := io.ReadAll(s); !errors.Is(err, ErrMalformed) || string(got) != "12345" {
		t.Errorf("a body above the cap: %q, %v", got, err)
	}
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, ErrMalformed) {
		t.Errorf("reading on: %v", err)
	}
}

func TestTruncatedDocumentFailsWhenRead(t *testing.T) {
	t.Parallel()
	c, _, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills/7": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, pdf)
	}})
	d, err := c.Document(t.Context(), "7")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(d.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	_ = d.Body.Close()
}
