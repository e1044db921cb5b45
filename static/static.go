// Package static holds the portal's style sheet, scripts and pictures, embedded into the binary, and
// serves them under names that contain a hash of their content. A name therefore never changes its
// bytes, and browsers may keep a file for good.
//
// Nothing here comes from another origin at run time. The files under htmx are those of the npm package
// htmx.org 2.0.11, unchanged; htmx/SHA256SUMS lists their digests.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
)

//go:embed css/*.css js/portal.js htmx/htmx.min.js icons/*.svg
var files embed.FS

// Prefix is where [Handler] expects to be mounted.
const Prefix = "/static/"

// sources name the files behind each address. The style sheet is kept in parts for its readers and sent
// as one file; its cascade layers make the order of the parts matter only to people.
var sources = map[string][]string{
	"css/portal.css": {
		"css/base.css", "css/layout.css", "css/controls.css", "css/tables.css",
		"css/parts.css", "css/pages.css", "css/utilities.css",
	},
	"js/portal.js":      {"js/portal.js"},
	"js/htmx.js":        {"htmx/htmx.min.js"},
	"icons/icons.svg":   {"icons/icons.svg"},
	"icons/favicon.svg": {"icons/favicon.svg"},
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml; charset=utf-8",
}

// asset is a file as it is sent.
type asset struct {
	contentType string
	plain       []byte
	gzipped     []byte // nil when compressing gains nothing
}

// paths leads from a plain name to its hashed address, assets from the address to the bytes. Both are
// complete before the first request and read-only from then on.
var paths, assets = build()

// Path returns the content-hashed address of a file, such as "/static/css/portal.1b2c3d4e.css" for
// "css/portal.css". It panics for a name that does not exist, because that is a misspelling in the
// source and would otherwise show as a page without style.
func Path(name string) string {
	address, ok := paths[name]
	if !ok {
		panic("static: no file " + name)
	}
	return address
}

func build() (paths map[string]string, assets map[string]asset) {
	paths, assets = make(map[string]string), make(map[string]asset)
	for name, parts := range sources {
		content := join(parts)
		sum := sha256.Sum256(content)
		extension := path.Ext(name)
		address := Prefix + strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:4]) + extension
		paths[name] = address
		assets[address] = asset{contentType: contentTypes[extension], plain: content, gzipped: compress(content)}
	}
	return paths, assets
}

func join(parts []string) []byte {
	var content []byte
	for _, part := range parts {
		raw, err := files.ReadFile(part)
		if err != nil {
			panic(fmt.Errorf("static: %w", err))
		}
		content = append(content, raw...)
	}
	return content
}

// compress returns nil when the result is not worth the header that announces it.
func compress(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(fmt.Errorf("static: %w", err))
	}
	if _, err := w.Write(content); err != nil {
		panic(fmt.Errorf("static: %w", err))
	}
	if err := w.Close(); err != nil {
		panic(fmt.Errorf("static: %w", err))
	}
	if b.Len()+64 > len(content) {
		return nil
	}
	return b.Bytes()
}
