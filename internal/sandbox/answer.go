package sandbox

import (
	"io"
	"net/http"
	"strconv"
)

// answer is a whole answer before it is sent: a handler writes into it, faults
// change it, delivery sends it.
type answer struct {
	status int
	header http.Header
	body   []byte
	stream func(io.Writer) error // what follows body, too long to be held; nil is nothing
	length int64                 // of body and stream; -1 is not told
}

func newAnswer() *answer { return &answer{header: http.Header{}, length: -1} }

// Header is what a handler sets its headers in.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the first status, as an http.ResponseWriter does.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// replace makes another answer of it; the headers of the old one are gone.
func (a *answer) replace(status int, contentType string, body []byte) {
	a.status, a.body, a.stream, a.length = status, body, nil, -1
	for _, name := range []string{"Content-Disposition", "Content-Length", "X-Total-Count", "X-Result-Count"} {
		a.header.Del(name)
	}
	if contentType == "" {
		a.header.Del("Content-Type")
		return
	}
	a.header.Set("Content-Type", contentType)
}

// ok says whether it is an answer of the kind the client hoped for.
func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// writeHead sends status and headers; length is the Content-Length, -1 for
// none.
func (a *answer) writeHead(w http.ResponseWriter, length int64) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = nil // net/http must not guess one
	}
	h.Del("Content-Length")
	if length >= 0 && a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	w.WriteHeader(a.status)
}

// send sends it as it is.
func (a *answer) send(w http.ResponseWriter) {
	if a.stream == nil {
		a.writeHead(w, int64(len(a.body)))
	} else {
		a.writeHead(w, a.length)
	}
	if _, err := w.Write(a.body); err != nil || a.stream == nil {
		return // the client may have gone
	}
	_ = a.stream(w) // likewise
}
