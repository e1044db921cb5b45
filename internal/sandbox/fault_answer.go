package sandbox

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
)

// The sizes of bodies that are too long, without an arg.
const (
	hugeSize = 2 << 30
	bombSize = 1 << 30
)

// answerWords take the place of the API's answer.
var answerWords = map[string]word{
	"html":         {onAnswer, nil, noArg, "an HTML maintenance page with status 200", htmlAnswer},
	"empty":        {onAnswer, nil, noArg, "status 200 and no byte", emptyAnswer},
	"no-content":   {onAnswer, nil, noArg, "status 204", noContent},
	"redirect-301": redirect(http.StatusMovedPermanently),
	"redirect-302": redirect(http.StatusFound),
	"redirect-303": redirect(http.StatusSeeOther),
	"redirect-307": redirect(http.StatusTemporaryRedirect),
	"redirect-308": redirect(http.StatusPermanentRedirect),
	"huge":         {onAnswer, nil, maybeSize, "a body that goes on for 2 GiB, without Content-Length", func(c *call) bool { return huge(c, false) }},
	"huge-length":  {onAnswer, nil, maybeSize, "the same, announced by Content-Length", func(c *call) bool { return huge(c, true) }},
	"zip-bomb":     {onAnswer, nil, maybeSize, "gzip that unpacks to 1 GiB", zipBomb},
	"deep":         {onAnswer, nil, maybeNumber, "JSON arrays inside each other, 100,000 deep", deep},
}

func htmlAnswer(c *call) bool {
	c.out.replace(http.StatusOK, "text/html; charset=UTF-8", htmlPage(http.StatusOK, "We are working on it"))
	return true
}

func emptyAnswer(c *call) bool {
	contentType := typeJSON + "; charset=UTF-8"
	if c.route == RouteDocument {
		contentType = typePDF
	}
	c.out.replace(http.StatusOK, contentType, nil)
	return true
}

func noContent(c *call) bool {
	c.out.replace(http.StatusNoContent, "", nil)
	return true
}

// elsewhere is a host that does not exist (RFC 2606).
const elsewhere = "http://elsewhere.invalid/"

func redirect(status int) word {
	return word{onAnswer, nil, maybeAddress, "a redirect to this URL, else to a host that does not exist", func(c *call) bool {
		c.out.replace(status, "text/html; charset=UTF-8", htmlPage(status, http.StatusText(status)))
		c.out.header.Set("Location", orText(c.fault.Arg, elsewhere))
		return true
	}}
}

// opening is how a body of the kind asked for begins, so that a reader does not
// give up at once.
func opening(c *call) (contentType, body string) {
	switch c.route {
	case RouteDocument:
		return typePDF, "%PDF-1.7\n"
	case RouteToken:
		return typeJSON, `{"token_type":"Bearer","access_token":"`
	}
	return typeJSON, `[{"id":"1","filler":"`
}

func huge(c *call, announced bool) bool {
	contentType, begin := opening(c)
	size := int64(hugeSize)
	if c.fault.Arg != "" {
		size, _ = parseSize(c.fault.Arg) // checked when armed
	}
	c.out.replace(http.StatusOK, contentType, []byte(begin))
	c.out.stream = func(w io.Writer) error { return filler(w, size-int64(len(begin))) }
	if announced {
		c.out.length = max(size, int64(len(begin)))
	}
	return true
}

// filler writes n times the letter x.
func filler(w io.Writer, n int64) error {
	block := bytes.Repeat([]byte{'x'}, 64<<10)
	for n > 0 {
		part := block[:min(n, int64(len(block)))]
		if _, err := w.Write(part); err != nil {
			return err
		}
		n -= int64(len(part))
	}
	return nil
}

// zipBomb strings gzip members of one mebibyte together (RFC 1952 allows that),
// so that a bomb of any size is quickly made.
func zipBomb(c *call) bool {
	contentType, begin := opening(c)
	size := int64(bombSize)
	if c.fault.Arg != "" {
		size, _ = parseSize(c.fault.Arg) // checked when armed
	}
	const member = 1 << 20
	filling := zipped(bytes.Repeat([]byte{'x'}, member))
	c.out.replace(http.StatusOK, contentType, zipped([]byte(begin)))
	c.out.header.Set("Content-Encoding", "gzip")
	c.out.stream = func(w io.Writer) error {
		for n := int64(0); n < size; n += member {
			if _, err := w.Write(filling); err != nil {
				return err
			}
		}
		return nil
	}
	return true
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func deep(c *call) bool {
	n := numberOr(c.fault.Arg, 100_000)
	body := append(bytes.Repeat([]byte{'['}, n), bytes.Repeat([]byte{']'}, n)...)
	c.out.replace(http.StatusOK, typeJSON+"; charset=UTF-8", body)
	return true
}
