package web

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
)

// document sends the PDF of a bill, to be read in the page or, with ?download=1
// and the right to it, to be kept. It is verified whole before its first byte
// leaves; ranges are served.
func (s *Server) document(c echo.Context) error {
	ctx := c.Request().Context()
	download, needed, err := wantsDownload(c)
	if err != nil {
		return err
	}
	b := found[billing.Bill](c)
	doc, err := s.deps.Cache.Document(ctx, viewer(c).Scope(), b.ID)
	if err != nil {
		return err
	}
	defer func() { _ = doc.Close() }()
	if err := s.recordDocument(c, b, doc, download); err != nil {
		return err
	}
	disposition := "inline"
	if download {
		disposition = "attachment"
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
	return s.sendWhile(c, s.billRight(needed, b.ID), func() error {
		http.ServeContent(c.Response(), c.Request(), "", time.Time{}, doc)
		return nil
	})
}

// wantsDownload reads ?download=1, which has a right of its own.
func wantsDownload(c echo.Context) (download bool, needed access.Right, err error) {
	switch c.QueryParam("download") {
	case "":
		return false, access.View, nil
	case "1":
		if !viewer(c).Rights.Has(access.Download) {
			return true, access.Download, forbidden(access.ErrRight)
		}
		return true, access.Download, nil
	}
	return false, 0, badRequest("", errors.New("download is not 1"))
}

// recordDocument puts the opening of a document on record, once: the range requests
// with which a viewer reads on are part of it. Without its entry nothing is
// downloaded; what is only read is shown all the same.
func (s *Server) recordDocument(c echo.Context, b billing.Bill, doc *billcache.Document, download bool) error {
	act := s.act(c, "document.view")
	act.Object, act.Detail = string(b.ID), fmt.Sprintf("%s, %d bytes, SHA-256 %s", clipText(printedNumber(b), maxNoted), doc.Size, doc.SHA256)
	if download {
		act.Action = "document.download"
		return s.deps.Ledger.Record(c.Request().Context(), act)
	}
	session, _ := c.Get(keySession).(*sessions.Session)
	record, _ := session.Values[valueRecord].(access.Session)
	if s.openings.readsOn(record.Person, sessionOpening{record.ID, b.ID}, opens(c.Request()), s.deps.Now()) {
		return nil
	}
	s.note(c, act)
	return nil
}

// opens reports whether a request opens a document by itself, and is not one of the
// range requests with which a viewer reads on.
func opens(r *http.Request) bool {
	from := r.Header.Get("Range")
	return from == "" || strings.HasPrefix(from, "bytes=0-")
}

// documentName is a file name that sorts by day and says what is inside.
func documentName(b billing.Bill) string {
	parts := []string{b.IssuedOn.String(), strings.ReplaceAll(string(b.Account), " ", ""), printedNumber(b)}
	return safeName(cmp.Or(strings.Trim(strings.Join(parts, "_"), "_"), "bill")) + ".pdf"
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
