package web

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// document sends the PDF of a bill, to be read in the page or, with ?download=1
// and the right to it, to be kept. It is verified whole before its first byte
// leaves; ranges are served.
func (s *Server) document(c echo.Context) error {
	ctx := c.Request().Context()
	download := c.QueryParam("download") == "1"
	if download && !viewer(c).Rights.Has(access.Download) {
		return forbidden(access.ErrRight)
	}
	b := found[billing.Bill](c)
	doc, err := s.deps.Cache.Document(ctx, viewer(c).Scope(), b.ID)
	if err != nil {
		return err
	}
	defer func() { _ = doc.Close() }()
	disposition, act := "inline", s.act(c, "document.view")
	if download {
		disposition, act.Action = "attachment", "document.download"
	}
	if opens(c.Request()) {
		act.Object, act.Detail = string(b.ID), fmt.Sprintf("%s, %d bytes, SHA-256 %s", b.Number, doc.Size, doc.SHA256)
		if err := s.deps.Ledger.Record(ctx, act); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", contentDisposition(disposition, documentName(b)))
	h.Set("Content-Security-Policy", documentCSP)
	h.Set("Cache-Control", "private, no-store")
	h.Set("ETag", `"`+doc.SHA256+`"`)
	h.Set("Repr-Digest", reprDigest(doc.SHA256))
	if strings.Contains(c.Request().Header.Get("Range"), ",") {
		// Many small ranges would cost more than the whole document.
		c.Request().Header.Del("Range")
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, doc)
	return nil
}

// opens reports whether a request opens a document, and is not one of the range
// requests with which a viewer reads on.
func opens(r *http.Request) bool {
	from := r.Header.Get("Range")
	return r.Method == http.MethodGet && (from == "" || strings.HasPrefix(from, "bytes=0-"))
}

// documentName is a file name that sorts by day and says what is inside.
func documentName(b billing.Bill) string {
	parts := []string{b.IssuedOn.String(), strings.ReplaceAll(string(b.Account), " ", ""), printedNumber(b)}
	return safeName(strings.Trim(strings.Join(parts, "_"), "_")) + ".pdf"
}

// safeName keeps what is safe in a file name on every system.
func safeName(s string) string {
	const most = 120
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
	return name[:min(len(name), most)]
}

// contentDisposition follows RFC 6266; names are ASCII by now.
func contentDisposition(kind, name string) string {
	return mime.FormatMediaType(kind, map[string]string{"filename": name})
}

// reprDigest is the digest of the whole document (RFC 9530).
func reprDigest(sha256Hex string) string {
	sum, err := hex.DecodeString(sha256Hex)
	if err != nil {
		return ""
	}
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":"
}
