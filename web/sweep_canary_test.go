package web_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// canary is a text or amount that stands nowhere else: where an answer holds it, the
// answer tells of what it belongs to.
type canary struct {
	text string // letters and digits in upper case, as folded gives them
	what string // for the reader of a finding: "gross amount of bill B1"
	of   string // what it belongs to: an account, a person, the register
}

// folded keeps the letters and digits of ASCII, in upper case: an amount is found
// however it is grouped, a number however it is spaced, and UTF-16 as well.
func folded(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, b := range text {
		switch {
		case b >= '0' && b <= '9', b >= 'A' && b <= 'Z':
			out = append(out, b)
		case b >= 'a' && b <= 'z':
			out = append(out, b-'a'+'A')
		}
	}
	return out
}

// aviary finds many canaries in one pass over a text (Aho and Corasick, 1975).
type aviary struct {
	canaries []canary
	next     [][36]int32
	fail     []int32
	ends     [][]int32 // canaries that end in a state
}

// letter is the place of a folded byte in the alphabet.
func letter(b byte) int {
	if b <= '9' {
		return int(b - '0')
	}
	return int(b-'A') + 10
}

func newAviary(canaries []canary) *aviary {
	a := &aviary{canaries: canaries, next: make([][36]int32, 1), fail: make([]int32, 1), ends: make([][]int32, 1)}
	for i, c := range canaries {
		state := int32(0)
		for _, b := range []byte(c.text) {
			to := &a.next[state][letter(b)]
			if *to == 0 {
				*to = int32(len(a.next))
				state = *to
				a.next, a.fail, a.ends = append(a.next, [36]int32{}), append(a.fail, 0), append(a.ends, nil)
			} else {
				state = *to
			}
		}
		a.ends[state] = append(a.ends[state], int32(i))
	}
	a.link()
	return a
}

// link turns the tree into an automaton, breadth first.
func (a *aviary) link() {
	var queue []int32
	for _, child := range a.next[0] {
		if child != 0 {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		a.ends[state] = append(a.ends[state], a.ends[a.fail[state]]...)
		for l, child := range a.next[state] {
			if child == 0 {
				a.next[state][l] = a.next[a.fail[state]][l]
				continue
			}
			a.fail[child] = a.next[a.fail[state]][l]
			queue = append(queue, child)
		}
	}
}

// in lists the canaries of a text, each once.
func (a *aviary) in(text []byte) []canary {
	var found []int32
	state := int32(0)
	for _, b := range folded(text) {
		state = a.next[state][letter(b)]
		for _, i := range a.ends[state] {
			if !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
	}
	all := make([]canary, 0, len(found))
	for _, i := range found {
		all = append(all, a.canaries[i])
	}
	return all
}

// readings are the ways to read an answer: as it stands, with the escapes of HTML and
// URLs undone, unpacked where it is packed.
func readings(header http.Header, body []byte) [][]byte {
	var head bytes.Buffer
	_ = header.Write(&head) // a buffer takes everything
	var all [][]byte
	for _, part := range append([][]byte{head.Bytes()}, unpacked(body, 3)...) {
		all = append(all, part)
		if bytes.ContainsAny(part, "&%") {
			all = append(all, []byte(percents.ReplaceAllStringFunc(html.UnescapeString(string(part)), func(escape string) string {
				plain, err := url.PathUnescape(escape)
				if err != nil {
					return escape
				}
				return plain
			})))
		}
	}
	return all
}

var percents = regexp.MustCompile(`(%[0-9A-Fa-f]{2})+`)

// unpacked is a body and whatever is packed inside: gzip, members of an archive with
// their names, streams of a PDF, and so on within those.
func unpacked(body []byte, depth int) [][]byte {
	all := [][]byte{body}
	if depth == 0 {
		return all
	}
	var inside [][]byte
	switch {
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		inside = append(inside, inflated(gzip.NewReader(bytes.NewReader(body))))
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		inside = members(body)
	case bytes.HasPrefix(body, []byte("%PDF-")):
		inside = streams(body)
	}
	for _, part := range inside {
		all = append(all, unpacked(part, depth-1)...)
	}
	return all
}

func members(archive []byte) [][]byte {
	var parts [][]byte
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil
	}
	for _, f := range r.File {
		parts = append(parts, []byte(f.Name+"\n"+f.Comment))
		if content, err := f.Open(); err == nil {
			parts = append(parts, inflated(content, nil))
		}
	}
	return parts
}

// streams are the parts of a PDF that are compressed (ISO 32000-1, 7.3.8).
func streams(pdf []byte) [][]byte {
	var parts [][]byte
	for {
		_, rest, found := bytes.Cut(pdf, []byte("stream"))
		if !found {
			return parts
		}
		content, after, found := bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("endstream"))
		if !found {
			return parts
		}
		if text := inflated(zlib.NewReader(bytes.NewReader(content))); len(text) > 0 {
			parts = append(parts, text)
		}
		pdf = after
	}
}

// inflated reads as far as it can: what is cut off holds canaries too.
func inflated[R io.Reader](r R, err error) []byte {
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(r, 64<<20)) // what came until it broke
	return text
}

// typed are the canaries that a request itself holds: an answer may repeat those.
func typed(a *aviary, r *http.Request, form string) []canary {
	var all []canary
	for _, text := range []string{r.URL.String(), r.URL.Path, form} {
		plain, err := url.QueryUnescape(text)
		if err != nil {
			plain = text
		}
		all = append(all, a.in([]byte(text))...)
		all = append(all, a.in([]byte(plain))...)
	}
	return all
}

// readable is a canary as a finding names it.
func (c canary) String() string { return strings.TrimSpace(c.what + " (" + c.text + ")") }
